"""Tables of megawatts: allocation, grid, equipment, the four MWs and the fleet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import pytest

from planner.check.exact import exact
from planner.tables import allocation, machines, power, supply
from planner.tables.book import Book
from planner.tables.frame import Row
from tests.check.portfolio import portfolio, valid_plan
from tests.example import whole
from tests.tables import wide
from tests.tables.sample import LABELS, book, book_of, instance, plan

BOOKS = [book(), book_of(portfolio(), valid_plan()), wide.book()]


def it_mw(of: Book, site: str, period: str) -> dict[tuple[str, bool], Fraction]:
    return {
        (str(r["use"]), bool(r["contracted"])): Fraction(r["it_mw"] or 0)
        for r in allocation.rows(of)
        if (r["site"], r["period"]) == (site, period)
    }


@pytest.mark.parametrize(("site", "period", "hashing", "signed", "unsigned", "hpc", "idle"), [
    ("alpha", "2027Q1", 40, 0, 0, 0, 0),   # 4 mine modules
    ("alpha", "2027Q2", 30, 0, 0, 0, 0),   # one is off for its conversion
    ("alpha", "2027Q3", 30, 10, 0, 0, 0),  # and back as a shell
    ("alpha", "2027Q4", 30, 10, 0, 0, 8),  # the room stands before its cluster
    ("alpha", "2028", 20, 10, 0, 5, 3),    # a mine module is retired, the cluster fills 5 of 8 MW
    ("beta", "2027Q1", 0, 0, 0, 0, 10),    # a mine without machines
    ("beta", "2029-2030", 10, 0, 20, 0, 0),
])  # fmt: skip
def test_uses_and_idle_halls_by_hand(site: str, period: str, hashing: int, signed: int, unsigned: int, hpc: int, idle: int) -> None:
    """Each use of the sample plan in MW, worked out from its modules; signed and unsigned leases are apart."""
    by_use = {"hashing": hashing, "hosting": 0, "colocation": unsigned, "hpc": hpc, "idle": idle}
    assert it_mw(book(), site, period) == {(use, False): mw for use, mw in by_use.items()} | {("colocation", True): signed}


@pytest.mark.parametrize("of", BOOKS)
def test_allocation_adds_up_to_halls_and_load_exactly(of: Book) -> None:
    """IT MW add up to modules x size, facility MW to the checker's load (10.3), and both kinds of leases to its leased MW (4.4)."""
    rows = list(allocation.rows(of))
    for site, halls in of.world.halls_at.items():
        for label in of.calendar.by_label:
            mine = [row for row in rows if (row["site"], row["period"]) == (site, label)]
            standing = sum(Fraction(str(of.world.halls[h].module_it_mw)) * of.state("average_modules", site, h, label) for h in halls)
            assert sum(Fraction(row["it_mw"] or 0) for row in mine) == standing
            assert sum(Fraction(row["facility_mw"] or 0) for row in mine) == of.state("load_mw", site, label)
            leased = sum(of.state("leased_mw", site, hall, label) for hall in halls)
            assert sum(Fraction(row["it_mw"] or 0) for row in mine if row["use"] == "colocation") == leased


def test_machines_of_others_are_apart_from_own_ones() -> None:
    """Gamma hosts 5 MW of others until the end of 2027, beside 15 and then 20 MW of its own, in 25 MW of mines."""
    uses = [it_mw(wide.book(), "gamma", label) for label in ("2027Q1", "2027Q4", "2028")]
    assert [(mw["hashing", False], mw["hosting", False], mw["idle", False]) for mw in uses] == [(15, 5, 5), (20, 5, 0), (20, 0, 5)]


def test_signing_a_lease_moves_its_megawatts_to_contracted() -> None:
    """The stage alone decides what counts as contracted."""
    signed = book_of(instance().with_("leases.option.stage", "signed"), plan())
    assert it_mw(book(), "beta", "2028")["colocation", True] == 0
    assert it_mw(signed, "beta", "2028")["colocation", True] == 20
    assert it_mw(signed, "beta", "2028")["colocation", False] == 0


