"""The report of ranges: how large the coefficients of each rule are."""

from __future__ import annotations

from planner.ranges import ranges
from tests.tiny import accepts, hall, lease, standing, tiny


def test_the_coefficients_of_a_rule_are_found() -> None:
    """One lease of 4 MW with a tranche of a quarter after half a year, over four quarters: it has 3, 3, 4 and 4 MW in (4.4)."""
    tranches = [{"lease": "anchor", "months": 0, "fraction": 0.75}, {"lease": "anchor", "months": 6, "fraction": 0.25}]
    leases = [lease(it_mw=4, drop_dead="2027-01")]
    found = ranges(
        tiny(halls=[hall()], opening=[standing(count=4)], leases=leases, lease_sites=[accepts()], lease_deliveries=tranches)
    ).set_index("rule")
    row = found.loc["leased_balance"]
    assert (row["tag"], row["rows"], row["nonzeros"]) == ("4.4", 4, 8)
    assert (row["least"], row["largest"], row["outside"]) == (1.0, 4.0, 0)
    assert found.loc["equity_value", "rows"] == 1
    assert found.loc["cash_floor", "largest_side"] == 0.0


def test_what_strains_a_solver_is_counted() -> None:
    """A hall that costs 0.001 cents a year beside one of 100 M$: one coefficient of operating cost lies far below the rest."""
    tables = {"opening": [standing(), standing(id="dear", item="dear")]}
    cheap, dear = hall(fixed_cost_musd_per_module_year=1e-9), hall(id="dear", fixed_cost_musd_per_module_year=100.0)
    found = ranges(tiny(halls=[cheap, dear], **tables)).set_index("rule")
    assert found.index[0] == "operating_balance"
    assert found.loc["operating_balance", "outside"] == 4
