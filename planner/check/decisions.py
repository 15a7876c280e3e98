"""Which decisions exist: reads a plan against the indices, the domains and the natural bounds that MATHS.md states."""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from planner.check.exact import TOLERANCE, ZERO, amount_words, exact
from planner.check.ledger import Index, Violation
from planner.check.world import World
from planner.plan import FAMILIES, Family, Plan


@dataclass(frozen=True)
class Domain:
    """One family: `absent` says why an index of known ids does not exist (None: it does), `bound` the most it may be (None: no bound)."""

    absent: Callable[..., str | None]
    bound: Callable[..., Fraction | None]


def unbounded(world: World, *index: str) -> None:
    """A decision limited by rows only."""


def everywhere(world: World, *index: str) -> None:
    """A decision that exists for every index of known ids."""


def known_ids(world: World) -> Mapping[str, Container[str]]:
    """The ids that each part of an index may have."""
    return {
        "site": world.sites,
        "hall": world.halls,
        "conversion": world.conversions,
        "cohort": world.cohorts,
        "asic": world.asics,
        "gpu": world.gpus,
        "lease": world.leases,
        "contract": world.contracts,
        "grid": world.grid,
        "equipment": world.equipment,
        "opening": world.opening,
        "generator": world.generators,
        "ppa": world.ppas,
        "programme": world.programmes,
        "hosting": world.hosting,
        "end": world.ends,
        "mined": dict.fromkeys([*world.calendar.by_label, *world.holdings]),
        "debt": world.debts,
        "equity": world.equity,
        "period": world.calendar.by_label,
        "block": dict.fromkeys(block for blocks in world.blocks.values() for block in blocks),
    }


def exists(world: World, known: Mapping[str, Container[str]], family: str, domain: Domain, index: Index) -> bool:
    """Whether a family has a decision of that index; `known` are the ids of `known_ids`."""
    return _unknown(FAMILIES[family], known, index) is None and domain.absent(world, *index) is None


def read_decisions(world: World, plan: Plan, domains: Mapping[str, Domain]) -> tuple[dict[str, dict[Index, Fraction]], list[Violation]]:
    """The decisions that exist, exactly as the plan has them (a float is its shortest decimal), and every breach of their domains.

    What does not exist or is not a number counts as zero; what is negative, too large or not whole is named and kept.
    """
    known, violations = known_ids(world), list[Violation]()
    made: dict[str, dict[Index, Fraction]] = {name: {} for name in FAMILIES}
    for name, values in plan.decisions.items():
        if name not in FAMILIES:
            violations.append(_breach("plan", name, (), ZERO, "", "is not a decision of this model"))
            continue
        for index, value in values.items():
            number, found = _read(world, domains[name], FAMILIES[name], known, index, value)
            if found is not None:
                amount, words = found
                violations.append(_breach(FAMILIES[name].tag, name, index, amount, FAMILIES[name].unit, words))
            if number is not None:
                made[name][index] = number
    return made, violations


Found = tuple[Fraction, str]


def _read(
    world: World, domain: Domain, family: Family, known: Mapping[str, Container[str]], index: Any, value: Any
) -> tuple[Fraction | None, Found | None]:
    number = _number(value)
    if (fault := _unknown(family, known, index)) is not None:
        return None, (number or ZERO, fault)
    if number is None:
        return None, (ZERO, f"has the value {value!r}, which is not a finite number")
    if number == 0:
        return None, None
    if (reason := domain.absent(world, *index)) is not None:
        return None, (number, f"is {amount_words(number)}{_unit(family)}, but no such decision exists: {reason}")
    return number, _outside(number, family, domain.bound(world, *index))


def _number(value: Any) -> Fraction | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return exact(value)


def _unknown(family: Family, known: Mapping[str, Container[str]], index: Any) -> str | None:
    if not isinstance(index, tuple) or len(index) != len(family.keys):
        return f"needs an index of {', '.join(family.keys)}"
    for key, part in zip(family.keys, index, strict=True):
        if not isinstance(part, str) or part not in known[key]:
            return f"names a {key} {part!r} that the instance does not have"
    return None


def _outside(number: Fraction, family: Family, bound: Fraction | None) -> Found | None:
    slack = ZERO if family.integer else TOLERANCE
    if number < -slack:
        return -number, f"is {amount_words(number)}{_unit(family)}, which is negative"
    if family.integer and number.denominator != 1:
        return number - math.floor(number), f"is {amount_words(number)}{_unit(family)}, which is not whole"
    if bound is not None and number > bound + slack:
        return number - bound, f"is {amount_words(number)}{_unit(family)}, more than the {amount_words(bound)} that can exist"
    return None


def _unit(family: Family) -> str:
    return "" if family.unit == "yes/no" else f" {family.unit}"


def _breach(tag: str, name: str, index: Any, amount: Fraction, unit: str, words: str) -> Violation:
    parts = tuple(str(part) for part in index) if isinstance(index, tuple) else (str(index),)
    return Violation(tag, name, parts, amount, unit, f"{name}{list(parts)} {words}.".replace("'", ""))
