"""Cash flow, debt, tax and income add up, to the last digit."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from planner.check import Entry, Ledger
from planner.tables import money
from planner.tables.book import Book
from planner.tables.debt import debt_rows
from planner.tables.income import INCOME, OPERATION, income_rows
from tests.check.portfolio import portfolio, valid_plan
from tests.example import whole
from tests.tables import capital, wide
from tests.tables.sample import book, book_of, instance, plan

ZERO = Fraction(0)
SAMPLE = book()
WIDE = wide.book()
CAPITAL = capital.book()
BOOKS = [
    SAMPLE,
    book_of(portfolio(), valid_plan()),
    book_of(instance(finance={"tax_rate_fraction": 0}), plan(drawn_musd={})),
    WIDE,
    CAPITAL,
]


def amounts(row: object, *names: str) -> list[Fraction]:
    assert isinstance(row, dict)
    return [Fraction(row[name]) for name in names]


@pytest.mark.parametrize("of", BOOKS)
def test_opening_cash_and_all_lines_add_up_to_closing_cash(of: Book) -> None:
    """Every period exactly; each opens with what the one before left, the first with the company's cash."""
    left = Fraction(str(of.instance.finance.opening_cash_musd))
    for row in money.cash_rows(of):
        *lines, closing = (Fraction(musd or 0) for name, musd in row.items() if name != "period")
        assert lines[0] == left
        assert sum(lines) == closing == of.state("cash_musd", str(row["period"]))
        left = closing


@pytest.mark.parametrize("of", BOOKS)
def test_lines_by_cause_add_up_to_the_ports(of: Book) -> None:
    """Revenue, operating cost and capex by cause are the checker's sums over sites (10.5)-(10.7), plus overhead."""
    overhead = Fraction(str(of.instance.finance.overhead_musd_per_year))
    for period in of.periods:
        for account in ("revenue", "operating", "capex"):
            total = sum((of.state(f"{account}_musd", site, period.label) for site in of.world.sites), ZERO)
            if account == "operating":
                total += overhead * period.length_years * of.world.growth(period)
            assert sum(money.causes(of, account, period.label).values()) == total


def test_a_cash_flow_by_hand() -> None:
    """2027Q1: 18.5 M$ of capex by kind as ordered, 10 M$ drawn at 1 %, no tax before the year ends, no interest on nothing."""
    row = next(iter(money.cash_rows(SAMPLE)))
    capex = {name: musd for name, musd in row.items() if name.startswith("capex") and musd}
    assert capex == {"capex_hall_musd": -Fraction(50, 3), "capex_conversion_musd": -6, "capex_asic_musd": -4,
                     "capex_equipment_musd": -Fraction("0.6")}  # fmt: skip
    assert amounts(row, "drawn_musd", "fee_musd", "interest_musd", "tax_musd") == [10, -Fraction("0.1"), 0, 0]
    assert amounts(row, "site_cost_musd", "overhead_musd") == [-Fraction("0.25"), -Fraction("0.75")]


def test_tax_is_paid_in_the_last_period_of_its_year() -> None:
    """The tax of 2027 falls into its fourth quarter, all of it."""
    cash = {row["period"]: row["tax_musd"] for row in money.cash_rows(SAMPLE)}
    tax = {row["fiscal_year"]: Fraction(row["tax_musd"] or 0) for row in money.tax_rows(SAMPLE)}
    assert list(tax) == ["2027", "2028", "2029-2030"]
    assert cash == {"2027Q1": 0, "2027Q2": 0, "2027Q3": 0, "2027Q4": -tax["2027"], "2028": -tax["2028"], "2029-2030": -tax["2029-2030"]}
    assert tax["2028"] > 0


