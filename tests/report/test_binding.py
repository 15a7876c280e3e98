"""What binds, named: the site, the item and the period of a limit, whatever the order of its index."""

from __future__ import annotations

from functools import cache

import planner
from planner.report.records import records
from tests.example import whole


@cache
def found() -> planner.Run:
    """A plan within 2 % for the instance that uses every table; builders start 20 MW in a period, over all sites."""
    limited = whole(delivery_limits=[{"from_month": "2027-01", "started_it_mw": 20.0}])
    return planner.solve(limited, planner.SolveOptions(gap_fraction=0.02))


def test_each_limit_has_its_site_item_and_first_period() -> None:
    """A row whose index ends in a block, such as that of a PPA, is dated too: its periods and blocks count as one limit."""
    of = found()
    sites, labels = {row.id for row in of.instance.sites}, [str(label) for label in of.tables["cash_flow"]["period"]]
    limits = records(of.tables["binding"])
    assert {limit["site"] for limit in limits} <= {"", *sites}
    for limit in limits:
        assert not {"*", *sites, *labels} & set(limit["item"].split())
    taken = [limit for limit in limits if limit["rule"] == "taken_limit"]
    assert taken
    assert {limit["item"] for limit in taken} <= {"wind", "offer"}
    assert len({(limit["rule"], limit["site"], limit["item"]) for limit in limits}) == len(limits)
    assert all(limit["periods"] <= len(labels) for limit in limits)
    assert {limit["first_period"] for limit in taken} <= set(labels)
    assert max(limit["periods"] for limit in taken) > 1
    made = [limit for limit in limits if limit["rule"] == "generated_limit"]
    assert {(limit["site"], limit["item"]) for limit in made} <= {
        ("alpha", "gas"), ("alpha", "sun"), ("alpha", "diesel"), ("beta", "gas")}  # fmt: skip


def test_a_limit_over_all_sites_names_none() -> None:
    """The mandatory lease needs a lot of 20 MW, so what builders can start in that period is used up, at no site of its own."""
    limits = [limit for limit in records(found().tables["binding"]) if limit["rule"] == "started_limit"]
    assert [(limit["site"], limit["item"], limit["priced"]) for limit in limits] == [("", "", False)]
    assert limits[0]["first_period"] in ("2027Q1", "2027Q2")
