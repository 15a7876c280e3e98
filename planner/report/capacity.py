"""IT MW by use over time, for the company and for each site: the section of the page that says what stands where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from rich.console import RenderableType
from rich.text import Text

from planner.check.exact import exact
from planner.check.world import World
from planner.report.columns import Column, columns, remarks
from planner.report.layout import GAP, MARGIN, remark, section, table
from planner.report.liquidity import lowest
from planner.report.words import NOTHING, USES, clean, more, mw, short_musd
from planner.runs import Run
from planner.tables.allocation import opening_mw
from planner.tables.orders import month_text

MOST_SITES = 8
"""Sites before the page refers to the CSV file."""
HALLS, GRID, OWN = "All halls", "Grid, utility MW", "Own generation, MW"
FIRST = 22
"""Most that the first column takes."""
OPENING = "Opening"
"""Heading of the column before the first period."""


@dataclass(frozen=True)
class _Megawatts:
    """MW by site, use and period; the grid is a use of its own, and so is own generation."""

    run: Run
    world: World
    mw: Mapping[tuple[str, str, str], float]

    @classmethod
    def of(cls, run: Run) -> _Megawatts:
        sums: dict[tuple[str, str, str], float] = {}
        for row in run.tables["allocation"].to_dict("records"):
            sums[row["site"], USES[row["use"], row["contracted"]], row["period"]] = row["it_mw"]
        for row in run.tables["grid"].to_dict("records"):
            sums[row["site"], GRID, row["period"]] = row["grid_mw"]
        for row in run.tables["generators"].to_dict("records"):
            key = (row["site"], OWN, row["period"])
            sums[key] = sums.get(key, 0.0) + row["in_service_mw"]
        return cls(run, World(run.instance), sums)

    def largest_first(self) -> list[str]:
        """Sites by the IT MW that ever stand there."""
        size = dict.fromkeys(self.world.sites, 0.0)
        for (site, use, _), standing in self.mw.items():
            size[site] += standing if use not in (GRID, OWN) else 0.0
        return sorted(self.world.sites, key=lambda site: -size[site])

    def lines(self, name: str, sites: Sequence[str], chosen: Sequence[Column]) -> list[list[str | Text]]:
        """The name, then a line per use that occurs, one of all halls, one of the grid and one of own generation where there is any."""
        own = (*USES.values(), GRID, OWN)
        uses = {use: [sum(self.mw.get((site, use, c.period), 0.0) for site in sites) for c in chosen] for use in own}
        uses[HALLS] = [sum(uses[use][position] for use in USES.values()) for position in range(len(chosen))]
        now = self._opening(sites)
        rows = {use: [mw(now.get(use, 0.0)), *map(mw, uses[use])] for use in (*USES.values(), HALLS, GRID, OWN)}
        shown = [use for use, cells in rows.items() if use in (HALLS, GRID) or set(cells) != {NOTHING}]
        table_rows: list[list[str | Text]] = [[Text(name, style="bold"), *[""] * (len(chosen) + 1)]]
        for use in shown:
            table_rows.append([f"  {use}", *rows[use]])
        return table_rows

    def _opening(self, sites: Sequence[str]) -> dict[str, float]:
        """MW that stand or are energised in the first month, before any order."""
        opening, world = self.opening, self.world
        found = {use: float(sum(opening[site][use] for site in sites)) for use in ("colocation", "hpc", "hosting", "hashing", "idle")}
        named = {USES[use, use == "colocation"]: standing for use, standing in found.items()}
        plants = [plant for plant in world.plants.values() if plant.site in sites and plant.start <= 0 < plant.end]
        own = sum(float(plant.size) * world.generators[plant.item].unit_mw for plant in plants)
        return {**named, HALLS: sum(found.values()), GRID: sum(self.energised[site] for site in sites), OWN: own}

    @cached_property
    def opening(self) -> Mapping[str, Mapping[str, Fraction]]:
        """IT MW of the first month by site and use; signed leases count as far as they are delivered by then."""
        first, leases = month_text(self.world.calendar.start, 0), self.world.leases
        rows = [row for row in self.run.tables["deliveries"].to_dict("records") if row["delivered_month"] <= first]
        signed = [(row["lease"], row["site"], exact(row["it_mw"])) for row in rows if leases[row["lease"]].stage == "signed"]
        return opening_mw(self.world, signed)

    @cached_property
    def energised(self) -> Mapping[str, float]:
        """Utility MW of the first month by site; none of a site that is not bought yet."""
        sums, month = dict.fromkeys(self.world.sites, 0.0), self.world.calendar.month
        for row in self.world.instance.grid:
            if row.kind == "energised" and row.from_month is not None and month(row.from_month) <= 0 and not self.world.on_offer(row.site):
                sums[row.site] += row.mw
        return sums


def chosen(run: Run, width: int) -> list[Column]:
    """The periods that the tables over time have room for on a page of `width` columns."""
    world = World(run.instance)
    own = [OWN] if run.instance.generators else []
    names = [*(f"  {use}" for use in (*USES.values(), HALLS, GRID, *own)), _company(len(world.sites)), *map(clean, world.sites)]
    room = width - MARGIN - min(FIRST, max(map(len, names))) - GAP - len(OPENING) - GAP
    money = [*run.tables["cash_flow"]["closing_cash_musd"], *run.tables["debt"].groupby("period")["closing_musd"].sum()]
    return columns(world.calendar, room, max(5, *(len(short_musd(musd)) for musd in money)), keep=lowest(run))


def _company(sites: int) -> str:
    return f"All {sites} sites"


def megawatts(run: Run, chosen: Sequence[Column]) -> RenderableType:
    """(b) IT MW by use and site, at the opening and by period, contracted and not."""
    figures = _Megawatts.of(run)
    sites = figures.largest_first()
    if not sites:
        return section("IT MW by use and site", remark("The instance has no sites."))
    rows = figures.lines(_company(len(sites)), sites, chosen) if len(sites) > 1 else []
    for site in sites[:MOST_SITES]:
        rows += figures.lines(clean(site), [site], chosen)
    notes = [
        *remarks(figures.world.calendar, chosen),
        f"{OPENING}: halls and grid that stand in the first month, before any order, with the machines in them and the signed leases "
        f"delivered {'by then' if any(row.delivered for row in run.instance.leases) else 'in that month'}.",
        "Tenants and clusters count with their peak of a period, so in the period in which they end too; machines with their mean.",
        *more(len(sites) - MOST_SITES, "site", "allocation"),
    ]
    grid = table(["Site and use", OPENING, *(column.heading for column in chosen)], rows, widest=FIRST)
    return section("IT MW by use and site", grid, *map(remark, notes))
