"""Cash, debt, tax and income: every line from the journal, so that each statement adds up."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from fractions import Fraction

from planner.check.calendar import FiscalYear, Period
from planner.check.exact import ZERO, exact
from planner.tables.book import Book
from planner.tables.frame import Column, Frame, Row, text
from planner_models.rows import Debt

CAUSES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "revenue": {
        "hashing": ("revenue_hashing_musd", "Mining revenue after the pool's fee."),
        "lease": ("revenue_colocation_musd", "Rent."),
        "gpu": ("revenue_hpc_musd", "GPU-hours sold."),
        "hosting": ("revenue_hosting_musd", "Fees of hosted machines."),
        "response": ("revenue_response_musd", "Demand response."),
        "ppa": ("revenue_ppa_musd", "Resale of PPA energy."),
        "export": ("revenue_export_musd", "Exports of own generation."),
        "resale": ("revenue_resale_musd", "Used machines sold."),
        "sale": ("revenue_sale_musd", "Sites sold."),
    },
    "operating": {
        "energy": ("energy_musd", "Energy: own draws at spot, less what own supply replaces; tenants pay for theirs."),
        "tenant": ("energy_musd", ""),
        "supply": ("energy_musd", ""),
        "lease": ("lease_cost_musd", "Landlord's cost of leases."),
        "penalty": ("penalty_musd", "Penalties for late delivery."),
        "hashing": ("hashing_cost_musd", "Repair and staff of mining."),
        "gpu": ("gpu_cost_musd", "Operation of GPU clusters."),
        "hall": ("hall_cost_musd", "Upkeep of halls."),
        "site": ("site_cost_musd", "Fixed cost of sites."),
        "closing": ("closing_cost_musd", "Closing cost of sites sold."),
        "overhead": ("overhead_musd", "Corporate overhead."),
        "ppa": ("ppa_cost_musd", "PPA energy taken, or paid for though not taken."),
        "generator": ("generator_cost_musd", "Fuel and operation of generators."),
        "charge": ("charge_musd", "Demand and capacity charges."),
        "property_tax": ("property_tax_musd", "Property tax."),
        "move": ("move_cost_musd", "Moves of machines."),
    },
    "capex": {
        "hall": ("capex_hall_musd", "New halls."),
        "conversion": ("capex_conversion_musd", "Conversions."),
        "asic": ("capex_asic_musd", "Mining machines."),
        "gpu": ("capex_gpu_musd", "GPU clusters."),
        "grid": ("capex_grid_musd", "Grid upgrades."),
        "equipment": ("capex_equipment_musd", "Transformers, breakers and switchgear."),
        "generator": ("capex_generator_musd", "Generators."),
        "site": ("capex_site_musd", "Sites bought."),
        "opening": ("capex_due_musd", "Due on deliveries ordered before the plan."),
    },
}
"""Column and meaning of every cause of a cash account; causes that share a column have its meaning at the first."""


SALES = ("resale", "sale", "closing")
"""Causes of what is sold for good: neither revenue of the business nor in EBITDA."""


def lines(*accounts: str, leave_out: Container[str] = ()) -> tuple[Column, ...]:
    """A column per line of the accounts, in order, but those of some causes."""
    return tuple(
        Column(name, doc) for account in accounts for cause, (name, doc) in CAUSES[account].items() if doc and cause not in leave_out
    )


CASH_FLOW = Frame(
    "cash_flow",
    "Cash by period, M$. Money that leaves is negative: opening cash and all lines add up to closing cash.",
    (
        text("period", "Period."),
        Column("opening_cash_musd", "Cash at the start of the period."),
        *lines("revenue", "operating", "capex"),
        Column("drawn_musd", "Debt drawn."),
        Column("repaid_musd", "Debt repaid."),
        Column("fee_musd", "Fees on draws."),
        Column("interest_musd", "Interest on opening balances."),
        Column("security_musd", "Security for grid upgrades: posted, or given back."),
        Column("treasury_musd", "Bitcoin treasury: mined bitcoin kept at their value when mined, and the sale of older ones."),
        Column("tax_musd", "Tax, paid in the last period of its year."),
        Column("dividends_musd", "Dividends."),
        Column("closing_cash_musd", "Cash at the end of the period."),
    ),
)

DEBT = Frame(
    "debt",
    "Every facility by period, M$.",
    (
        text("debt", "Facility."),
        text("period", "Period."),
        Column("opening_musd", "Owed at the start of the period."),
        Column("drawn_musd", "Drawn."),
        Column("repaid_musd", "Repaid."),
        Column("closing_musd", "Owed at the end of the period."),
        Column(
            "limit_not_used_musd",
            "Limit less what is owed at the end, while the facility is open for draws; 0 before and after, and in the period of maturity.",
        ),
        Column(
            "drawable_musd",
            "What more could be drawn in the period: the lesser of the limit not used and of what is left of the share of the period's "
            "capex that the lender funds; 0 while it is not open.",
        ),
        Column("interest_musd", "Interest on the opening balance."),
        Column("fee_musd", "Fee on draws."),
    ),
)

TAX = Frame(
    "tax",
    "Tax by fiscal year, M$.",
    (
        text("fiscal_year", "Calendar year, or a period of several."),
        Column("profit_musd", "Taxable income, where positive."),
        Column("loss_musd", "Tax loss of the year, where income is negative."),
        Column("used_musd", "Carried losses set off."),
        Column("pool_musd", "Losses carried on."),
        Column("tax_musd", "Tax of the year, paid in its last period."),
    ),
)

INCOME = Frame(
    "income",
    "Income statement by fiscal year, M$. Costs are negative; the tax line is the tax paid.",
    (
        text("fiscal_year", "Calendar year, or a period of several."),
        *lines("revenue", "operating", leave_out=SALES),
        Column("ebitda_musd", "Revenue less operating cost; sales of sites and machines are not in it."),
        Column(
            "sales_musd",
            "Sales of sites and machines: what they bring, less the closing cost of the sites. The tax basis of what is sold is written "
            "off as if it were kept, so this is no gain over book value.",
        ),
        Column("depreciation_musd", "Tax depreciation."),
        Column("interest_musd", "Interest."),
        Column("fee_musd", "Fees on draws."),
        Column("gain_musd", "Gain on bitcoin sold from the treasury, over their value when mined."),
        Column(
            "income_before_tax_musd",
            "EBITDA and sales less depreciation, interest and fees, with the gain on bitcoin: the taxable income before losses carried in.",
        ),
        Column("tax_musd", "Tax."),
        Column("net_income_musd", "Income after tax."),
    ),
)


def causes(book: Book, account: str, period: str) -> dict[str, Fraction]:
    """M$ of an account in a period by column. Raises KeyError for a cause without a column, so that none is ever lost."""
    sums = dict.fromkeys((name for name, _ in CAUSES[account].values()), ZERO)
    for (booked, cause, label), musd in book.money.items():
        if (booked, label) == (account, period):
            sums[CAUSES[account][cause][0]] += musd
    return sums


def ebitda(book: Book, period: str) -> Fraction:
    """M$ of revenue less operating cost in a period, without sales of sites and machines."""
    return book.total("revenue", period) - book.total("operating", period) - _sales(book, period)


def _sales(book: Book, period: str) -> Fraction:
    """M$ that sites and machines sold in a period bring, less closing cost."""
    brought = sum((book.money.get(("revenue", cause, period), ZERO) for cause in SALES), ZERO)
    return brought - sum((book.money.get(("operating", cause, period), ZERO) for cause in SALES), ZERO)


def _out(sums: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Lines as money that leaves."""
    return {name: -musd for name, musd in sums.items()}


