"""Faults of what was ordered, paid, drawn, earned, held and decided before the start (the plan runs from 2027-01 to 2031-12)."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.instance import load, write
from tests.example import committed
from tests.instance.case import Folder
from tests.instance.full import hoard
from tests.tiny import tiny


def finance(folder: Folder, line: str) -> None:
    """Add a setting of finance."""
    folder.put("instance.yaml", folder.text("instance.yaml") + f"  {line}\n")


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"cancel_fee_musd": "2"}, "cancel_fee_musd: found 2; allowed: 0 where cancellable is no"),
        ({"due_evenly": "yes"}, "due_evenly: found yes; allowed: no where nothing is due"),
        ({"cancel_fee_musd": "-1", "cancellable": "yes"}, "cancel_fee_musd: found '-1'; allowed: a number from 0 to 1000000"),
    ],
)
def test_the_terms_of_an_order_agree(folder: Folder, cells: dict[str, str], words: str) -> None:
    folder.cell("opening", 4, "in_service", "2028-01")
    for column, value in cells.items():
        folder.cell("opening", 4, column, value)
    assert folder.problem() == f"opening.csv line 4, {words}"


def order(folder: Folder, **cells: str) -> Folder:
    """The sheds of north end in June 2028 and 40 MW of shells are on order for July, which replace them; then cells of that row."""
    folder.cell("opening", 2, "until", "2028-07")
    folder.add("opening.csv", "heirs,north,shell,4,,2028-07,,")
    folder.cell("opening", 5, "replaces", "sheds")
    for column, value in cells.items():
        folder.cell("opening", 5, column, value)
    return folder


def test_halls_may_take_over_land(folder: Folder) -> None:
    """80 MW in all on 60: 40 of sheds, then 40 of shells; without `replaces` too, as what stands and what is to come count apart."""
    assert order(folder).problems() == []


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"replaces": "ghost"}, "found unknown 'ghost'; allowed: a row of opening"),
        ({"replaces": "ghost", "in_service": "2020-01"}, "found unknown 'ghost'; allowed: a row of opening"),
        ({"replaces": "heirs"}, "found 'heirs'; allowed: another row of halls at site 'north': sheds"),
        ({"replaces": "fleet"}, "found 'fleet'; allowed: another row of halls at site 'north': sheds"),
        ({"site": "south"}, "found 'sheds'; allowed: another row of halls at site 'south': there is none"),
        (
            {"in_service": "2028-06"},
            "found 'sheds'; allowed: a row that has ended by 2028-06, when this one comes; 'sheds' works until 2028-07",
        ),
        ({"in_service": "2026-12"}, "blank with in_service 2026-12: only halls that come after 2027-01 and before 2032-01 take over land"),
        ({"in_service": "2032-01"}, "blank with in_service 2032-01: only halls that come after 2027-01 and before 2032-01 take over land"),
    ],
)
def test_halls_replace_halls_of_their_site_that_have_ended(folder: Folder, cells: dict[str, str], words: str) -> None:
    assert any(
        problem.startswith("opening.csv line 5, replaces: found") and words in problem for problem in order(folder, **cells).problems()
    )


def test_only_halls_replace_others(folder: Folder) -> None:
    folder.cell("opening", 4, "in_service", "2028-01")
    folder.cell("opening", 4, "replaces", "sheds")
    assert (
        folder.problem() == "opening.csv line 4, replaces: found 'sheds'; allowed: blank for 'tx': only halls take over the land of others"
    )


def test_land_is_handed_over_once(folder: Folder) -> None:
    order(folder, until="2029-01")
    folder.add("opening.csv", "grandchildren,north,shell,4,,2029-01,,,heirs")
    assert folder.problem() == (
        "opening.csv line 6, replaces: found 'heirs'; "
        "allowed: a row that replaces none itself, as land is handed over once; 'heirs' replaces 'sheds'"
    )


def test_what_takes_over_land_must_fit_it(folder: Folder) -> None:
    """70 MW of shells on 60 when they come."""
    words = "opening.csv line 5, count: found 7 (70 MW of halls); allowed: at most 60 MW, the land_it_mw of site 'north'"
    assert order(folder, count="7").problem() == words


def test_land_is_handed_over_in_one_month(folder: Folder) -> None:
    """Half of the sheds in July 2028 and the rest in October: two rows of sheds would be needed."""
    order(folder, count="2").add("opening.csv", "later,north,shell,2,,2028-10,,,sheds")
    allowed = "a row of its own, split off 'sheds', which hands over all of its land in 2028-07"
    assert folder.problem() == f"opening.csv line 6, replaces: found 'sheds'; allowed: {allowed}"


def test_land_is_taken_over_at_the_start_of_a_period(folder: Folder) -> None:
    """The sheds end in June 2028, their heirs come in July 2029: of that year the land is theirs, before it that of the sheds."""
    assert order(folder, in_service="2029-07").problems() == []


@pytest.mark.parametrize(
    ("line", "cells", "words"),
    [
        (2, {"due_musd": "1"}, "0 with from_month 2020-01: the plan pays only for what comes from 2027-01 and before 2032-01"),
        (2, {"due_musd": "1", "from_month": "2026-12"}, "0 with from_month 2026-12"),
        (2, {"due_musd": "1", "from_month": "2032-01"}, "0 with from_month 2032-01"),
        (4, {"due_musd": "1"}, "blank or 0 for an upgrade row: it is what is due for energised MW on order"),
    ],
)
def test_grid_is_paid_when_it_comes_within_the_plan(folder: Folder, line: int, cells: dict[str, str], words: str) -> None:
    for column, value in cells.items():
        folder.cell("grid", line, column, value)
    assert folder.problems()[0].startswith(f"grid.csv line {line}, due_musd: found 1; allowed: {words}")
    folder.cell("grid", line, "due_musd", "")
    assert not any("due_musd" in problem for problem in folder.problems())


@pytest.mark.parametrize("field", ["security_musd", "security_months"])
def test_nothing_is_posted_for_an_approval(folder: Folder, field: str) -> None:
    folder.add("grid.csv", "paper,north,approved,200,2020-01,,")
    folder.cell("grid", 5, field, "3")
    assert folder.problem() == f"grid.csv line 5, {field}: found 3; allowed: blank or 0 for an approved row: nothing is posted for it"


@pytest.mark.parametrize("field", ["due_musd", "security_musd"])
def test_nothing_is_ordered_or_posted_at_a_site_on_offer(full: Folder, field: str) -> None:
    line = full.text("grid.csv").splitlines().index("w0,west,energised,30,2020-01,,") + 1
    full.cell("grid", line, "from_month", "2028-01")
    full.cell("grid", line, field, "2")
    words = f"grid.csv line {line}, {field}: found 2; allowed: blank or 0 at 'west', a site on offer: nothing is ordered or posted there"
    assert full.problem() == f"{words} before it is bought"


@pytest.mark.parametrize(
    ("table", "line", "column", "value", "words"),
    [
        ("tax_bases", 2, "site", "ghost", "found unknown 'ghost'; allowed: a site: north, south, west, east"),
        ("tax_bases", 2, "basis_musd", "-1", "found '-1'; allowed: a number from 0 to 1000000"),
        ("tax_bases", 2, "method", "macrs", "found 'macrs'; allowed: class, straight_line"),
        ("tax_bases", 3, "id", "spent", "found 'spent' a second time; allowed: each once"),
        ("holdings", 2, "btc_count", "0", "found '0'; allowed: a number above 0"),
        ("holdings", 2, "basis_usd", "-1", "found '-1'; allowed: a number from 0"),
        ("holdings", 2, "id", "2027Q1", "found '2027Q1', the label of a period of the plan; allowed: a name of its own"),
        ("debt_draws", 2, "debt", "ghost", "found unknown 'ghost'; allowed: a facility of debt: loan"),
        ("debt_draws", 2, "month", "2027-01", "found 2027-01; allowed: a month before the start of the plan, 2027-01"),
        (
            "debt",
            2,
            "opening_balance_musd",
            "5.5",
            "found 5.5; allowed: at most 5.4, what of its debt_draws is not due at the start, 2027-01",
        ),
        ("debt", 2, "opening_eligible_musd", "3", "found 3; allowed: 0 without equity_first"),
        ("history", 3, "months", "7", "found 7, up to 2027-01; allowed: months that end at the start of the plan, 2027-01, or before"),
        ("history", 3, "from_month", "2026-06", "found 2026-06; allowed: 2026-07 or later, as the row before holds the months until then"),
        ("history", 2, "months", "0", "found '0'; allowed: a whole number from 1 to 120"),
        ("previous", 2, "decision", "hoped", "found 'hoped'; allowed: cancelled_units, built_modules, "),
        ("previous", 2, "index", "second/north/shell", "found 'second/north/shell'; allowed: 4 names joined by `/`"),
        ("previous", 2, "index", "second/north//2028-01", "found 'second/north//2028-01'; allowed: 4 names joined by `/`"),
        ("previous", 3, "index", "tx/2028-01", "found 'tx/2028-01'; allowed: 3 names joined by `/`"),
        ("previous", 2, "count", "0", "found '0'; allowed: a whole number from 1"),
    ],
)
def test_a_row_of_the_past_has_one_clear_fault(full: Folder, table: str, line: int, column: str, value: str, words: str) -> None:
    hoard(full).cell(table, line, column, value)
    assert full.problem().startswith(f"{table}.csv line {line}, {column}: {words}")


def test_a_decision_is_told_once(full: Folder) -> None:
    full.add("previous.csv", "delivered_units,north/tx/2028-01,2")
    assert full.problem().startswith("previous.csv line 4, ")


def test_draws_of_before_belong_to_a_loan_that_looks_back_at_them(full: Folder) -> None:
    """Without parts to pay back they count only for the company's share."""
    full.cell("debt", 2, "amortisation_months", "")
    words = "found 'loan', which has neither; allowed: a facility with amortisation_months, or with opening_eligible_musd"
    assert full.problem() == f"debt_draws.csv line 2, debt: {words}"
    full.cell("debt", 2, "equity_first", "yes")
    full.cell("debt", 2, "opening_eligible_musd", "20")
    assert full.problems() == []


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("mandatory", "no", "prepaid: found 2026-10; allowed: blank, but for one with a prepayment that is mandatory and still to come"),
        ("prepayment_musd", "0", "prepaid: found 2026-10; allowed: blank, but for one with a prepayment that is mandatory and"),
        (
            "prepaid",
            "2027-01",
            "prepaid: found 2027-01; allowed: a month before the start of the plan, 2027-01; or blank for what is still",
        ),
    ],
)
def test_what_was_prepaid_is_of_a_duty_to_come(full: Folder, column: str, value: str, words: str) -> None:
    for name, cell in {"mandatory": "yes", "prepayment_musd": "3", "prepaid": "2026-10", column: value}.items():
        full.cell("gpu_contracts", 2, name, cell)
    assert full.problem().startswith(f"gpu_contracts.csv line 2, {words}")
    full.cell("gpu_contracts", 2, "prepaid", "")
    assert full.problems() == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("price_year: 2032", "finance.price_year: found 2032; allowed: a year until 2031, the last of the plan; or blank for 2027"),
        ("price_year: 1999", "finance.price_year: found '1999'; allowed: "),
        ("opening_income_musd: 3", "finance.opening_income_musd: found 3; allowed: 0, as the plan starts in January, 2027-01"),
        ("opening_income_musd: -2", "finance.opening_income_musd: found -2; allowed: 0, as the plan starts in January, 2027-01"),
        ("change_penalty_musd: -1", "finance.change_penalty_musd: found '-1'; allowed: a number from 0 to 1000000"),
    ],
)
def test_money_of_the_past_is_plausible(folder: Folder, line: str, words: str) -> None:
    finance(folder, line)
    assert f", {words}" in folder.problem()