def test_a_facility_by_hand() -> None:
    """10 drawn in Q1, 8.5 in Q3, 4 repaid in 2028: 9 % on opening balances; 41.5 M$ undrawn until draws end in 2028, then none."""
    rows = {str(row["period"]): row for row in debt_rows(SAMPLE)}
    assert [rows[t]["closing_musd"] for t in rows] == [10, 10, Fraction("18.5"), Fraction("18.5"), Fraction("14.5"), Fraction("14.5")]
    assert [rows[t]["limit_not_used_musd"] for t in rows] == [50, 50, Fraction("41.5"), Fraction("41.5"), 0, 0]
    interest = Fraction("0.09")
    assert rows["2027Q2"]["interest_musd"] == interest * 10 / 4
    assert rows["2028"]["interest_musd"] == interest * Fraction("18.5")
    assert rows["2029-2030"]["interest_musd"] == interest * Fraction("14.5") * 2
    assert rows["2027Q3"]["fee_musd"] == Fraction("0.085")


def drawable(of: Book) -> list[object]:
    return [row["drawable_musd"] for row in debt_rows(of)]


def test_draws_are_held_to_a_share_of_capex_and_to_the_limit() -> None:
    """60 % of capex (27.2667, 37.6333, 32.6667, 4.4333) less what is drawn; a limit of 20 M$ leaves 10, 10, 1.5, 1.5; none once closed."""
    capex = [SAMPLE.total("capex", label) for label in ("2027Q1", "2027Q2", "2027Q3", "2027Q4")]
    drawn = [Fraction(10), ZERO, Fraction("8.5"), ZERO]
    funded = [Fraction("0.6") * musd - already for musd, already in zip(capex, drawn, strict=True)]
    assert drawable(SAMPLE) == [*funded, 0, 0]
    assert funded[2] < Fraction("41.5")
    tight = [Fraction(10), Fraction(10), Fraction("1.5"), Fraction("1.5")]
    assert drawable(book_of(instance().with_("debt.bank.limit_musd", 20), plan())) == [*map(min, funded, tight), 0, 0]
    late = instance().with_("debt.bank.available_from", "2027-07")
    assert drawable(book_of(late, plan(drawn_musd={})))[:2] == [0, 0]


def test_nothing_can_be_drawn_in_the_period_of_maturity() -> None:
    """A facility that matures within 2028 must owe nothing at the end of it, although it may be drawn from January on."""
    of = instance().with_("debt.bank.available_to", None).with_("debt.bank.maturity", "2028-07")
    rows = {row["period"]: row for row in debt_rows(book_of(of, plan(drawn_musd={}, repaid_musd={})))}
    assert SAMPLE.total("capex", "2028") > 0
    assert (rows["2028"]["drawable_musd"], rows["2028"]["limit_not_used_musd"]) == (0, 0)


@pytest.mark.parametrize("of", BOOKS)
def test_balances_of_debt_roll_forward(of: Book) -> None:
    """Opening + drawn - repaid = closing, which opens the next period."""
    for name, debt in of.world.debts.items():
        left = Fraction(str(debt.opening_balance_musd))
        for row in (row for row in debt_rows(of) if row["debt"] == name):
            opening, drawn, repaid, closing = amounts(row, "opening_musd", "drawn_musd", "repaid_musd", "closing_musd")
            assert opening == left
            assert opening + drawn - repaid == closing == of.state("debt_musd", name, str(row["period"]))
            left = closing


@pytest.mark.parametrize("of", BOOKS)
def test_income_leads_to_taxable_profit(of: Book) -> None:
    """Revenue less cost is EBITDA; with sales, gains and interest on cash, less depreciation, interest and fees, profit less loss (9.1)."""
    tax = {row["fiscal_year"]: row for row in money.tax_rows(of)}
    causes = [column.name for column in OPERATION]
    assert [column.name for column in INCOME.columns][1 : len(causes) + 3] == [*causes, "ebitda_musd", "sales_musd"]
    for row in income_rows(of):
        ebitda, before, paid, net = amounts(row, "ebitda_musd", "income_before_tax_musd", "tax_musd", "net_income_musd")
        assert sum(amounts(row, *causes)) == ebitda
        assert (
            ebitda + sum(amounts(row, "sales_musd", "depreciation_musd", "interest_musd", "fee_musd", "cash_interest_musd", "gain_musd"))
            == before
        )
        profit, loss, due = amounts(tax[row["fiscal_year"]], "profit_musd", "loss_musd", "tax_musd")
        assert before == profit - loss
        assert (paid, net) == (-due, before - due)


