"""Words and numbers of the page: outcomes and kinds in plain words, amounts short, names without control characters."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal

from planner.rules import RULES

OUTCOMES: Mapping[str, str] = {
    "optimal": "By the solver's bound no plan is worth more.",
    "within_gap": "The search ended within the gap that was asked for.",
    "time_limit_with_plan": "The time limit ended the search: this is the best plan found so far.",
    "interrupted": "The search was interrupted: this is the best plan found so far.",
    "solver_error": "The solver gave no answer that stands: this is the best plan at hand; how much better one could be is not known.",
}
"""What the page says of an outcome with a plan."""

ORDERS: Mapping[str, str] = {
    "hall": "Build",
    "conversion": "Convert",
    "rebuild": "Rebuild",
    "retirement": "Retire",
    "asic": "Buy machines",
    "gpu": "Buy GPUs",
    "grid": "Grid upgrade",
    "transformer": "Transformer",
    "breaker": "Breaker",
    "switchgear": "Switchgear",
    "generator": "Generator",
    "site": "Buy site",
    "sale": "Sell site",
    "closure": "Close site",
    "resale": "Sell machines",
    "move out": "Move out",
    "move in": "Move in",
    "ppa": "Accept PPA",
    "notice": "End hosting",
    "cancellation": "Cancel",
    "delivery": "Take delivery",
}
"""What an order of each kind is called: of equipment by its kind, of a move with its direction."""

USES: Mapping[tuple[str, bool], str] = {
    ("hashing", False): "Hashing",
    ("hosting", False): "Hosted machines",
    ("colocation", True): "Leases, signed",
    ("colocation", False): "Leases, unsigned",
    ("hpc", False): "HPC, own GPUs",
    ("idle", False): "Idle halls",
}
"""What a use is called, with whether a tenant has signed."""

PARTS: Mapping[str, str] = {
    "signed leases": "Signed leases",
    "leases still to be signed": "Leases still to be signed",
    "hashing": "Hashing",
    "hosting": "Hosted machines",
    "hpc": "HPC",
    "power": "Power: own supply, demand response and charges, against spot",
    "new shares": "New shares: what they bring less what they are worth",
    "prepayments": "Prepayments: money that is there before it is earned",
    "probability": "Weighted by probability: what may not come true",
    "shared": "Shared: opening cash less capex, halls, overhead, debt and tax",
    "equity value": "Equity value",
}
"""What a part of the value is called."""


STATES: Mapping[str, str] = {
    "kNotset": "it stopped without a result",
    "kUnknown": "it stopped without a result",
    "kLoadError": "it could not read the model",
    "kModelError": "it holds the model to be faulty",
    "kPresolveError": "it failed while it simplified the model",
    "kSolveError": "it failed while it searched",
    "kPostsolveError": "it failed while it put the plan together",
    "kModelEmpty": "the model is empty",
    "kInfeasible": "there is no plan",
    "kUnbounded": "the value has no upper limit",
    "kUnboundedOrInfeasible": "there is no plan, or the value has no upper limit",
    "kTimeLimit": "the time limit was reached",
    "kIterationLimit": "its limit on steps was reached",
    "kSolutionLimit": "its limit on plans was reached",
    "kObjectiveBound": "its limit on the value was reached",
    "kObjectiveTarget": "its target for the value was reached",
    "kMemoryLimit": "memory ran out",
    "kInterrupt": "it was interrupted",
    "kHighsInterrupt": "it was interrupted",
}
"""What the solver's names for how it ended mean."""

NOTHING = "-"
"""What a cell without MW shows."""


def clean(text: str) -> str:
    """A name from the data on one line: what does not print (line ends, escape codes, direction marks) becomes `?`."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def rule_words(name: str, otherwise: str) -> str:
    """A rule in plain words; `otherwise` for a name that no rule has."""
    return RULES[name].plain if name in RULES else otherwise


def solver_words(message: str) -> str:
    """A message of the solver with its own names for how it ended in plain words."""
    return re.sub(r"\bk[A-Z]\w*", lambda name: STATES.get(name[0], "it ended in a way that has no plain name"), clean(message))


def musd(amount: float) -> str:
    """M$ with one decimal."""
    return _number(amount, 1)


def short_musd(amount: float) -> str:
    """M$ with one decimal below 1,000, whole from there on."""
    return _number(amount, 0 if abs(amount) >= 1000 else 1)


def mw(amount: float) -> str:
    """MW: whole from 100 on, one decimal below, a dash for none."""
    if abs(amount) < 0.05:
        return NOTHING
    return _number(amount, 0 if abs(amount) >= 100 else 1)


def two(amount: float) -> str:
    """A number with two decimals: USD per W, and ratios."""
    return _number(amount, 2)


def percent(fraction: float) -> str:
    """A share as a percentage."""
    return f"{_number(100 * fraction, 1)} %"


def small(amount: float) -> str:
    """An amount that may be small: three significant digits below 100."""
    if amount == 0 or abs(amount) >= 100:
        return _number(amount, 0)
    return _number(amount, max(0, 2 - math.floor(math.log10(abs(amount)))))


def count(number: int, noun: str) -> str:
    """`1 lease`, `2 leases`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def much(quantity: float, unit: str) -> str:
    """`1 unit`, `2 units`, `12.5 MW`."""
    said = f"{quantity:,.0f}" if float(quantity).is_integer() else small(quantity)
    return f"{said} {unit.removesuffix('s') if quantity == 1 else unit}"


def more(number: int, noun: str, file: str) -> list[str]:
    """A remark that the page leaves out `number` things, and where they are; none when it leaves out nothing."""
    return [f"... and {count(number, noun)} more, in tables/{file}.csv"] if number > 0 else []


def _number(amount: float, digits: int) -> str:
    """Rounded as by hand, so a half goes away from zero: 1.25 reads 1.3, where Python's own rounding gives 1.2."""
    exact = Decimal(repr(float(amount)))
    if exact.is_finite():
        exact = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, Context(prec=400))
    text = f"{exact:,f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.,") else text