def at_start(colocation: int, hashing: int, idle: int, hpc: int = 0, hosting: int = 0) -> dict[str, int]:
    return {"colocation": colocation, "hpc": hpc, "hosting": hosting, "hashing": hashing, "idle": idle}


def test_the_opening_counts_clusters_and_machines_of_others() -> None:
    """Alpha has a cluster of 10 MW in 20 MW of AI halls 90 MW of machines in 100 MW of mines; gamma 15 MW of its own, 5 of others."""
    found = allocation.opening_mw(wide.book().world)
    assert found == {"alpha": at_start(0, 90, 20, hpc=10), "beta": at_start(0, 0, 0), "gamma": at_start(0, 15, 5, hosting=5)}


def test_the_opening_counts_machines_in_halls_of_their_product() -> None:
    """40 MW of machines in 40 MW of mines; machines without a hall, and what is delivered later, are not hashing at the opening."""
    assert allocation.opening_mw(book().world)["alpha"] == at_start(0, 40, 0)
    assert allocation.opening_mw(book().world)["beta"] == at_start(0, 0, 10)
    first_day = instance().with_("opening.fleet_a.in_service", "2027-01").with_("opening.fleet_a.tax_basis_musd", 0)
    assert allocation.opening_mw(book_of(first_day, plan()).world)["alpha"] == at_start(0, 40, 0)
    later = instance().with_("opening.fleet_a.in_service", "2027-02")
    assert allocation.opening_mw(book_of(later, plan()).world)["alpha"] == at_start(0, 0, 40)
    ahead = instance().with_("opening.mine_a.in_service", "2027-02").with_("opening.mine_a.tax_basis_musd", 0)
    assert allocation.opening_mw(book_of(ahead, plan()).world)["alpha"] == at_start(0, 0, 0)
    homeless = instance().with_("opening.mine_a.count", 3)
    assert allocation.opening_mw(book_of(homeless, plan()).world)["alpha"] == at_start(0, 30, 0)


def test_signed_leases_of_the_first_month_are_not_idle_halls() -> None:
    """10 MW of shells stand: a lease of 10 MW fills them; one of 20 MW only as far as they go; one elsewhere not at all."""
    opening = [*instance().opening, {"id": "shell_a", "site": "alpha", "item": "shell", "count": 1, "in_service": "2025-01"}]
    world = book_of(instance(opening=opening), plan()).world
    assert allocation.opening_mw(world)["alpha"] == at_start(0, 40, 10)
    for begun in ([("anchor", "alpha", Fraction(10))], [("option", "alpha", Fraction(20))]):
        assert allocation.opening_mw(world, begun)["alpha"] == at_start(10, 40, 0)
    assert allocation.opening_mw(world, [("option", "beta", Fraction(20))])["beta"] == at_start(0, 0, 10)


def test_headroom_of_grid_and_transformers_by_hand() -> None:
    """Beta from 2027Q4: 10 x 1.05 + 20 x 1.3 = 36.5 MW on 30 + 20 MW, and 36.5 / 0.95 MVA on 40 + 40 MVA."""
    grid = next(r for r in power.grid_rows(book()) if (r["site"], r["period"]) == ("beta", "2027Q4"))
    assert (grid["grid_mw"], grid["load_mw"], grid["headroom_mw"]) == (50, Fraction("36.5"), Fraction("13.5"))
    units = next(r for r in power.equipment_rows(book()) if (r["site"], r["period"]) == ("beta", "2027Q4"))
    load = Fraction("36.5") / Fraction("0.95")
    assert (units["kind"], units["delivered_units"], units["in_service_units"]) == ("transformer", 1, 2)
    assert (units["installed_mva"], units["reserve_mva"], units["load_mva"]) == (80, 0, load)
    assert units["headroom_mva"] == 80 - load


def test_the_loading_limit_lowers_what_transformers_carry() -> None:
    """At 0.9 two units of 40 MVA carry 72 MVA, and headroom is counted from there."""
    limited = book_of(instance().with_("sites.beta.loading_limit_fraction", 0.9), plan())
    units = next(r for r in power.equipment_rows(limited) if (r["site"], r["period"]) == ("beta", "2028"))
    assert units["limit_mva"] == 72
    assert units["headroom_mva"] == 72 - Fraction("36.5") / Fraction("0.95")


