"""How to solve: the options of `planner.solve`, and what is refused."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, get_args

from planner.claims import BY_SITE
from planner.errors import BadOption
from planner.highs import Progress, Settings
from planner.plan import Plan
from planner_models.schema import Instance

MOST_THREADS = 1024
Engine = Literal["auto", "monolith", "sites"]
"""How HiGHS is used: on the whole program at once, site by site, or whichever pays."""
MANY_SITES = 20
"""Portfolios of at least so many sites are solved site by site where nobody says otherwise."""


@dataclass(frozen=True)
class SolveOptions:
    """How to solve; None takes the instance's own option.

    `gap_fraction` relative gap; `time_limit_s` seconds of each search; `threads` 0 for the solver's choice; `seed`; `solver` any name
    that Pyomo knows; `engine` has HiGHS solve the whole program at once (`monolith`) or site by site (`sites`), in as many processes
    as there are threads, or on the Dask cluster at `cluster`; `start` a plan to start from; `known` plans to hold what solvers claim
    against, as far as they are plans of this instance; `prove` asks HiGHS with a second seed and no presolve, and SCIP, too;
    `baseline` solves again without new orders, with HiGHS, for the key figures of what orders bring; `progress` is called with each
    `Progress`; `stop` ends the search when set.
    """

    gap_fraction: float | None = None
    time_limit_s: float | None = None
    threads: int | None = None
    seed: int | None = None
    solver: str = "highs"
    engine: Engine = "auto"
    cluster: str | None = None
    start: Plan | None = None
    baseline: bool = False
    known: tuple[Plan, ...] = ()
    prove: bool = False
    progress: Callable[[Progress], None] | None = field(default=None, compare=False)
    stop: threading.Event | None = field(default=None, compare=False)

    def settings(self, instance: Instance) -> Settings:
        """The settings that hold: these options, else those of the instance. Raises BadOption for a value that makes no sense."""
        self._refuse_nonsense()
        own = instance.options
        return Settings(
            gap_fraction=own.gap_fraction if self.gap_fraction is None else self.gap_fraction,
            time_limit_s=own.time_limit_s if self.time_limit_s is None else self.time_limit_s,
            threads=own.threads if self.threads is None else self.threads,
            seed=own.seed if self.seed is None else self.seed,
        )

    def asked(self, instance: Instance) -> str:
        """Who is asked: the solver, or HiGHS site by site. Raises BadOption where the solver has no engine."""
        if self.solver != "highs":
            if self.engine != "auto" or self.cluster is not None:
                raise BadOption(f"{'engine' if self.engine != 'auto' else 'cluster'}: only highs takes it, {self.solver} was asked for")
            return self.solver
        many = len(instance.sites) >= MANY_SITES
        by_site = self.engine == "sites" or (self.engine == "auto" and (many or self.cluster is not None))
        if self.cluster is not None and not by_site:
            raise BadOption("cluster: the monolith is one program, which one machine solves; found engine='monolith'")
        return BY_SITE if by_site else "highs"

    def _refuse_nonsense(self) -> None:
        allowed: dict[str, tuple[bool, str]] = {
            "gap_fraction": (_between(self.gap_fraction, 0, 1), "a share from 0 to 1"),
            "time_limit_s": (_between(self.time_limit_s, 1e-6, 1e9), "seconds above 0"),
            "threads": (_between(self.threads, 0, MOST_THREADS), f"a whole number from 0 to {MOST_THREADS}"),
            "engine": (self.engine in get_args(Engine), " or ".join(get_args(Engine))),
            "seed": (_between(self.seed, 0, 2**31 - 1), "a whole number from 0 to 2147483647"),
        }
        for name, (fine, words) in allowed.items():
            if not fine:
                raise BadOption(f"{name}: found {getattr(self, name)!r}; allowed: {words}")


def _between(value: object, least: float, most: float) -> bool:
    """Whether an option is left out, or a number within its range (which not-a-number never is)."""
    return value is None or (isinstance(value, int | float) and least <= value <= most)
