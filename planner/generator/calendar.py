"""The yearly periods of a generated plan: months from its start, and what can come within it."""

from __future__ import annotations

from dataclasses import dataclass

START_YEAR = 2027
YEAR = 12


@dataclass(frozen=True)
class Calendar:
    """A plan of `years` periods of a year each, from January of START_YEAR."""

    years: int

    @property
    def last(self) -> int:
        """Month in which the last period starts."""
        return YEAR * (self.years - 1)

    @property
    def end(self) -> int:
        """First month after the plan."""
        return YEAR * self.years

    def starts_by(self, month: int) -> int:
        """First month of the first period that starts in this month or after it."""
        return -(-month // YEAR) * YEAR

    def comes(self, month: int) -> bool:
        """Whether what is there from a month on is there all through some period."""
        return month <= self.last


def word(month: int) -> str:
    """A month, counted from the start, as it is written: 2027-04."""
    return f"{START_YEAR + month // YEAR}-{month % YEAR + 1:02d}"
