"""The value bridge: from cash on hand through every line of the plan to equity value, exactly."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from fractions import Fraction

from planner.check.exact import ZERO, exact
from planner.tables.book import Book
from planner.tables.frame import Column, Frame, Row, text
from planner.tables.leases import rent_pv, terminal_pv
from planner.tables.money import before_dividends, given_up_musd, issued_net_musd, lines, posted_musd
from planner_models.rows import Deal

FRAME = Frame(
    "value",
    "What equity value is made of, M$ of present value. The lines add up to the last one.",
    (
        text(
            "group",
            "opening, revenue, operating, capex, debt, tax, shares, prepayment, security, treasury, holding, terminal, doubt or equity.",
        ),
        text("line", "Line."),
        Column("pv_musd", "Present value, M$; what costs is negative."),
    ),
)

TERMINAL = {
    "lease": "Leases at the horizon",
    "hall": "Halls at the horizon",
    "asic": "Mining machines at the horizon",
    "gpu": "GPU clusters at the horizon",
    "grid": "Energised MW at the horizon",
    "generator": "Generators at the horizon",
    "charge": "Charges still to be billed at the horizon",
}
"""Line of every cause of the terminal account."""

SPLIT = Frame(
    "value_split",
    "Equity value by what earns it, M$ of present value: own earnings of each use, and what they share. The lines add up to the last one.",
    (
        text(
            "part",
            "signed leases, leases still to be signed, hashing, hosting, hpc, power (own supply, demand response and charges against "
            "buying at spot), new shares (what they bring less what they are worth), prepayments (money paid ahead before it is earned), "
            "probability (what of leases and contracts still to be signed may not come true, negative), shared (the rest: capex, halls, "
            "tax, ...), equity value.",
        ),
        Column("pv_musd", "Present value, M$."),
    ),
)


def bridge_rows(book: Book) -> Iterator[Row]:
    """The lines of the bridge; the last is equity value, the sum of all others."""
    for group, line, musd in bridge(book):
        yield {"group": group, "line": line, "pv_musd": musd}
    yield {"group": "equity", "line": "Equity value", "pv_musd": book.state("equity_value")}


def bridge(book: Book) -> Iterator[tuple[str, str, Fraction]]:
    """Group, line and M$ of every line above equity value."""
    flows = _discounted_flows(book)
    rent, hours = (
        {signed: _signed(book, deals, signed) for signed in (True, False)} for deals in (book.world.leases, book.world.contracts)
    )
    yield "opening", "Cash at the start", exact(book.instance.finance.opening_cash_musd)
    yield "revenue", "Rent of signed leases", rent[True]
    yield "revenue", "Rent of leases still to be signed", rent[False]
    yield "revenue", "Hashing", flows["revenue_hashing_musd"]
    yield "revenue", "GPU-hours of signed compute contracts", hours[True]
    yield "revenue", "GPU-hours of compute contracts still to be signed", hours[False]
    for column in lines("revenue", leave_out=("hashing", "lease", "contract")):
        yield "revenue", column.doc.rstrip("."), flows[column.name]
    for column in lines("operating"):
        yield "operating", column.doc.rstrip("."), flows[column.name]
    yield "operating", "Signed leases that are not delivered", flows["break_fee_musd"]
    for column in lines("capex"):
        yield "capex", column.doc.rstrip("."), flows[column.name]
    yield "debt", "Draws", flows["drawn_musd"]
    yield "debt", "Repayments", flows["repaid_musd"]
    yield "debt", "Fees and interest", flows["fee_musd"] + flows["interest_musd"]
    yield "debt", "Interest on cash", flows["cash_interest_musd"]
    yield "shares", "New shares: what they bring after fees", flows["issued_net_musd"]
    yield "shares", "New shares: what they are worth", -_discounted(book, given_up_musd)
    yield "prepayment", "Money paid ahead, less what is earned of it", flows["prepaid_musd"]
    yield "tax", "Tax in the plan", flows["tax_musd"]
    yield "security", "Security posted and given back", flows["security_musd"]
    yield "treasury", "Bitcoin kept and sold later", flows["treasury_musd"]
    yield "holding", "Cash held before it is paid out", holding(book)
    yield from _terminal(book)
    yield "doubt", "What may not come true of leases and contracts still to be signed", -book.state("doubt_musd")


def _discounted_flows(book: Book) -> dict[str, Fraction]:
    """Present value of every line of the cash flow but dividends."""
    sums: dict[str, Fraction] = {}
    for period in book.periods:
        factor = book.state("discount_mid", period.label)
        for name, musd in before_dividends(book, period).items():
            sums[name] = sums.get(name, ZERO) + factor * musd
    return sums


def _discounted(book: Book, flow: Callable[[Book, str], Fraction]) -> Fraction:
    """Present value of a flow of every period."""
    return sum((book.state("discount_mid", period.label) * flow(book, period.label) for period in book.periods), ZERO)


def _signed(book: Book, deals: Mapping[str, Deal], signed: bool) -> Fraction:
    """Present value of the revenue of signed leases or compute contracts, or of the others."""
    chosen = (name for name, row in deals.items() if (row.stage == "signed") == signed)
    return sum((book.deal_pv(name, "revenue") for name in chosen), ZERO)


def holding(book: Book) -> Fraction:
    """What is lost by holding cash: it counts when it is paid out or at the horizon, later than it came in; M$, not positive for cash."""
    factors = [Fraction(1), *(book.state("discount_mid", period.label) for period in book.periods), book.state("discount_end")]
    balances = [exact(book.instance.finance.opening_cash_musd), *(book.state("cash_musd", period.label) for period in book.periods)]
    return sum((cash * (later - now) for cash, now, later in zip(balances, factors[:-1], factors[1:], strict=True)), ZERO)


def _terminal(book: Book) -> Iterator[tuple[str, str, Fraction]]:
    """Terminal value by what stands, exit cost, exit tax, and what is still held, owed and to be earned."""
    end, last, gross = book.state("discount_end"), book.periods[-1].label, ZERO
    sums = {cause: book.money.get(("terminal", cause, ""), ZERO) for cause in TERMINAL}
    for cause, musd in sums.items():
        gross += musd
        yield "terminal", TERMINAL[cause], end * musd
    yield "terminal", "Exit cost", end * (book.state("terminal_value_musd") - gross)
    yield "tax", "Tax on exit", -end * book.state("exit_tax_musd")
    yield "security", "Security posted at the horizon", end * posted_musd(book, last)
    yield "treasury", "Bitcoin held at the horizon", end * book.state("bitcoin_musd")
    yield "debt", "Debt owed at the horizon", -end * sum((book.state("debt_musd", debt, last) for debt in book.world.debts), ZERO)
    yield "prepayment", "Money paid ahead and not earned at the horizon", -end * book.state("prepaid_musd", last)


def split_rows(book: Book) -> Iterator[Row]:
    """The parts, and the equity value that they add up to."""
    for name, musd in split(book).items():
        yield {"part": name, "pv_musd": musd}
    yield {"part": "equity value", "pv_musd": book.state("equity_value")}


def split(book: Book) -> dict[str, Fraction]:
    """M$ of every part by its name; the last, what all share, is the rest of equity value."""
    world, last = book.world, book.periods[-1].label
    unearned = book.state("discount_end") * book.state("prepaid_musd", last)
    parts = {
        "signed leases": _leases(book, True) - book.broken_pv,
        "leases still to be signed": _leases(book, False),
        "hashing": _earned(book, ("hashing", "resale"), ("hashing", "move"), world.asics, ("asic",)),
        "hosting": _earned(book, ("hosting",), (), world.hosting, ()),
        "hpc": _earned(book, ("gpu",), ("gpu",), world.gpus, ("gpu",)) + _contracts(book),
        "power": _earned(
            book, ("ppa", "export", "response"), ("tenant", "supply", "ppa", "generator", "charge"), (), ("generator", "charge")
        ),
        "new shares": _discounted(book, issued_net_musd) - _discounted(book, given_up_musd),
        "prepayments": _discounted_flows(book)["prepaid_musd"] - unearned,
        "probability": -book.state("doubt_musd"),
    }
    return parts | {"shared": book.state("equity_value") - sum(parts.values(), ZERO)}


def _leases(book: Book, signed: bool) -> Fraction:
    """Rent less direct cost and penalty, and terminal value after exit cost, of signed leases or of the others."""
    chosen = (name for name, row in book.world.leases.items() if (row.stage == "signed") == signed)
    return sum((rent_pv(book, name) + terminal_pv(book, name) for name in chosen), ZERO)


def _contracts(book: Book) -> Fraction:
    """Revenue of compute contracts less their energy and penalty."""
    return sum((book.deal_pv(name, "revenue") - book.deal_pv(name, "operating") for name in book.world.contracts), ZERO)


def _earned(book: Book, brings: Container[str], costs: Container[str], draws: Container[str], kept: Container[str]) -> Fraction:
    """Revenue of some causes less operating cost of some and the energy of what draws, and terminal value of some after exit cost."""
    end = book.state("discount_end") * (1 - exact(book.instance.finance.exit_cost_fraction))
    value = ZERO
    for entry in book.ledger.entries:
        if entry.account == "revenue" and entry.cause in brings:
            value += book.state("discount_mid", entry.period) * entry.musd
        elif entry.account == "operating" and (entry.cause in costs or (entry.cause == "energy" and entry.item in draws)):
            value -= book.state("discount_mid", entry.period) * entry.musd
        elif entry.account == "terminal" and entry.cause in kept:
            value += end * entry.musd
    return value