def test_sales_of_sites_and_machines_stand_below_ebitda() -> None:
    """The cash flow has them in three lines, which the income statement shows as one: 7 M$ for gamma less 0.3 to close it in 2029.

    In 2028 30 MW of machines fetch 30 x 5 / 17.5 M$. EBITDA is the same whether a site and machines are sold for money or for none.
    """
    cash = {row["period"]: row for row in money.cash_rows(WIDE)}
    income = {row["fiscal_year"]: row for row in income_rows(WIDE)}
    for year in ("2028", "2029", "2030"):
        lines = amounts(cash[year], "revenue_resale_musd", "revenue_sale_musd", "closing_cost_musd")
        assert income[year]["sales_musd"] == sum(lines)
        assert income[year]["ebitda_musd"] == WIDE.total("revenue", year) - WIDE.total("operating", year) - sum(lines)
        assert income[year]["site_cost_musd"] == cash[year]["site_cost_musd"]
    assert [income[year]["sales_musd"] for year in ("2028", "2029", "2030")] == [30 * Fraction(5) / Fraction("17.5"), Fraction("6.7"), 0]
    sites = [row.model_dump() | ({"sale_musd_per_mw": 0.0, "closing_cost_musd": 9.0} if row.id == "gamma" else {}) for row in whole().sites]
    free = book_of(whole(sites=sites), wide.plan())
    closed = {row["fiscal_year"]: row for row in income_rows(free)}
    assert closed["2029"]["sales_musd"] == -9
    assert [row["ebitda_musd"] for row in closed.values()] == [row["ebitda_musd"] for row in income.values()]


def test_losses_are_carried_from_year_to_year() -> None:
    """5 M$ carried in; pool + loss - used rolls on."""
    pool = Fraction(5)
    for row in money.tax_rows(SAMPLE):
        loss, used, left = amounts(row, "loss_musd", "used_musd", "pool_musd")
        assert left == pool + loss - used
        pool = left
    assert pool < 5


def test_lines_of_sites_machines_and_power_by_hand() -> None:
    """2029: gamma's 35 MW are sold at 0.2 M$, closing costs 0.3; security of 2 M$ posted in July 2027 comes back in July 2029.

    2027Q2: beta costs 4 M$, 5 MW of machines go in at 0.02 M$. 2028: one of two transformers comes, 2.1 M$; 30 MW of machines fetch
    12 / 17.5 x 5 / 12; 50 BTC are sold and 40 kept at 90,000 USD.
    """
    rows = {row["period"]: row for row in money.cash_rows(WIDE)}
    fixed = Fraction("1.0") * Fraction("1.02") ** 2
    assert amounts(rows["2029"], "revenue_sale_musd", "site_cost_musd", "closing_cost_musd") == [7, -fixed, -Fraction("0.3")]
    assert [rows[label]["security_musd"] for label in rows] == [0, 0, -2, 0, 0, 2, 0]
    assert amounts(rows["2027Q2"], "capex_site_musd", "move_cost_musd") == [-4, -Fraction("0.1")]
    assert rows["2027Q1"]["move_cost_musd"] == -Fraction("0.05")
    assert amounts(rows["2028"], "capex_due_musd", "revenue_resale_musd") == [-Fraction("2.1"), 30 * Fraction(5) / Fraction("17.5")]
    assert rows["2028"]["treasury_musd"] == Fraction("0.9")
    assert rows["2028"]["revenue_response_musd"] == 20 * Fraction("0.04")
    assert rows["2029"]["revenue_export_musd"] == 8 * 876 * Fraction(150) / 1_000_000
    assert rows["2028"]["revenue_export_musd"] == 5 * Fraction("878.4") * Fraction("145.5") / 1_000_000


def test_capex_of_generators_by_hand() -> None:
    """24 M$ of gas at alpha ordered in January 2027, 14 of solar in April, 24 of gas at beta in January 2028 at 3 % more: 30 % first."""
    rows = {row["period"]: Fraction(row["capex_generator_musd"] or 0) for row in money.cash_rows(WIDE)}
    first, later = Fraction("0.3"), Fraction("0.7")
    assert [-rows[label] for label in ("2027Q1", "2027Q2")] == [24 * first, 14 * first]
    dearer = 24 * Fraction("1.03")
    assert [-rows[label] for label in ("2028", "2029")] == [(24 + 14) * later + dearer * first, dearer * later]


