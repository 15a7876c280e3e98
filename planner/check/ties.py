"""Ties: the statements add up exactly, held from the journal and the states as they stand and not by the way that they were computed.

Cash is what was there and every entry since, debt is draws less repayments, tax and losses follow from the entries of a year, what was
spent is written off or left, and the value is its entries discounted. They hold for any plan, also for one that breaks rules: one that
fails is a fault of the checker or of a ledger, never of a plan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction

from planner.check import rolls
from planner.check.book import Book
from planner.check.deals import opening_prepaid_musd
from planner.check.exact import ZERO, amount_words, exact
from planner.check.ledger import Entry, Identity, Tie, Violation
from planner.check.power import opening_posted_musd

ENTRIES = "its entries"
PORTS = {
    "revenue": ("revenue_musd", Identity("10.5", "revenue_balance", "revenue of the site", ENTRIES)),
    "operating": ("operating_musd", Identity("10.6", "operating_balance", "operating cost of the site", ENTRIES)),
    "capex": ("capex_musd", Identity("10.7", "capex_balance", "capex of the site", ENTRIES)),
    "depreciation": ("depreciation_musd", Identity("10.8", "depreciation_balance", "depreciation of the site", ENTRIES)),
    "terminal": ("terminal_musd", Identity("10.9", "terminal_balance", "terminal value of the site", ENTRIES)),
    "basis": ("final_basis_musd", Identity("10.10", "final_basis_balance", "tax basis left at the site", ENTRIES)),
}
"""The state of the port that holds the sums of an account by site and, of flows, by period."""
CAUSED = {
    "energy_cost_musd": ("operating", ("energy", "tenant", "supply"), Identity("7.1", "energy_balance", "energy of the site", ENTRIES)),
    "charges_musd": ("operating", ("charge",), Identity("13.9", "charges_balance", "charges of the site", ENTRIES)),
    "proceeds_musd": ("revenue", ("sale",), Identity("11.12", "sale_limit", "what the sale of the site brings", ENTRIES)),
}
"""States by site and period that stand in the journal too: account and causes."""
BASIS = Identity("10.10", "final_basis_balance", "what is written off and what is left", "what was spent")
DEBT = Identity("8.3", "debt_balance", "the debt", "the opening balance and all draws less repayments")
INTEREST = Identity("8.9", "interest_balance", "interest", "rates on opening balances and fees")
CASH = Identity("8.6", "cash_balance", "cash", "opening cash and all flows of the period")
INCOME = Identity("9.1", "income_balance", "profit less loss", "the entries of the year")
PARTS = Identity("9.1", "income_balance", "profit and loss, of which one is nothing,", "the size of the income")
USED = Identity("9.2", "use_limit", "losses used", "all that may be")
POOL = Identity("9.3", "pool_balance", "losses carried on", "those carried in and what the year adds")
TAX = Identity("9.5", "tax_balance", "tax to date", "the rate on income and losses to date")
BITCOIN = Identity("15.7", "gain_balance", "what bitcoin bring and leave", "their gain and what they had cost")
EBITDA = Identity("8.17", "ebitda_balance", "EBITDA", "revenue less cost of the entries that recur")
TERMINAL = Identity("9.6", "terminal_value_balance", "terminal value", "its entries after exit cost")
EXIT = Identity("9.7", "exit_tax_floor", "tax on exit", "the rate on what a sale earns")
VALUE = Identity("9.8", "equity_value", "the value", "all entries discounted and what is left")

Sums = defaultdict[tuple[str, ...], Fraction]
Flows = defaultdict[str, Fraction]
"""M$ by period."""


def check(book: Book) -> None:
    """Every identity of the ledger; what differs by anything at all is named by its number in MATHS.md."""
    for tie in ties(book):
        if tie.stands != tie.adds_up:
            book.violations.append(_broken(tie))


def ties(book: Book) -> Iterator[Tie]:
    """All identities, whether they hold or not."""
    entries = book.ledger().entries
    yield from _ports(book, entries)
    yield from _bases(book, entries)
    yield from _debt(book)
    yield from _interest(book)
    moved = _moved(book, entries)
    yield from _cash(book, moved)
    yield from _tax(book, entries)
    yield from _bitcoin(book)
    yield from _ebitda(book, entries)
    yield from _value(book, entries, moved)
    yield from rolls.ties(book)


def _broken(tie: Tie) -> Violation:
    off, place, held = tie.stands - tie.adds_up, f"{', '.join(tie.index)}: " if tie.index else "", tie.identity
    words = f"{place}{held.what} stands at {amount_words(tie.stands)} {held.unit}, {amount_words(abs(off))} "
    words += f"{'more' if off > 0 else 'less'} than {held.of} ({amount_words(tie.adds_up)})."
    return Violation(held.tag, held.rule, tie.index, abs(off), held.unit, words)


def _sums(entries: tuple[Entry, ...], key: Callable[[Entry], tuple[str, ...]]) -> Sums:
    sums: Sums = defaultdict(Fraction)
    for entry in entries:
        sums[key(entry)] += entry.musd
    return sums


def _by_period(book: Book, name: str) -> Flows:
    """A state summed over all but its period."""
    sums: Flows = defaultdict(Fraction)
    for index in book.indices(name):
        sums[index[-1]] += book.state(name, *index)
    return sums


def _ports(book: Book, entries: tuple[Entry, ...]) -> Iterator[Tie]:
    """Sums of each account by site, and of energy, charges and sales, against the entries; overhead has no site and no port."""
    flows = _sums(entries, lambda line: (line.account, line.site, *((line.period,) if line.period else ())))
    causes = _sums(entries, lambda line: (line.account, line.cause, line.site, line.period))
    for account, (state, identity) in PORTS.items():
        booked = {index[1:]: musd for index, musd in flows.items() if index[0] == account and (index[1] or account != "operating")}
        for index in dict.fromkeys((*book.indices(state), *booked)):
            yield Tie(identity, index, book.state(state, *index), booked.get(index, ZERO))
    for state, (account, of, identity) in CAUSED.items():
        for index in book.indices(state):
            yield Tie(identity, index, book.state(state, *index), sum((causes[account, cause, *index] for cause in of), ZERO))


def _bases(book: Book, entries: tuple[Entry, ...]) -> Iterator[Tie]:
    """What was brought into the plan and spent in it is written off in it or left at the horizon, thing by thing."""
    things = _sums(entries, lambda line: (line.account, line.cause, line.item, line.site))
    brought = _brought(book)
    owned = (index[1:] for index in things if index[0] in ("capex", "depreciation", "basis"))
    for index in dict.fromkeys((*owned, *brought)):
        spent = things["capex", *index] + brought.get(index, ZERO)
        gone = things["depreciation", *index] + things["basis", *index]
        yield Tie(BASIS, index, gone, spent)


def _brought(book: Book) -> dict[tuple[str, ...], Fraction]:
    """Tax bases at the start by cause, item and site."""
    calendar, instance = book.world.calendar, book.world.instance
    bases: dict[tuple[str, ...], Fraction] = {
        ("opening", row.id, row.site): exact(row.tax_basis_musd) for row in instance.opening if row.tax_basis_musd
    }
    for base in instance.tax_bases:
        gone = calendar.spent_before(calendar.month(base.in_service), base.tax_life_months, base.method == "straight_line")
        bases["tax_base", base.id, base.site] = exact(base.basis_musd) * (1 - gone)
    return bases


def _debt(book: Book) -> Iterator[Tie]:
    """What is owed is what was owed at the start and all draws less all repayments since."""
    for debt, row in book.world.debts.items():
        for u in book.world.periods:
            flows = (("drawn_musd", 1), ("repaid_musd", -1))
            past = [v.label for v in book.world.periods if v.first <= u.first]
            since = sum((sign * book.decision(family, debt, v) for family, sign in flows for v in past), ZERO)
            yield Tie(DEBT, (debt, u.label), book.state("debt_musd", debt, u.label), exact(row.opening_balance_musd) + since)


def _interest(book: Book) -> Iterator[Tie]:
    """Interest on what is owed and on the cash there at the end of the period before, and the fees."""
    finance = book.world.instance.finance
    owed = {debt: exact(row.opening_balance_musd) for debt, row in book.world.debts.items()}
    cash, fees = exact(finance.opening_cash_musd), _by_period(book, "facility_fee_musd")
    for u in book.world.periods:
        yearly = sum((exact(row.rate_fraction) * owed[debt] for debt, row in book.world.debts.items()), ZERO)
        yearly -= exact(finance.cash_interest_fraction) * cash
        stands, due = book.state("interest_musd", u.label), yearly * u.months / 12 + fees[u.label]
        yield Tie(INTEREST, (u.label,), stands, due)
        owed = {debt: book.state("debt_musd", debt, u.label) for debt in owed}
        cash = book.state("cash_musd", u.label)


def _net(entries: Iterable[Entry], *costs: str) -> Flows:
    """Revenue less some accounts by period, over all sites and the company itself."""
    sums: Flows = defaultdict(Fraction)
    for line in entries:
        if line.account == "revenue" or line.account in costs:
            sums[line.period] += line.musd if line.account == "revenue" else -line.musd
    return sums


def _moved(book: Book, entries: tuple[Entry, ...]) -> dict[str, Fraction]:
    """M$ by period that cash moves by before dividends: sources less uses."""
    world = book.world
    flows, posted = _net(entries, "operating", "capex"), _by_period(book, "posted_musd")
    tax = {year.periods[-1].label: book.state("tax_musd", year.label) for year in world.calendar.fiscal_years}
    liability = opening_prepaid_musd(book) - opening_posted_musd(world)
    moved: dict[str, Fraction] = {}
    for u in (period.label for period in world.periods):
        ahead = book.state("prepaid_musd", u) - posted[u]
        moved[u] = flows[u] + ahead - liability + book.state("treasury_musd", u) - book.state("broken_musd", u)
        moved[u] -= book.state("interest_musd", u) + tax.get(u, ZERO)
        moved[u] += sum((book.decision("drawn_musd", debt, u) - book.decision("repaid_musd", debt, u) for debt in world.debts), ZERO)
        moved[u] += sum((book.decision("issued_musd", e, u) * (1 - exact(row.fee_fraction)) for e, row in world.equity.items()), ZERO)
        liability = ahead
    return moved


def _cash(book: Book, moved: Mapping[str, Fraction]) -> Iterator[Tie]:
    """Opening cash and every entry and flow of a period are its closing cash."""
    cash = exact(book.world.instance.finance.opening_cash_musd)
    for u, musd in moved.items():
        closing = cash + musd - book.decision("dividends_musd", u)
        cash = book.state("cash_musd", u)
        yield Tie(CASH, (u,), cash, closing)


def _tax(book: Book, entries: tuple[Entry, ...]) -> Iterator[Tie]:
    """Profit, losses carried and tax of each year from its entries; tax by its sum since the start, as section 9 works it out."""
    finance, flows = book.world.instance.finance, _net(entries, "operating", "depreciation")
    rate, most = exact(finance.tax_rate_fraction), exact(finance.loss_use_fraction)
    pool = opening = exact(finance.opening_loss_musd)
    earned, paid = ZERO, ZERO
    income = exact(finance.opening_income_musd)
    for year in book.world.calendar.fiscal_years:
        for u in (period.label for period in year.periods):
            income += flows[u] - book.state("interest_musd", u) - book.state("broken_musd", u) + book.state("gain_musd", u)
        profit, loss, used, carried, tax = (book.state(f"{name}_musd", year.label) for name in ("profit", "loss", "used", "pool", "tax"))
        index, earned, paid = (year.label,), earned + income, paid + tax
        yield Tie(INCOME, index, profit - loss, income)
        yield Tie(PARTS, index, profit + loss, abs(income))
        yield Tie(USED, index, used, min(pool, most * max(income, ZERO)))
        yield Tie(POOL, index, carried, pool + loss - used)
        yield Tie(TAX, index, paid, rate * (earned + carried - opening))
        pool, income = carried, ZERO


def _bitcoin(book: Book) -> Iterator[Tie]:
    """What the treasury brings, and leaves at the horizon, is its gain and what the bitcoin of before the start had cost."""
    cost = ZERO
    for holding, row in book.world.holdings.items():
        out = sum((btc for (mined, _), btc in book.decided("kept_btc") if mined == holding), book.decision("final_btc", holding))
        cost += exact(row.basis_usd) * out / 1_000_000
    brought = sum((book.state("treasury_musd", *index) for index in book.indices("treasury_musd")), book.state("bitcoin_musd"))
    gain = sum((book.state("gain_musd", *index) for index in book.indices("gain_musd")), book.state("bitcoin_gain_musd"))
    yield Tie(BITCOIN, (), brought, gain + cost)


def _ebitda(book: Book, entries: tuple[Entry, ...]) -> Iterator[Tie]:
    """EBITDA of covenants from the entries, but for those of used machines, of sales and of closing."""
    flows = _net((line for line in entries if line.cause not in ("resale", "sale")), "operating")
    for (u,) in book.indices("ebitda_musd"):
        closing = ((exact(row.closing_cost_musd), book.decision("sold", site, u)) for site, row in book.world.sites.items())
        musd = flows[u] + sum((cost * sold for cost, sold in closing), ZERO) - book.state("broken_musd", u)
        yield Tie(EBITDA, (u,), book.state("ebitda_musd", u), musd)


def _value(book: Book, entries: tuple[Entry, ...], moved: Mapping[str, Fraction]) -> Iterator[Tie]:
    """Terminal value, tax on exit, and the value: all entries discounted, less what it costs that cash stays, and what is left."""
    world, finance = book.world, book.world.instance.finance
    sums = _sums(entries, lambda line: (line.account,))
    terminal = sums[("terminal",)] * (1 - exact(finance.exit_cost_fraction))
    yield Tie(TERMINAL, (), book.state("terminal_value_musd"), terminal)
    last, final_year = world.periods[-1].label, world.calendar.fiscal_years[-1].label
    gain = terminal - sums[("basis",)] + book.state("bitcoin_gain_musd") - book.state("pool_musd", final_year)
    tax = exact(finance.tax_rate_fraction) * max(gain, ZERO)
    yield Tie(EXIT, (), book.state("exit_tax_musd"), tax)
    worth, cash = -book.state("doubt_musd"), exact(finance.opening_cash_musd)
    for u, musd in moved.items():
        closing = book.state("cash_musd", u)
        sold = sum((book.decision("issued_musd", e, u) / (1 - exact(row.discount_fraction)) for e, row in world.equity.items()), ZERO)
        worth += book.state("discount_mid", u) * (musd - (closing - cash) - sold)
        cash = closing
    left = cash + _by_period(book, "posted_musd")[last] - _by_period(book, "debt_musd")[last] - book.state("prepaid_musd", last)
    left += terminal - tax + book.state("bitcoin_musd")
    worth += book.state("discount_end") * left
    yield Tie(VALUE, (), book.state("equity_value"), worth)
