"""What a solver claims of a program, and which plans it denies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["optimal", "infeasible", "unbounded", "limit", "interrupted", "error"]
"""How a search ended; `optimal` means within the gap that was asked for."""
TOLERANCE = 1e-6
"""A plan beats a bound by more than this share of it and this many M$."""


@dataclass(frozen=True)
class Claim:
    """What one search of one solver says: how it ended, its objective and bound in M$, and what its plan is worth by the exact check.

    `plan_musd` is None without a plan, or with one that the check rejects; `bound_musd` None where no bound is claimed. `refuted` says in
    words which verified plan is worth more than the claim allows, `""` where none is. `message` is the solver's own word where it failed.
    """

    solver: str
    seed: int
    presolve: bool
    status: Status
    objective_musd: float | None = None
    bound_musd: float | None = None
    plan_musd: float | None = None
    seconds: float = 0.0
    message: str = ""
    refuted: str = ""

    @property
    def who(self) -> str:
        """`highs, seed 0` or `highs, seed 2, no presolve`."""
        return f"{self.solver}, seed {self.seed}" + ("" if self.presolve else ", no presolve")

    @property
    def whole(self) -> bool:
        """Whether the search ended by itself: with a plan that the exact check accepts, or in that there is none."""
        return self.status == "infeasible" or (self.status == "optimal" and self.plan_musd is not None)

    def denies(self, musd: float) -> bool:
        """Whether a plan worth `musd` cannot exist by this claim."""
        if self.status == "infeasible":
            return True
        return self.bound_musd is not None and musd > self.bound_musd + TOLERANCE * abs(self.bound_musd) + TOLERANCE
