"""The table of announced deals: what was published about each, and how near a computed figure has to come."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "deals.csv"


@dataclass(frozen=True)
class Deal:
    """A row: figures that go in, and figures that must come out."""

    inputs: dict[str, float]
    published: tuple[float, ...]
    tolerance: str

    @property
    def band(self) -> tuple[float, float]:
        """Lowest and highest figure that is accepted: `4.4 to 6.0`, or a share of what was published."""
        if " to " in self.tolerance:
            low, high = map(float, self.tolerance.split(" to "))
            return low, high
        share = float(self.tolerance)
        return self.published[0] * (1 - share), self.published[0] * (1 + share)


def deal(name: str) -> Deal:
    """The deal of that id."""
    with FILE.open(newline="", encoding="utf-8") as file:
        row = next(row for row in csv.DictReader(file) if row["id"] == name)
    inputs = {symbol: float(figure) for symbol, figure in re.findall(r"(\w+)=([\d.]+)", row["inputs"])}
    return Deal(inputs, tuple(map(float, row["published"].split("/"))), row["tolerance"])