def test_a_plan_that_starts_in_the_year_may_have_earned_before(folder: Folder) -> None:
    finance(folder, "opening_income_musd: 3")
    folder.swap("instance.yaml", "start: 2027-01", "start: 2027-04")
    folder.swap("instance.yaml", "{months: 3, count: 4}", "{months: 3, count: 3}")
    assert folder.problems() == []


def test_bitcoin_that_are_held_need_a_deck() -> None:
    """Also where nobody mines."""
    with pytest.raises(ValueError, match="btc, from_day: found no row; allowed: a deck from the start of the plan, as there are holdings"):
        tiny(btc=[], holdings=[{"id": "hoard", "btc_count": 1, "basis_usd": 1}])


@pytest.mark.parametrize(
    ("table", "column", "value", "words"),
    [
        (
            "tax_bases",
            "in_service",
            "2019-01",
            "in_service: found 2019-01; it cannot influence the plan: all of it is written off",
        ),
        ("tax_bases", "basis_musd", "0", "basis_musd: found 0; it cannot influence the plan: there is nothing to write off"),
        ("debt_draws", "month", "2016-01", "all that was drawn then is due by the start"),
        ("previous", "index", "second/north/shell/2028-02", "the decision started does not exist for it"),
        ("previous", "index", "second/south/shell/2028-01", "the decision started does not exist for it"),
    ],
)
def test_what_cannot_matter_any_more_is_told(full: Folder, table: str, column: str, value: str, words: str) -> None:
    before = set(full.notices())
    if table == "debt_draws":
        full.cell("debt", 2, "opening_balance_musd", "0")
        before = set(full.notices())
    full.cell(table, 2, column, value)
    (told,) = set(full.notices()) - before
    assert told.startswith(f"{table}.csv line 2, ")
    assert words in told


