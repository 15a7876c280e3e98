"""What an instance is: settings and tables that fit each other, immutable."""

from __future__ import annotations

from typing import Any, Self

from pydantic import model_validator

from planner_models.consistency import faults
from planner_models.rows import Row, Strict
from planner_models.sheets import TABLES, Finance, Options, Settings, Sheets, Span

__all__ = ["TABLES", "Finance", "Instance", "Options", "Settings", "Span"]


class Instance(Sheets):
    """A portfolio and its future: the settings of instance.yaml and one tuple of rows per table, with no fault among them."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if found := faults(self):
            raise ValueError("\n".join(str(fault) for fault in found))
        return self

    def with_(self, path: str, value: Any) -> Self:
        """A changed copy, validated anew.

        `path` is `finance.discount_rate_fraction`, a whole table (`leases`), or `table.key.field` as in
        `leases.anchor.rent_usd_per_kw_month`; the parts of a longer key are joined by `/` (`power_prices.ercot/2027/peak.usd_per_mwh`).
        Raises KeyError for a path that does not exist and ValueError for a value that is not allowed.
        """
        head, _, rest = path.partition(".")
        if head not in type(self).model_fields:
            raise KeyError(f"{path}: an instance has no field {head!r}")
        data = {name: getattr(self, name) for name in type(self).model_fields}
        data[head] = _replaced(data[head], rest, value, path) if rest else value
        return type(self).model_validate(data)


def _replaced(part: Any, rest: str, value: Any, path: str) -> Any:
    """`part` (a settings block or a table) with the field named by `rest` replaced."""
    if not isinstance(part, tuple):
        return _with_field(part, rest, value, path)
    key, _, field = rest.rpartition(".")
    found = ["/".join(str(k) for k in row.key) == key if isinstance(row, Row) else False for row in part]
    if not any(found):
        raise KeyError(f"{path}: no row with key {key!r}")
    return tuple(_with_field(row, field, value, path) if hit else row for row, hit in zip(part, found, strict=True))


def _with_field(block: Strict, field: str, value: Any, path: str) -> Strict:
    if field not in type(block).model_fields:
        raise KeyError(f"{path}: {type(block).__name__} has no field {field!r}")
    data = {name: getattr(block, name) for name in type(block).model_fields}
    return type(block).model_validate(data | {field: value})