def before_dividends(book: Book, period: Period) -> dict[str, Fraction]:
    """Every line of the cash flow of a period but dividends, M$; money that leaves is negative."""
    debts, label = book.world.debts, period.label
    year = next(year for year in book.calendar.fiscal_years if period in year.periods)
    tax = book.state("tax_musd", year.label) if period == year.periods[-1] else ZERO
    before = book.periods[period.number - 1].label if period.number else ""
    return {
        **causes(book, "revenue", label),
        **_out(causes(book, "operating", label)),
        **_out(causes(book, "capex", label)),
        "drawn_musd": sum((book.decided("drawn_musd", debt, label) for debt in debts), ZERO),
        "repaid_musd": -sum((book.decided("repaid_musd", debt, label) for debt in debts), ZERO),
        "fee_musd": -sum((book.state("facility_fee_musd", debt, label) for debt in debts), ZERO),
        "interest_musd": -sum((book.state("facility_interest_musd", debt, label) for debt in debts), ZERO),
        "security_musd": _posted(book, before) - _posted(book, label),
        "treasury_musd": book.state("treasury_musd", label),
        "tax_musd": -tax,
    }


def _posted(book: Book, period: str) -> Fraction:
    """M$ posted at the end of a period; nothing before the first."""
    return sum((book.state("posted_musd", site, period) for site in book.world.sites), ZERO)