def test_a_security_that_is_back_is_told(folder: Folder) -> None:
    folder.cell("grid", 2, "security_musd", "2")
    folder.cell("grid", 2, "security_months", "12")
    assert "it was returned by 2021-01, and the plan starts 2027-01" in folder.notice()
    folder.cell("grid", 2, "security_musd", "0")
    assert "security_musd is 0" in folder.notice()


def test_an_earlier_plan_without_a_price_and_a_price_without_an_earlier_plan_are_told(full: Folder) -> None:
    full.swap("instance.yaml", "change_penalty_musd: 0.1", "change_penalty_musd: 0")
    assert any("previous.csv" in notice and "2 rows" in notice and "change_penalty_musd is 0" in notice for notice in full.notices())
    full.swap("instance.yaml", "change_penalty_musd: 0", "change_penalty_musd: 0.1")
    full.remove("previous.csv")
    assert any("whatever is ordered, signed, sold or ended counts as a change" in notice for notice in full.notices())


def test_bitcoin_above_the_cap_are_told(full: Folder) -> None:
    hoard(full).swap("instance.yaml", "treasury_cap_btc: 200", "treasury_cap_btc: 60")
    assert any("holdings has 100 bitcoin: 40 of them must be sold in the first period" in notice for notice in full.notices())


