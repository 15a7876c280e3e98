"""How the tax office lets a basis be written off: straight line, the MACRS tables, and a bonus at once (section 1 of MATHS.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from planner_models.rows import TaxClass

MACRS_PERCENT: Mapping[int, tuple[float, ...]] = MappingProxyType(
    {
        36: (33.33, 44.45, 14.81, 7.41),
        60: (20, 32, 19.2, 11.52, 11.52, 5.76),
        84: (14.29, 24.49, 17.49, 12.49, 8.93, 8.92, 8.93, 4.46),
        120: (10, 18, 14.4, 11.52, 9.22, 7.37, 6.55, 6.55, 6.56, 6.55, 3.28),
        180: (5, 9.5, 8.55, 7.7, 6.93, 6.23, 5.9, 5.9, 5.91, 5.9, 5.91, 5.9, 5.91, 5.9, 5.91, 2.95),
        240: (
            *(3.75, 7.219, 6.677, 6.177, 5.713, 5.285, 4.888, 4.522),
            *(4.462, 4.461, 4.462, 4.461, 4.462, 4.461, 4.462, 4.461, 4.462, 4.461, 4.462, 4.461, 2.231),
        ),
    }
)
"""Half-year convention: percent of the basis by calendar year from that of service, by tax life (IRS Publication 946, table A-1)."""


@dataclass(frozen=True)
class Span:
    """Months from `begin` until `end`, counted from the January of some year."""

    begin: int
    end: int

    def months_in(self, begin: int, end: int) -> int:
        """Months that lie in [begin, end) too."""
        return max(0, min(end, self.end) - max(begin, self.begin))


class WriteOffs:
    """The one place that knows how a basis is written off; a life without a class of its own is straight line."""

    def __init__(self, classes: Iterable[TaxClass]) -> None:
        self._classes = {row.life_months: row for row in classes}

    def share(self, service: int, life_months: int, span: Span) -> float:
        """Share of a basis in service from month `service` that is written off in a span; months count from the January of some year."""
        row = self._classes.get(life_months)
        if row is None:
            return straight_line(service, life_months, span)
        at_once = 1.0 if span.begin <= service < span.end else 0.0
        regular = _macrs(service, life_months, span) if row.method == "macrs" else straight_line(service, life_months, span)
        return row.bonus_fraction * at_once + (1 - row.bonus_fraction) * regular


def straight_line(service: int, life_months: int, span: Span) -> float:
    """Share of a basis in service from month `service` that is written off in a span, evenly by month."""
    return span.months_in(service, service + life_months) / life_months


def _macrs(service: int, life_months: int, span: Span) -> float:
    """The percent of each calendar year, spread over its months from service on."""
    january, total = service - service % 12, 0.0
    for k, percent in enumerate(MACRS_PERCENT[life_months]):
        begin, end = max(service, january + 12 * k), january + 12 * (k + 1)
        total += percent / 100 * span.months_in(begin, end) / (end - begin)
    return total