def test_without_equipment_there_is_no_row_of_it() -> None:
    """Nothing is modelled between grid and halls, so nothing is shown."""
    bare = instance(equipment=[], slots=[], opening=[row for row in instance().opening if row.item != "tr40"])
    assert list(power.equipment_rows(book_of(bare, plan(delivered_units={})))) == []


def test_fleet_by_hand() -> None:
    """Alpha 2029-2030: 40 MW whose life ends in June 2030 are 30 on average; 10 MW hosted run 98 % of 85 % of the hours, at 30 J/TH."""
    rows = {(r["site"], r["asic"], r["period"]): r for r in machines.fleet_rows(book())}
    old = rows["alpha", "old", "2029-2030"]
    running = Fraction("9.8") * Fraction("0.85")
    assert (old["installed_mw"], old["hosted_mw"], old["running_mw"]) == (30, 10, running)
    assert (old["hosted_eh"], old["running_eh"], old["j_per_th"]) == (Fraction(10, 30), running / 30, 30)
    assert ("beta", "old", "2028") not in rows
    assert [rows["beta", "s21", label]["hosted_mw"] for label in LABELS] == [0, 10, 10, 10, 10, 10]


def rows_of(rows: Iterable[Row], **key: str) -> list[dict[str, Any]]:
    """The rows of a table of the wide plan with these cells."""
    return [dict(row) for row in rows if all(row[name] == cell for name, cell in key.items())]


def test_the_largest_unit_is_kept_in_reserve_and_2n_halls_count_twice() -> None:
    """Alpha in 2027Q3: 10 MW of clusters at 1.35 and 60 MW of machines at 1.05 are 76.5 MW, 76.5 / 0.95 MVA on each kind.

    Three transformers of 50 MVA less one in reserve carry 90 MVA at 0.9; three breakers of 1 / (0.02 x 0.95 x 0.9) MVA likewise.
    """
    found = {row["kind"]: row for row in rows_of(power.equipment_rows(wide.book()), site="alpha", period="2027Q3")}
    load, breaker = Fraction("76.5") / Fraction("0.95"), 1 / (Fraction("0.02") * Fraction("0.95") * Fraction("0.9"))
    for kind, rating, delivered in (("transformer", Fraction(50), 0), ("breaker", breaker, 1)):
        row = found[kind]
        assert (row["delivered_units"], row["in_service_units"], row["installed_mva"], row["reserve_mva"]) == (
            delivered, 3, 3 * rating, rating)  # fmt: skip
        assert (row["limit_mva"], row["load_mva"]) == (Fraction("0.9") * 2 * rating, load)
        assert row["headroom_mva"] == row["limit_mva"] - load
    vault = [row.model_dump() | ({"redundancy": "2N"} if row.id == "ai" else {}) for row in whole().halls]
    doubled = book_of(whole(halls=vault), wide.plan())
    twice = rows_of(power.equipment_rows(doubled), site="alpha", period="2027Q3", kind="transformer")[0]
    assert (twice["load_mva"], twice["reserve_mva"]) == ((Fraction("76.5") + Fraction("13.5")) / Fraction("0.95"), 0)


@pytest.mark.parametrize("of", BOOKS)
def test_units_of_equipment_make_up_the_rating(of: Book) -> None:
    """What is installed (6.6) is the units in service times their rating; one type per kind here."""
    types = {row.kind: row for row in of.instance.equipment}
    for row in power.equipment_rows(of):
        of_kind, site = types[str(row["kind"])], of.world.sites[str(row["site"])]
        each = of_kind.mva or 1 / (exact(of_kind.units_per_mw or 0) * exact(site.power_factor) * exact(site.loading_limit_fraction))
        assert row["installed_mva"] == Fraction(row["in_service_units"] or 0) * Fraction(each)


