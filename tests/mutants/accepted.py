"""What may be taken out without any test failing, each with the reason."""

from __future__ import annotations

from collections.abc import Mapping

ACCEPTED: Mapping[str, str] = {
    "planner.check.equipment._rate: book.add(installed_mva)": (
        "every kind of equipment has a type, and what that adds, if only 0, makes the state stand as well"
    ),
    "planner.check.opening._cancelled_absent: return None if world.pending(opening) else '{opening} does not come within the plan'": (
        "an instance in which a row may be cancelled that does not come within the plan is refused before any plan is checked"
    ),
}
"""Name of a mutant: why no plan, no certificate and no message can tell it from the whole program."""
