"""IT MW by use over time, for the company and for each site: the section of the page that says what stands where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from rich.console import RenderableType
from rich.text import Text

from planner.check.world import World
from planner.report.columns import Column, columns, shows_years
from planner.report.layout import MARGIN, remark, section, table
from planner.report.words import NOTHING, USES, clean, more, mw
from planner.runs import Run
from planner.tables.allocation import today_mw

MOST_SITES = 8
"""Sites before the page refers to the CSV file."""
HALLS, GRID = "All halls", "Grid, utility MW"
FIRST = 22
"""Width of the first column."""


@dataclass(frozen=True)
class _Megawatts:
    """MW by site, use and period; the grid is a use of its own."""

    world: World
    mw: Mapping[tuple[str, str, str], float]

    @classmethod
    def of(cls, run: Run) -> _Megawatts:
        sums: dict[tuple[str, str, str], float] = {}
        for row in run.tables["allocation"].to_dict("records"):
            sums[row["site"], USES[row["use"], row["contracted"]], row["period"]] = row["it_mw"]
        for row in run.tables["grid"].to_dict("records"):
            sums[row["site"], GRID, row["period"]] = row["grid_mw"]
        return cls(World(run.instance), sums)

    def largest_first(self) -> list[str]:
        """Sites by the IT MW that ever stand there."""
        size = dict.fromkeys(self.world.sites, 0.0)
        for (site, use, _), standing in self.mw.items():
            size[site] += standing if use != GRID else 0.0
        return sorted(self.world.sites, key=lambda site: -size[site])

    def lines(self, name: str, sites: Sequence[str], chosen: Sequence[Column]) -> list[list[str | Text]]:
        """The name, then a line per use that occurs, one of all halls and one of the grid."""
        uses = {use: [sum(self.mw.get((site, use, c.period), 0.0) for site in sites) for c in chosen] for use in (*USES.values(), GRID)}
        uses[HALLS] = [sum(uses[use][position] for use in USES.values()) for position in range(len(chosen))]
        now = self._today(sites)
        rows = {use: [mw(now.get(use, 0.0)), *map(mw, uses[use])] for use in (*USES.values(), HALLS, GRID)}
        shown = [use for use, cells in rows.items() if use in (HALLS, GRID) or set(cells) != {NOTHING}]
        table_rows: list[list[str | Text]] = [[Text(name, style="bold"), *[""] * (len(chosen) + 1)]]
        for use in shown:
            table_rows.append([f"  {use}", *rows[use]])
        return table_rows

    def _today(self, sites: Sequence[str]) -> dict[str, float]:
        """MW that stand or are energised in the first month."""
        hashing, idle = (float(sum(self.today[site][use] for site in sites)) for use in ("hashing", "idle"))
        energised = sum(self.energised[site] for site in sites)
        return {USES["hashing", False]: hashing, USES["idle", False]: idle, HALLS: hashing + idle, GRID: energised}

    @cached_property
    def today(self) -> Mapping[str, Mapping[str, Fraction]]:
        """IT MW of the first month by site and use."""
        return today_mw(self.world)

    @cached_property
    def energised(self) -> Mapping[str, float]:
        """Utility MW of the first month by site."""
        sums = dict.fromkeys(self.world.sites, 0.0)
        for row in self.world.instance.grid:
            if row.kind == "energised" and row.from_month is not None and self.world.calendar.month(row.from_month) <= 0:
                sums[row.site] += row.mw
        return sums


def megawatts(run: Run, width: int) -> RenderableType:
    """(b) IT MW by use and site, today and by period, contracted and not."""
    figures = _Megawatts.of(run)
    sites = figures.largest_first()
    if not sites:
        return section("IT MW by use and site", remark("The instance has no sites."))
    chosen = columns(figures.world.calendar, width - MARGIN - FIRST - len("Today"))
    rows = figures.lines(f"All {len(sites)} sites", sites, chosen) if len(sites) > 1 else []
    for site in sites[:MOST_SITES]:
        rows += figures.lines(clean(site), [site], chosen)
    notes = ["Tenants and clusters count with their peak of a period, machines with their mean."]
    notes += more(len(sites) - MOST_SITES, "site", "allocation")
    if shows_years(chosen):
        notes.insert(0, "Each year shows its last period.")
    grid = table(["Site and use", "Today", *(column.heading for column in chosen)], rows, widest=FIRST)
    return section("IT MW by use and site", grid, *map(remark, notes))
