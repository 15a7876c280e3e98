"""Paths, values, percentages and files of changes: what they mean, and one clear fault for what could mean two things."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.errors import InvalidInstance
from planner.fingerprint import instance_hash
from planner.rolling.actuals import applied
from planner.sweeping import grid, listed, read_changes, scenarios
from planner.sweeping.fields import Case, settled
from planner_models.schema import Instance
from tests.tiny import btc, fleet, mining, power_price, standing


def instance() -> Instance:
    """A mine with two prices of bitcoin and three of power."""
    prices = [power_price(), power_price(from_year=2028), power_price(market="other")]
    return mining(btc=[btc(), btc(from_day="2027-07-01", btc_usd=72000)], power_prices=prices, opening=[standing("mine"), fleet()])


def changed(vary: dict[str, Any]) -> list[Instance]:
    """The instances of a grid."""
    return [applied(instance(), case.actuals) for case in settled(instance(), grid(vary))]


def refused(source: Any) -> str:
    """The words of what is wrong with a grid or scenarios."""
    with pytest.raises(InvalidInstance) as told:
        settled(instance(), grid(source) if isinstance(source, dict) else source())
    assert told.value.exit_code == 3
    return str(told.value)


def test_a_grid_has_every_combination_the_last_path_fastest() -> None:
    """Two paths of two and three values: six scenarios, numbered so that they sort."""
    cases = settled(instance(), grid({"finance.discount_rate_fraction": ["0.08", 0.1], "finance.opening_cash_musd": ["50", "60", "70"]}))
    assert [case.name for case in cases] == ["001", "002", "003", "004", "005", "006"]
    assert [tuple(case.written.values()) for case in cases] == [(rate, cash) for rate in ("0.08", 0.1) for cash in ("50", "60", "70")]
    found = [applied(instance(), case.actuals).finance for case in cases]
    assert [(finance.discount_rate_fraction, finance.opening_cash_musd) for finance in found] == [
        (rate, cash) for rate in (0.08, 0.1) for cash in (50, 60, 70)
    ]
    assert [case.instance_hash for case in cases] == [instance_hash(applied(instance(), case.actuals)) for case in cases]


def test_a_percentage_changes_what_is_there_and_a_number_sets_it() -> None:
    """In decimals: 72,000 less 30 % is 50,400, and a mere 0 among percentages is no change."""
    first = instance().btc[0].btc_usd
    for unchanged in ("0", "0%", 0, 0.0, " 0 % "):
        prices = [[row.btc_usd for row in each.btc] for each in changed({"btc.btc_usd": ["-30%", unchanged, "+2.5 %"]})]
        assert prices == [[pytest.approx(first * 0.7), 50400.0], [first, 72000.0], [pytest.approx(first * 1.025), 73800.0]]
    assert [[row.btc_usd for row in each.btc] for each in changed({"btc.btc_usd": [0, "5e4"]})] == [[0, 0], [50000, 50000]]
    assert [each.finance.opening_cash_musd for each in changed({"finance.opening_cash_musd": ["-5", "5"]})] == [-5, 5]


def test_a_path_names_a_row_some_or_all() -> None:
    """All rows without a key; with `*` those that fit; a day also by its month; a percentage leaves blank fields blank."""
    some = changed({"power_prices.spot/*.usd_per_mwh": [7]})[0]
    assert [row.usd_per_mwh for row in some.power_prices] == [7, 7, instance().power_prices[2].usd_per_mwh]
    for path in ("btc.2027-07-01.btc_usd", "btc.2027-07.btc_usd", "btc.2027-07*.btc_usd"):
        assert [row.btc_usd for row in changed({path: ["9"]})[0].btc] == [instance().btc[0].btc_usd, 9]
    mw = [row.it_mw for row in changed({"opening.it_mw": ["+100%"]})[0].opening]
    assert mw == [row.it_mw if row.it_mw is None else 2 * row.it_mw for row in instance().opening]
    assert None in mw


def living(months: int) -> Instance:
    """A mine whose machines live so long."""
    return mining(asic_models=[mining().asic_models[0].model_dump() | {"life_months": months}])


def test_whole_numbers_stay_whole() -> None:
    """Half of 100 months is 50; a third less of that is no number of months."""
    found = settled(living(100), grid({"asic_models.rig.life_months": ["-50%"]}))[0].actuals[0].value
    assert (found, type(found)) == (50, int)
    with pytest.raises(InvalidInstance, match=r"found -33% of 50 in .*, which is 33\.5"):
        settled(
            mining(asic_models=[mining().asic_models[0].model_dump() | {"life_months": 50}]), grid({"asic_models.life_months": ["-33%"]})
        )


@pytest.mark.parametrize(
    ("vary", "words"),
    [
        ({"btx.btc_usd": [1]}, "vary, btx.btc_usd: found an unknown path 'btx.btc_usd'; allowed: finance.FIELD, .*; did you mean 'btc'"),
        ({"btc": [1]}, "found an unknown field ''; allowed: a field of btc"),
        ({"btc.price_usd": [1]}, "found an unknown field 'price_usd'; allowed: a field of btc; did you mean 'btc_usd'"),
        ({"finance.cash.cash_floor_musd": [1]}, "found a key 'cash'"),
        ({"btc.2031*.btc_usd": [1]}, r"found btc without a row '2031\*'; allowed: a path that names at least one row"),
        ({"leases.it_mw": [1]}, "found leases without a row;"),
        ({"finance.cash_floor_musd": ["+5"]}, r"found '\+5'; allowed: a value to be set, or a change in per cent; write 5 or \+5%"),
        ({"btc.btc_usd": ["-30%", "72000"]}, "found '72000'; allowed: changes in per cent, or 0 for none"),
        ({"sites.market": ["+5%"]}, "which is no number"),
        ({"finance.shares_count": ["+5%"]}, "found a blank field, to be changed by"),
        ({"finance.discount_rate_fraction": ["8 percent"]}, "vary, finance.discount_rate_fraction: found '8 percent'; allowed: a number"),
        ({"finance.discount_rate_fraction": ["8%"]}, r"found '8%'; allowed: a change in per cent with its sign; write \+8% or"),
        ({"btc.btc_usd": ["-130%"]}, r"found -[0-9.]+; allowed: a number from 0"),
        ({"finance.cash_floor_musd": [1, "1"]}, "found 1 a second time; allowed: each value once"),
        ({"finance.cash_floor_musd": ["1", ""]}, "found a blank value"),
        ({"finance.cash_floor_musd": []}, "found no value"),
        ({"btc.btc_usd": [5], "btc.2027-07.btc_usd": [6]}, "2027-07-01.btc_usd a second time; .* it is in btc.btc_usd too"),
        ({"opening.fleet.site": ["nowhere"]}, "vary, opening.fleet.site: found opening fleet, site: unknown 'nowhere'"),
        ({f"power_prices.spot/{year}/x": list(range(400)) for year in range(3)}, "found 64,000,000 combinations; allowed: at most 100,000"),
    ],
)  # fmt: skip
def test_what_does_not_do_is_told_before_anything_is_solved(vary: dict[str, Any], words: str) -> None:
    assert any(words_match(line, words) for line in refused(vary).splitlines())


def words_match(line: str, words: str) -> bool:
    """Whether a line of the message has the words."""
    return re.search(words, line) is not None


def test_the_faults_of_all_scenarios_are_told_once() -> None:
    """A bad value of one path comes in three combinations, and another path has one too."""
    told = refused({"btc.btc_usd": [1, 2, 3], "finance.cash_floor_musd": ["much", 0], "finance.tax_rate_fraction": ["5"]})
    assert told.splitlines()[0] == "2 problems:"


def test_rows_of_a_table_are_scenarios(tmp_path: Path) -> None:
    """From a file and from Python alike: names, blanks that leave a field as it is, numbers that set it."""
    file = tmp_path / "changes.csv"
    file.write_text("scenario,btc.btc_usd,finance.cash_floor_musd\nbase,,\nbear,-50%,\nbull,+50%,20\n")
    rows: list[dict[str, Any]] = [
        {"scenario": "base", "btc.btc_usd": None},
        {"scenario": "bear", "btc.btc_usd": "-50%", "finance.cash_floor_musd": float("nan")},
        {"scenario": "bull", "btc.btc_usd": "+50%", "finance.cash_floor_musd": np.float64(20)},
    ]
    found, same = settled(instance(), read_changes(file)), settled(instance(), listed(rows))
    assert [case.name for case in found] == ["base", "bear", "bull"]
    assert [case.instance_hash for case in found] == [case.instance_hash for case in same]
    assert applied(instance(), found[0].actuals) == instance()
    assert applied(instance(), found[2].actuals).finance.cash_floor_musd == 20
    assert [case.name for case in settled(instance(), listed([{"btc.btc_usd": 1}, {"btc.btc_usd": 2}]))] == ["001", "002"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "changes.csv: found an empty file; allowed: a header with paths"),
        ("btc.btc_usd\n", "changes.csv: found no scenario"),
        ("btc.btc_usd,btc.btc_usd\n1,2\n", "changes.csv line 1, btc.btc_usd: found the column a second time"),
        ("btc.btc_usd,\n1,2\n", "changes.csv line 1: found a column without a name"),
        ("btc.btc_usd\n1,2\n", "changes.csv line 2: found 2 cells"),
        ("scenario,btc.btc_usd\na,1\nA,2\n", "changes.csv line 3, scenario: found 'A' a second time; .* first in line 2"),
        ("scenario,btc.btc_usd\n,1\n", "changes.csv line 2, scenario: found ''; allowed: a short name"),
        ("scenario,btc.btc_usd\n../x,1\n", "changes.csv line 2, scenario: found '../x'"),
        ("scenario,btc.btc_usd\nsweep.csv,1\n", "changes.csv line 2, scenario: found 'sweep.csv'"),
        ("btc.btc_usd\n5\ncheap\n", "changes.csv line 3, btc.btc_usd: found 'cheap'; allowed: a number"),
        ("btc.price\n5\n", "changes.csv line 2, btc.price: found an unknown field 'price'"),
    ],
)
def test_faults_of_a_file_name_line_and_column(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "changes.csv").write_text(text)
    assert any(words_match(line, words) for line in refused(lambda: read_changes(tmp_path / "changes.csv")).splitlines())


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenarios, "MOST_SCENARIOS", 2)
    assert "found 3 scenarios; allowed: at most 2" in refused(lambda: listed([{"btc.btc_usd": i} for i in range(3)]))


def test_the_order_of_the_paths_is_no_matter_for_what_a_scenario_is() -> None:
    """The hash by which a run is known again is that of the instance."""
    one: list[Case] = settled(instance(), grid({"btc.btc_usd": [5], "finance.cash_floor_musd": [1]}))
    other = settled(instance(), grid({"finance.cash_floor_musd": [1], "btc.btc_usd": [5]}))
    assert one[0].instance_hash == other[0].instance_hash
