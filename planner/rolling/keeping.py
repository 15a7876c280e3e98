"""An old plan in a changed instance: its whole numbers kept, everything else decided anew and checked."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from planner.check import verify
from planner.compile import collection_paused, compile_model
from planner.highs import Answer
from planner.plan import Plan
from planner.polish import columns_of, extract, polish
from planner_models.build import build
from planner_models.schema import Instance


@dataclass(frozen=True)
class Kept:
    """A plan with the whole numbers of another one, and its equity value in M$."""

    plan: Plan
    value_musd: Fraction


def keep(instance: Instance, plan: Plan) -> Kept | None:
    """The best plan of an instance with the whole numbers of another plan; None where they leave none.

    A decision that the instance does not have any more is left out. Whole numbers that no plan holds, as they follow from the others,
    are the solver's.
    """
    with collection_paused():
        arrays = compile_model(build(instance))
    polished = polish(arrays, Answer("optimal", columns_of(plan, arrays)))
    if polished.values is None:
        return None
    found = extract(instance, arrays, polished.values)
    certificate = verify(instance, found)
    return Kept(found, certificate.value_musd) if certificate.ok else None
