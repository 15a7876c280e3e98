"""Cash and tax: every line from the journal, so that the statement adds up."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from fractions import Fraction

from planner.check.calendar import Period
from planner.check.deals import opening_prepaid_musd
from planner.check.exact import ZERO, exact
from planner.check.power import opening_posted_musd
from planner.tables.book import Book
from planner.tables.frame import Column, Frame, Row, text

CAUSES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "revenue": {
        "hashing": ("revenue_hashing_musd", "Mining revenue after the pool's fee."),
        "lease": ("revenue_colocation_musd", "Rent."),
        "gpu": ("revenue_hpc_musd", "GPU-hours sold at spot."),
        "contract": ("revenue_contracts_musd", "GPU-hours of compute contracts."),
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
        "triple_net": ("triple_net_musd", "Upkeep and property tax that tenants of triple net leases bear: a credit."),
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
        "cancel_fee": ("cancel_fee_musd", "Fees for cancelling what was on order at the start."),
    },
    "capex": {
        "hall": ("capex_hall_musd", "New halls."),
        "conversion": ("capex_conversion_musd", "Conversions."),
        "fit_out": ("capex_fit_out_musd", "Spent for single tenants, less what they pay of it."),
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


OWED = ("facility_fee_musd", "facility_interest_musd")
"""States of what a facility costs."""

SALES = ("resale", "sale", "closing")
"""Causes of what is sold for good: neither revenue of the business nor in EBITDA."""


def lines(*accounts: str, leave_out: Container[str] = ()) -> tuple[Column, ...]:
    """A column per line of the accounts, in order, but those of some causes."""
    return tuple(
        Column(name, doc) for account in accounts for cause, (name, doc) in CAUSES[account].items() if doc and cause not in leave_out
    )


BREAK_FEE = Column("break_fee_musd", "Paid for signed leases that are not delivered.")
FEES = Column("fee_musd", "Fees on draws, and on what may still be drawn.")
CASH_INTEREST = Column("cash_interest_musd", "Interest on the cash at the start of the period.")

CASH_FLOW = Frame(
    "cash_flow",
    "Cash by period, M$. Money that leaves is negative: opening cash and all lines add up to closing cash.",
    (
        text("period", "Period."),
        Column("opening_cash_musd", "Cash at the start of the period."),
        *lines("revenue", "operating"),
        BREAK_FEE,
        *lines("capex"),
        Column("drawn_musd", "Debt drawn."),
        Column("repaid_musd", "Debt repaid."),
        FEES,
        Column("interest_musd", "Interest on opening balances of debt."),
        CASH_INTEREST,
        Column("issued_net_musd", "New shares sold, after the banks' fees."),
        Column("prepaid_musd", "Money paid ahead by tenants and customers, less what they have earned of it: revenue is what is earned."),
        Column("security_musd", "Security for grid: posted, or given back."),
        Column("treasury_musd", "Bitcoin treasury: what is mined and kept, at its value when mined, and the sale of older bitcoin."),
        Column("tax_musd", "Tax, paid in the last period of its year."),
        Column("dividends_musd", "Dividends."),
        Column("closing_cash_musd", "Cash at the end of the period."),
    ),
)

TAX = Frame(
    "tax",
    "Tax by fiscal year, M$.",
    (
        text("fiscal_year", "Calendar year, or a period of several."),
        Column("opening_income_musd", "Taxable income of the first year from before the start; it is in the profit or loss."),
        Column("depreciation_musd", "Tax depreciation of the year."),
        Column("bases_musd", "Part of it that is on money spent before the start, by `tax_bases`."),
        Column("profit_musd", "Taxable income, where positive."),
        Column("loss_musd", "Tax loss of the year, where income is negative."),
        Column("used_musd", "Carried losses set off."),
        Column("pool_musd", "Losses carried on."),
        Column("tax_musd", "Tax of the year, paid in its last period."),
    ),
)


def causes(book: Book, account: str, period: str) -> dict[str, Fraction]:
    """M$ of an account in a period by column. Raises KeyError for a cause without a column, so that none is ever lost."""
    sums = dict.fromkeys((name for name, _ in CAUSES[account].values()), ZERO)
    for (booked, cause, label), musd in book.money.items():
        if (booked, label) == (account, period):
            sums[CAUSES[account][cause][0]] += musd
    return sums


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
        "break_fee_musd": -book.state("broken_musd", label),
        **_out(causes(book, "capex", label)),
        "drawn_musd": sum((book.decided("drawn_musd", debt, label) for debt in debts), ZERO),
        "repaid_musd": -sum((book.decided("repaid_musd", debt, label) for debt in debts), ZERO),
        **financing(book, label),
        "issued_net_musd": issued_net_musd(book, label),
        "prepaid_musd": prepaid_musd(book, label) - prepaid_musd(book, before),
        "security_musd": posted_musd(book, before) - posted_musd(book, label),
        "treasury_musd": book.state("treasury_musd", label),
        "tax_musd": -tax,
    }


def financing(book: Book, period: str) -> dict[str, Fraction]:
    """Fees, interest on debt and interest on cash of a period, M$: the three parts of (8.9)."""
    fee, interest = (sum((book.state(name, debt, period) for debt in book.world.debts), ZERO) for name in OWED)
    return {"fee_musd": -fee, "interest_musd": -interest, "cash_interest_musd": fee + interest - book.state("interest_musd", period)}


def issued_musd(book: Book, period: str) -> Fraction:
    """M$ of new shares sold in a period, fees included."""
    return sum((book.decided("issued_musd", row, period) for row in book.world.equity), ZERO)


def issued_net_musd(book: Book, period: str) -> Fraction:
    """The same after the banks' fees."""
    rows = book.world.equity.items()
    return sum(((1 - exact(row.fee_fraction)) * book.decided("issued_musd", name, period) for name, row in rows), ZERO)


def given_up_musd(book: Book, period: str) -> Fraction:
    """What the new shares of a period are worth: at a discount more than is paid for them."""
    rows = book.world.equity.items()
    return sum((book.decided("issued_musd", name, period) / (1 - exact(row.discount_fraction)) for name, row in rows), ZERO)


def prepaid_musd(book: Book, period: str) -> Fraction:
    """M$ paid ahead and not earned at the end of a period; at the start of the plan for a blank one."""
    return book.state("prepaid_musd", period) if period else opening_prepaid_musd(book.decided_only)


def posted_musd(book: Book, period: str) -> Fraction:
    """M$ of security posted at the end of a period; at the start of the plan for a blank one."""
    if not period:
        return opening_posted_musd(book.world)
    return sum((book.state("posted_musd", site, period) for site in book.world.sites), ZERO)


def free_cash_musd(book: Book, period: str) -> Fraction:
    """Cash at the end of a period less what lenders hold back."""
    return book.state("cash_musd", period) - book.state("reserve_musd", period)


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


def tax_rows(book: Book) -> Iterator[Row]:
    """One row per fiscal year."""
    names = ("profit_musd", "loss_musd", "used_musd", "pool_musd", "tax_musd")
    for number, year in enumerate(book.calendar.fiscal_years):
        labels = [period.label for period in year.periods]
        yield {
            "fiscal_year": year.label,
            "opening_income_musd": ZERO if number else exact(book.instance.finance.opening_income_musd),
            "depreciation_musd": sum((book.total("depreciation", label) for label in labels), ZERO),
            "bases_musd": sum((book.money.get(("depreciation", "tax_base", label), ZERO) for label in labels), ZERO),
            **{name: book.state(name, year.label) for name in names},
        }