def cash_rows(book: Book) -> Iterator[Row]:
    """One row per period."""
    opening = exact(book.instance.finance.opening_cash_musd)
    for period in book.periods:
        closing = book.state("cash_musd", period.label)
        yield {
            "period": period.label,
            "opening_cash_musd": opening,
            **before_dividends(book, period),
            "dividends_musd": -book.decided("dividends_musd", period.label),
            "closing_cash_musd": closing,
        }
        opening = closing


def debt_rows(book: Book) -> Iterator[Row]:
    """One row per facility and period."""
    for name, row in book.world.debts.items():
        opening = exact(row.opening_balance_musd)
        for period in book.periods:
            closing = book.state("debt_musd", name, period.label)
            yield {
                "debt": name,
                "period": period.label,
                "opening_musd": opening,
                "drawn_musd": book.decided("drawn_musd", name, period.label),
                "repaid_musd": book.decided("repaid_musd", name, period.label),
                "closing_musd": closing,
                "limit_not_used_musd": exact(row.limit_musd) - closing if _open(book, row, period) else ZERO,
                "drawable_musd": _drawable(book, row, period),
                "interest_musd": book.state("facility_interest_musd", name, period.label),
                "fee_musd": book.state("facility_fee_musd", name, period.label),
            }
            opening = closing


def _open(book: Book, debt: Debt, period: Period) -> bool:
    """Whether a facility may be drawn in a period, and what is drawn still be owed at its end."""
    month = book.calendar.month
    begin = month(debt.available_from) if debt.available_from else 0
    closed = month(debt.available_to or debt.maturity)
    return begin <= period.first < closed and period.end <= month(debt.maturity)


def _drawable(book: Book, debt: Debt, period: Period) -> Fraction:
    """M$ that could be drawn in a period besides what is: within the limit, and within the share of its capex that the lender funds."""
    if not _open(book, debt, period):
        return ZERO
    left = exact(debt.limit_musd) - book.state("debt_musd", debt.id, period.label)
    funded = exact(debt.advance_fraction) * book.total("capex", period.label) - book.decided("drawn_musd", debt.id, period.label)
    return max(ZERO, min(left, funded))


def drawable_musd(book: Book, period: Period) -> Fraction | None:
    """M$ that could be drawn in a period besides what is, under all facilities; None without a facility."""
    debts = book.world.debts.values()
    return sum((_drawable(book, debt, period) for debt in debts), ZERO) if debts else None


def limit_not_used_musd(book: Book, period: Period) -> Fraction | None:
    """M$ between limit and debt at the end of a period over all facilities open in it; None when none is."""
    debts = [(name, row) for name, row in book.world.debts.items() if _open(book, row, period)]
    left = [exact(row.limit_musd) - book.state("debt_musd", name, period.label) for name, row in debts]
    return sum(left, ZERO) if left else None


def tax_rows(book: Book) -> Iterator[Row]:
    """One row per fiscal year."""
    for year in book.calendar.fiscal_years:
        names = ("profit_musd", "loss_musd", "used_musd", "pool_musd", "tax_musd")
        yield {"fiscal_year": year.label} | {name: book.state(name, year.label) for name in names}


def income_rows(book: Book) -> Iterator[Row]:
    """One row per fiscal year."""
    for year in book.calendar.fiscal_years:
        operation = _statement(book, year)
        earned = sum((ebitda(book, period.label) for period in year.periods), ZERO)
        owed = [(debt, period.label) for debt in book.world.debts for period in year.periods]
        below = {
            "sales_musd": sum((_sales(book, period.label) for period in year.periods), ZERO),
            "depreciation_musd": -sum((book.total("depreciation", period.label) for period in year.periods), ZERO),
            "interest_musd": -sum((book.state("facility_interest_musd", *key) for key in owed), ZERO),
            "fee_musd": -sum((book.state("facility_fee_musd", *key) for key in owed), ZERO),
            "gain_musd": sum((book.state("gain_musd", period.label) for period in year.periods), ZERO),
        }
        before_tax, tax = earned + sum(below.values(), ZERO), -book.state("tax_musd", year.label)
        yield {
            "fiscal_year": year.label, **operation, "ebitda_musd": earned, **below,
            "income_before_tax_musd": before_tax, "tax_musd": tax, "net_income_musd": before_tax + tax,
        }  # fmt: skip


def _statement(book: Book, year: FiscalYear) -> dict[str, Fraction]:
    """Revenue and operating lines of a fiscal year above EBITDA."""
    shown = [column.name for column in lines("revenue", "operating", leave_out=SALES)]
    sums = dict.fromkeys(shown, ZERO)
    for period in year.periods:
        signed = {**causes(book, "revenue", period.label), **_out(causes(book, "operating", period.label))}
        sums = {name: sums[name] + signed[name] for name in shown}
    return sums
