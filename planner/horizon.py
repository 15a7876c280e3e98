"""What a plan is worth when the horizon comes sooner or later: the whole solve again, with other last years."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import groupby

import pandas as pd
from pydantic import ValidationError

from planner.claims import BY_SITE
from planner.errors import BadOption
from planner.options import SolveOptions
from planner.runs import Run
from planner.solving import solve
from planner_models.schema import Instance, Span

MOST_YEARS = 20
COLUMNS = (
    "change_years", "horizon", "outcome", "equity_value_musd", "change_musd", "terminal_share_fraction", "orders_of_first_year", "words"
)  # fmt: skip


_EMPTY: dict[str, object] = dict.fromkeys(COLUMNS, math.nan) | {"horizon": "", "orders_of_first_year": "", "words": ""}


def horizons(run: Run, years: int = 3, options: SolveOptions | None = None) -> pd.DataFrame:
    """The run's instance solved anew with its horizon `years` sooner and later, beside the run itself: three rows.

    Solved with `options`, left out with those of the run.

    `change_years`; `horizon`, the last month of the plan; `outcome` of the solve; `equity_value_musd` and `change_musd` against the
    run; `terminal_share_fraction`, the share of value that lies beyond the horizon; `orders_of_first_year`, `same` where what is
    ordered in the first twelve months is what the run orders then, else `other`; `words`, why there is no value. Series hold their
    last rows in the years that are added, and what the instance says of those years (budgets, slots, ends of leases) holds too.

    Raises BadOption when the run has no plan or `years` is not a whole number from 1 to 20.
    """
    if run.plan is None:
        raise BadOption(f"the run has no plan (outcome {run.outcome}); a horizon is moved around a plan")
    if not 1 <= years <= MOST_YEARS:
        raise BadOption(f"years: found {years}; allowed: a whole number from 1 to {MOST_YEARS}")
    options = options or _as_solved(run)
    rows = [_row(run, -years, options), _told(run, run, 0), _row(run, years, options)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def moved(instance: Instance, years: int) -> Instance:
    """The instance with a horizon so many years later (sooner when negative); years that are added are whole periods.

    Raises ValueError where nothing is left, or the instance makes no sense with that horizon.
    """
    lengths = [span.months for span in instance.periods for _ in range(span.count)]
    target = sum(lengths) + 12 * years
    if target <= 0:
        raise ValueError(f"the plan is {sum(lengths)} months long: nothing would be left of it")
    while sum(lengths) > target:
        rest = target - sum(lengths[:-1])
        lengths = lengths[:-1] if rest <= 0 else [*lengths[:-1], rest]
    while (missing := target - sum(lengths)) > 0:
        month = (instance.start.month - 1 + sum(lengths)) % 12
        lengths.append(min(missing, 12 - month))
    spans = tuple(Span(months=months, count=len(list(run))) for months, run in groupby(lengths))
    return instance.with_("periods", spans)


def _as_solved(run: Run) -> SolveOptions:
    """The options of the run, so that its neighbours are found as it was."""
    by_site = run.solver == BY_SITE
    highs = by_site or run.solver == "highs"
    names = ("gap_fraction", "time_limit_s", "threads", "seed") if highs else ("gap_fraction", "time_limit_s")
    how = SolveOptions(engine="sites" if by_site else "monolith") if highs else SolveOptions(solver=run.solver)
    return replace(how, **{name: run.settings[name] for name in names if name in run.settings})


def _row(run: Run, years: int, options: SolveOptions) -> dict[str, object]:
    try:
        instance = moved(run.instance, years)
    except (ValueError, ValidationError) as fault:
        return _EMPTY | {"change_years": years, "outcome": "no instance", "words": _first_line(fault)}
    return _told(run, solve(instance, options), years)


def _told(base: Run, run: Run, years: int) -> dict[str, object]:
    last = run.instance.start + pd.DateOffset(months=sum(s.months * s.count for s in run.instance.periods) - 1)
    row = _EMPTY | {"change_years": years, "horizon": f"{last:%Y-%m}", "outcome": run.outcome}
    if run.plan is None or run.value_musd is None or base.value_musd is None:
        return row | {"words": run.message or run.outcome.replace("_", " ")}
    figures = run.tables["kpis"].set_index("kpi")["value"].astype(float)
    return row | {
        "equity_value_musd": run.value_musd,
        "change_musd": run.value_musd - base.value_musd,
        "terminal_share_fraction": figures["terminal_share_fraction"],
        "orders_of_first_year": "same" if _first_orders(run) == _first_orders(base) else "other",
    }


def _first_orders(run: Run) -> list[tuple[object, ...]]:
    """What is ordered in the first twelve months of a plan."""
    end = run.instance.start + pd.DateOffset(months=12)
    orders = run.tables["orders"]
    early = orders[orders["order_month"].fillna("9999") < f"{end:%Y-%m}"]
    return sorted(tuple(row) for row in early[["order_month", "kind", "item", "site", "quantity"]].round(6).itertuples(index=False))


def _first_line(fault: ValueError | ValidationError) -> str:
    if isinstance(fault, ValidationError):
        return str(fault.errors()[0]["msg"]).removeprefix("Value error, ").splitlines()[0]
    return str(fault)