def test_the_four_megawatts_by_hand() -> None:
    """Alpha in 2028: 110 firm and 20 interruptible MW, diesels of 10 and a gas unit of 16 dependable MW: 156.

    Tenants and clusters 40 MW at 1.35, machines 20 MW at 1.05: 75 MW at the peak of 60 IT MW. The AI halls have what the mine leaves,
    130 - 21 = 109 (110 are firm), and 26 of own generation. Drawn on average: tenants 30 x 1.2 x 0.85; GPUs 10 x 1.2 x 0.85; the mine
    at 1.04 runs 4 MW in a tenth of the hours and 19.6 otherwise.
    """
    (row,) = rows_of(power.megawatt_rows(wide.book()), site="alpha", period="2028")
    assert [row[name] for name in ("utility_mw", "firm_mw", "interruptible_mw", "dependable_mw")] == [130, 110, 20, 26]
    assert [row[name] for name in ("gross_mw", "facility_mw", "it_mw", "ai_it_mw", "ai_gross_mw")] == [156, 75, 60, 40, 135]
    assert row["gross_mw_per_it_mw"] == Fraction(156, 60)
    assert row["ai_gross_mw_per_it_mw"] == Fraction(135, 40)
    mine = Fraction("1.04") * (Fraction("0.1") * 4 + Fraction("0.9") * Fraction("19.6"))
    assert row["average_mw"] == Fraction("30.6") + Fraction("10.2") + mine


def test_interruptible_power_is_not_for_ai_halls() -> None:
    """Without the mine alpha's AI halls have its 110 firm MW in 2030 and the 50 of the upgrade, not the 20 that may be cut."""
    (row,) = rows_of(power.megawatt_rows(wide.book()), site="alpha", period="2030")
    assert (row["utility_mw"], row["ai_gross_mw"], row["ai_it_mw"]) == (180, 160 + 26, 40)


def test_a_site_that_nobody_uses_has_no_ratio() -> None:
    """Beta has power from 2027Q2 and no use of it; before it is bought it has none."""
    rows = rows_of(power.megawatt_rows(wide.book()), site="beta")
    assert [row["utility_mw"] for row in rows] == [0, 40, 40, 40, 50, 50, 50]
    assert {row["gross_mw_per_it_mw"] for row in rows} == {row["ai_gross_mw_per_it_mw"] for row in rows} == {None}


def test_a_site_that_lives_on_own_generation_has_a_ratio_that_can_be() -> None:
    """10 utility MW and 100 MW of diesels carry alpha in 2027Q1: gross MW per IT MW stays above the PUE, utility MW per IT MW would not."""
    grid = [row.model_dump() | ({"mw": 10} if row.id == "meter" else {}) for row in whole().grid]
    opening = [row.model_dump() | ({"count": 20} if row.id == "backup" else {}) for row in whole().opening]
    (row,) = rows_of(power.megawatt_rows(book_of(whole(grid=grid, opening=opening), wide.plan())), site="alpha", period="2027Q1")
    assert row["utility_mw"] < row["it_mw"] < row["facility_mw"] < row["gross_mw"] == 110
    assert row["gross_mw_per_it_mw"] > row["facility_mw"] / row["it_mw"] > 1


@pytest.mark.parametrize("of", BOOKS)
def test_the_four_megawatts_agree_with_the_other_tables(of: Book) -> None:
    """IT MW in use are the allocation without idle halls; the average is the energy table's MWh by the hours of the period."""
    used: dict[tuple[Any, Any], Fraction] = defaultdict(Fraction)
    mwh: dict[tuple[Any, Any], Fraction] = defaultdict(Fraction)
    for row in allocation.rows(of):
        used[row["site"], row["period"]] += Fraction(row["it_mw"] or 0) if row["use"] != "idle" else 0
    for row in supply.energy_rows(of):
        mwh[row["site"], row["period"]] += Fraction(row["own_mwh"] or 0) + Fraction(row["tenant_mwh"] or 0)
    for row in power.megawatt_rows(of):
        key = (row["site"], row["period"])
        assert row["it_mw"] == used[key]
        assert Fraction(row["average_mw"] or 0) * of.calendar.by_label[str(row["period"])].hours == mwh[key]