def test_energy_holds_what_tenants_pay_and_what_own_supply_replaces() -> None:
    """Cause by cause three lines of the journal, one column: the checker's energy cost (7.1) over all sites."""
    for row in money.cash_rows(WIDE):
        cost = sum(WIDE.state("energy_cost_musd", site, str(row["period"])) for site in WIDE.world.sites)
        assert row["energy_musd"] == -cost
    assert {entry.cause for entry in WIDE.ledger.entries} >= {"energy", "tenant", "supply"}


def test_capital_has_its_lines_in_cash_and_income() -> None:
    """2027Q1: 30 M$ drawn at 1 %, 0.5 % and 1 % a year on 80 and 25 M$ not drawn, 9 % on 6 M$ owed, 3 % on 300 M$ of cash.

    Paid ahead are 0.5 M$ at the start (half of `resident`), then 4.25, 3, 2.75, 1.75 and 0.375 M$ with `pod` and a block of `campus`.
    10 and 4 M$ of shares cost 3 %; three of four blocks are bought off for 3 M$ in October 2027.
    2028: the block of `campus` needs 5 x 0.2 M$, and bears 0.2 M$ a year of upkeep, 60 % of it for six months.
    """
    rows = {row["period"]: row for row in money.cash_rows(CAPITAL)}
    fees, interest = Fraction("0.3") + Fraction("0.1") + Fraction("0.0625"), Fraction("0.135")
    assert amounts(rows["2027Q1"], "fee_musd", "interest_musd", "cash_interest_musd") == [-fees, -interest, Fraction("2.25")]
    left = [Fraction(musd) for musd in ("0.5", "4.25", "3", "2.75", "1.75", "0.375", "0", "0")]
    assert [row["prepaid_musd"] for row in rows.values()] == [after - before for before, after in pairwise(left)]
    assert [row["issued_net_musd"] for row in rows.values()] == [0, Fraction("9.7"), 0, 0, Fraction("3.88"), 0, 0]
    assert [row["break_fee_musd"] for row in rows.values()] == [0, 0, 0, -3, 0, 0, 0]
    borne = Fraction("0.2") * Fraction("1.02") * Fraction("9.6") / 12
    assert amounts(rows["2028"], "capex_fit_out_musd", "triple_net_musd") == [-1, borne]
    year = next(iter(income_rows(CAPITAL)))
    assert year["break_fee_musd"] == -3
    names = ("fee_musd", "interest_musd", "cash_interest_musd")
    assert amounts(year, *names) == [sum(Fraction(rows[t][name] or 0) for t in list(rows)[:4]) for name in names]


def test_every_cause_has_a_column_and_every_column_a_meaning() -> None:
    """The journal of the plan that uses everything knows no cause of a cash account without one, and no column has two meanings."""
    entries = (*WIDE.ledger.entries, *CAPITAL.ledger.entries)
    found = {(entry.account, entry.cause) for entry in entries if entry.account in money.CAUSES}
    assert {("revenue", "contract"), ("capex", "fit_out"), ("operating", "triple_net")} < found
    assert found <= {(account, cause) for account, columns in money.CAUSES.items() for cause in columns}
    columns = money.lines(*money.CAUSES)
    assert len({column.name for column in columns}) == len(columns)
    assert {column.name for column in columns} == {name for causes in money.CAUSES.values() for name, _ in causes.values()}


def test_a_cause_without_a_column_is_refused() -> None:
    """A journal line that no column shows would make a statement that does not add up: KeyError, not silence."""
    ledger = SAMPLE.ledger
    stray = Ledger(ledger.states, (*ledger.entries, Entry("operating", "lobbying", "x", "alpha", "2028", Fraction(1))))
    with pytest.raises(KeyError, match="lobbying"):
        list(money.cash_rows(Book(SAMPLE.instance, SAMPLE.plan, stray)))
