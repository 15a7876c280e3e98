"""A plan: the decisions of MATHS.md and nothing else; every other number is recomputed from it and the instance."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

Key = tuple[str, ...]
LARGEST = 1e12
"""No decision is larger, whatever its unit; beyond it a file is damaged."""


@dataclass(frozen=True)
class Family:
    """One kind of decision: its index in order, whether it is a whole number, its unit and its number in MATHS.md."""

    keys: tuple[str, ...]
    integer: bool
    unit: str
    tag: str

    @property
    def section(self) -> int:
        """The section of MATHS.md that it belongs to."""
        return int(self.tag.partition(".")[0])


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "built_modules": Family(("site", "hall", "period"), True, "modules", "2.1"),
        "converted_lots": Family(("conversion", "cohort", "period"), True, "lots", "2.2"),
        "retired_modules": Family(("cohort", "period"), True, "modules", "2.3"),
        "bought_mw": Family(("site", "asic", "period"), False, "MW", "3.1"),
        "hosted_mw": Family(("site", "hall", "asic", "period"), False, "MW", "3.2"),
        "run_mw": Family(("site", "hall", "asic", "period", "block"), False, "MW", "3.3"),
        "resold_mw": Family(("site", "asic", "end", "period"), False, "MW", "14.1"),
        "withdrawn_mw": Family(("site", "asic", "end", "period"), False, "MW", "14.2"),
        "placed_mw": Family(("site", "asic", "end", "period"), False, "MW", "14.3"),
        "ended": Family(("hosting", "period"), True, "yes/no", "14.7"),
        "guest_mw": Family(("hosting", "hall", "period"), False, "MW", "14.8"),
        "kept_btc": Family(("mined", "period"), False, "BTC", "15.2"),
        "final_btc": Family(("mined",), False, "BTC", "15.3"),
        "started": Family(("lease", "site", "hall", "period"), True, "blocks", "4.1"),
        "broken_blocks": Family(("lease",), True, "blocks", "4.10"),
        "deployed_clusters": Family(("site", "hall", "gpu", "period"), True, "clusters", "5.1"),
        "sold_mw": Family(("site", "hall", "gpu", "period"), False, "MW", "5.2"),
        "contracted": Family(("contract", "site", "hall", "period"), True, "yes/no", "5.6"),
        "upgraded": Family(("grid", "period"), True, "yes/no", "6.1"),
        "delivered_units": Family(("site", "equipment", "period"), True, "units", "6.5"),
        "cancelled_units": Family(("opening",), True, "units", "1.1"),
        "opened": Family(("site", "period"), True, "yes/no", "11.1"),
        "sold": Family(("site", "period"), True, "yes/no", "11.2"),
        "commissioned_units": Family(("site", "generator", "period"), True, "units", "12.1"),
        "generated_mw": Family(("site", "generator", "period", "block"), False, "MW", "12.5"),
        "exported_mw": Family(("site", "period", "block"), False, "MW", "12.6"),
        "accepted": Family(("ppa",), True, "yes/no", "13.1"),
        "taken_mw": Family(("ppa", "period", "block"), False, "MW", "13.2"),
        "remarketed_mw": Family(("ppa", "period", "block"), False, "MW", "13.3"),
        "registered_mw": Family(("programme", "site", "period"), False, "MW", "13.10"),
        "drawn_musd": Family(("debt", "period"), False, "M$", "8.1"),
        "repaid_musd": Family(("debt", "period"), False, "M$", "8.2"),
        "dividends_musd": Family(("period",), False, "M$", "8.5"),
        "issued_musd": Family(("equity", "period"), False, "M$", "8.15"),
    }
)
"""Every decision of the model; `period` is the label of the period in which the thing enters service or the flow falls.

`end` is the month in which a machine's life ends, written 2031-04; `mined` is the period in which a bitcoin was mined."""


@dataclass(frozen=True)
class Plan:
    """Decisions by family and index; an index that is absent is zero.

    `decisions[family][index]` is an int for whole-number families and a float for the others, in the unit of `FAMILIES`.
    """

    instance: str
    decisions: Mapping[str, Mapping[Key, float]] = field(default_factory=dict)

    def get(self, family: str, *index: str) -> float:
        """The value of one decision, zero when absent."""
        return self.decisions.get(family, {}).get(index, 0)

    def to_json(self) -> str:
        """Text with one record per non-zero decision, in stable order, so that a git diff reads well."""
        lines = [
            json.dumps({"decision": name, **dict(zip(family.keys, index, strict=True)), "value": value})
            for name, family in FAMILIES.items()
            for index, value in self.decisions.get(name, {}).items()
        ]
        body = ",\n    ".join(lines)
        return f'{{\n  "instance": {json.dumps(self.instance)},\n  "decisions": [\n    {body}\n  ]\n}}\n'

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """Read what `to_json` wrote. Raises ValueError naming the record that is not a decision."""
        data = json.loads(text)
        decisions: dict[str, dict[Key, float]] = {}
        for position, record in enumerate(data["decisions"]):
            name, index, value = _record(record, position)
            if index in decisions.setdefault(name, {}):
                raise ValueError(f"decisions[{position}]: {name} {index} is given twice")
            decisions[name][index] = value
        return cls(instance=data["instance"], decisions=decisions)


def _record(record: Mapping[str, Any], position: int) -> tuple[str, Key, float]:
    name = str(record.get("decision"))
    if name not in FAMILIES:
        raise ValueError(f"decisions[{position}]: {name!r} is not a decision; known: {', '.join(FAMILIES)}")
    family = FAMILIES[name]
    if set(record) != {"decision", "value", *family.keys}:
        raise ValueError(f"decisions[{position}]: {name} has the fields {', '.join(family.keys)} and value")
    value = record["value"]
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or abs(value) > LARGEST:
        raise ValueError(f"decisions[{position}]: value {str(value)[:40]} is not a number up to {LARGEST:.0e}")
    return name, tuple(str(record[key]) for key in family.keys), value