def test_months_that_no_covenant_looks_at_are_told(full: Folder) -> None:
    """Tested from 2029 on it looks at none of 2026, from July 2027 on at the later half."""
    for from_month, told in (("2029-01", ["history.csv line 2", "history.csv line 3"]), ("2027-07", ["history.csv line 2"])):
        full.cell("covenants", 2, "from_month", from_month)
        assert [notice[:18] for notice in full.notices()] == told
        assert all("no covenant is tested over any of these months" in notice for notice in full.notices())


@pytest.mark.parametrize(
    ("kind", "fields"), [("liquidity", ["ebitda_musd", "service_musd"]), ("leverage", ["service_musd"]), ("coverage", [])]
)
def test_figures_that_no_covenant_looks_at_are_told(full: Folder, kind: str, fields: list[str]) -> None:
    full.cell("covenants", 2, "kind", kind)
    full.cell("history", 3, "service_musd", "1")
    found = [notice for notice in full.notices() if notice.startswith("history.csv line 3")]
    assert [notice.partition(", ")[2].partition(":")[0] for notice in found] == fields


def test_a_method_for_land_is_told(full: Folder) -> None:
    full.cell("tax_bases", 2, "tax_life_months", "")
    full.cell("tax_bases", 2, "method", "straight_line")
    assert any("tax_life_months is blank: land is never written off" in notice for notice in full.notices())


def test_a_fee_above_what_is_due_is_told(folder: Folder) -> None:
    for column, value in {"in_service": "2028-01", "due_musd": "2", "cancellable": "yes", "cancel_fee_musd": "3"}.items():
        folder.cell("opening", 4, column, value)
    assert any("cancel_fee_musd: found 3" in notice for notice in folder.notices())


@pytest.mark.parametrize("name", ["mine", "mine.xlsx"])
def test_the_past_survives_a_file(tmp_path: Path, name: str) -> None:
    """Every table and field of what was before, through a folder and through a workbook."""
    write(committed(), tmp_path / name)
    assert load(tmp_path / name) == committed()
