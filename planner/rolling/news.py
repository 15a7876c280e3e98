"""An instance with the news of some kinds alone."""

from __future__ import annotations

from pydantic import ValidationError

from planner.comparison.news import CATEGORY, HAPPENED
from planner.rolling.past import changed
from planner_models.rows import Debt
from planner_models.schema import Instance


def with_news(before: Instance, after: Instance, categories: tuple[str, ...]) -> Instance | None:
    """The instance with the news of these kinds alone; None where it is not valid by itself."""
    data = {name: getattr(after if CATEGORY.get(name, "other") in categories else before, name) for name in Instance.model_fields}
    if "actuals" in categories and "other" not in categories:
        fields = {name: getattr(after.finance, name) for name in HAPPENED["finance"]}
        data["finance"] = changed(before.finance, **fields)
    try:
        if "actuals" in categories and "other" not in categories:
            data["debt"] = tuple(_balances(row, after) for row in before.debt)
        return Instance(**data)
    except ValidationError:
        return None


def _balances(row: Debt, after: Instance) -> Debt:
    """A facility with what is owed now."""
    new = next((other for other in after.debt if other.id == row.id), row)
    return changed(row, **{name: getattr(new, name) for name in HAPPENED["debt"]})
