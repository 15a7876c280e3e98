"""Tables of megawatts: allocation, grid, transformers and the fleet."""

from __future__ import annotations

from fractions import Fraction

import pytest

from planner.tables import allocation, machines, power
from planner.tables.book import Book
from tests.check.portfolio import portfolio, valid_plan
from tests.tables.sample import LABELS, book, book_of, instance, plan

BOOKS = [book(), book_of(portfolio(), valid_plan())]


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
    by_use = {"hashing": hashing, "colocation": unsigned, "hpc": hpc, "idle": idle}
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


def test_signing_a_lease_moves_its_megawatts_to_contracted() -> None:
    """The stage alone decides what counts as contracted."""
    signed = book_of(instance().with_("leases.option.stage", "signed"), plan())
    assert it_mw(book(), "beta", "2028")["colocation", True] == 0
    assert it_mw(signed, "beta", "2028")["colocation", True] == 20
    assert it_mw(signed, "beta", "2028")["colocation", False] == 0


def test_the_opening_counts_machines_in_halls_of_their_product() -> None:
    """40 MW of machines in 40 MW of mines; machines without a hall, and what is delivered later, are not hashing at the opening."""
    assert allocation.opening_mw(book().world)["alpha"] == {"colocation": 0, "hashing": 40, "idle": 0}
    assert allocation.opening_mw(book().world)["beta"] == {"colocation": 0, "hashing": 0, "idle": 10}
    first_day = instance().with_("opening.fleet_a.in_service", "2027-01").with_("opening.fleet_a.tax_basis_musd", 0)
    assert allocation.opening_mw(book_of(first_day, plan()).world)["alpha"] == {"colocation": 0, "hashing": 40, "idle": 0}
    later = instance().with_("opening.fleet_a.in_service", "2027-02")
    assert allocation.opening_mw(book_of(later, plan()).world)["alpha"] == {"colocation": 0, "hashing": 0, "idle": 40}
    ahead = instance().with_("opening.mine_a.in_service", "2027-02").with_("opening.mine_a.tax_basis_musd", 0)
    assert allocation.opening_mw(book_of(ahead, plan()).world)["alpha"] == {"colocation": 0, "hashing": 0, "idle": 0}
    homeless = instance().with_("opening.mine_a.count", 3)
    assert allocation.opening_mw(book_of(homeless, plan()).world)["alpha"] == {"colocation": 0, "hashing": 30, "idle": 0}


def test_signed_leases_of_the_first_month_are_not_idle_halls() -> None:
    """10 MW of shells stand: a lease of 10 MW fills them; one of 20 MW only as far as they go; one elsewhere not at all."""
    opening = [*instance().opening, {"id": "shell_a", "site": "alpha", "item": "shell", "count": 1, "in_service": "2025-01"}]
    world = book_of(instance(opening=opening), plan()).world
    assert allocation.opening_mw(world)["alpha"] == {"colocation": 0, "hashing": 40, "idle": 10}
    for begun in ([("anchor", "alpha")], [("option", "alpha")]):
        assert allocation.opening_mw(world, begun)["alpha"] == {"colocation": 10, "hashing": 40, "idle": 0}
    assert allocation.opening_mw(world, [("option", "beta")])["beta"] == {"colocation": 0, "hashing": 0, "idle": 10}


def test_headroom_of_grid_and_transformers_by_hand() -> None:
    """Beta from 2027Q4: 10 x 1.05 + 20 x 1.3 = 36.5 MW on 30 + 20 MW, and 36.5 / 0.95 MVA on 40 + 40 MVA."""
    grid = next(r for r in power.grid_rows(book()) if (r["site"], r["period"]) == ("beta", "2027Q4"))
    assert (grid["grid_mw"], grid["load_mw"], grid["headroom_mw"]) == (50, Fraction("36.5"), Fraction("13.5"))
    units = next(r for r in power.transformer_rows(book()) if (r["site"], r["period"]) == ("beta", "2027Q4"))
    load = Fraction("36.5") / Fraction("0.95")
    assert (units["delivered_units"], units["installed_mva"], units["load_mva"]) == (1, 80, load)
    assert units["headroom_mva"] == 80 - load


def test_the_loading_limit_lowers_what_transformers_carry() -> None:
    """At 0.9 two units of 40 MVA carry 72 MVA, and headroom is counted from there."""
    limited = book_of(instance().with_("sites.beta.loading_limit_fraction", 0.9), plan())
    units = next(r for r in power.transformer_rows(limited) if (r["site"], r["period"]) == ("beta", "2028"))
    assert units["limit_mva"] == 72
    assert units["headroom_mva"] == 72 - Fraction("36.5") / Fraction("0.95")


def test_without_equipment_there_is_no_transformer_row() -> None:
    """Transformers are not modelled, so none are shown."""
    bare = instance(equipment=[], slots=[], opening=[row for row in instance().opening if row.item != "tr40"])
    assert list(power.transformer_rows(book_of(bare, plan(delivered_units={})))) == []


def test_fleet_by_hand() -> None:
    """Alpha 2029-2030: 40 MW whose life ends in June 2030 are 30 on average; 10 MW hosted run 98 % of 85 % of the hours, at 30 J/TH."""
    rows = {(r["site"], r["asic"], r["period"]): r for r in machines.fleet_rows(book())}
    old = rows["alpha", "old", "2029-2030"]
    running = Fraction("9.8") * Fraction("0.85")
    assert (old["installed_mw"], old["hosted_mw"], old["running_mw"]) == (30, 10, running)
    assert (old["hosted_eh"], old["running_eh"], old["j_per_th"]) == (Fraction(10, 30), running / 30, 30)
    assert ("beta", "old", "2028") not in rows
    assert [rows["beta", "s21", label]["hosted_mw"] for label in LABELS] == [0, 10, 10, 10, 10, 10]
