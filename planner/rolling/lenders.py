"""Rolling debt and bitcoin: balances, past draws, capex that draws rest on, tested months, and what is held."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from planner.check.advances import eligible
from planner.check.bitcoin import mined_usd
from planner.check.exact import ZERO, exact
from planner.check.lending import drawn_absent
from planner.rolling.past import NOTHING, Rolling, amount, changed, number
from planner_models.rows import Debt, DebtDraw, History, Holding


def roll_debt(r: Rolling) -> None:
    """What is owed, what was drawn when, and what the lenders' share rests on; a facility that is over leaves."""
    r.tables["debt_draws"] = []
    r.change("debt", lambda row: _facility(r, row))
    known = {row.id for row in r.tables["debt"]}
    for family in ("drawn_musd", "repaid_musd"):
        r.decisions[family] = {index: value for index, value in r.decisions[family].items() if index[0] in known}


def _facility(r: Rolling, row: Debt) -> Debt | None:
    owed = r.book.state("debt_musd", row.id, r.gone[-1].label)
    matures = r.book.calendar.month(row.maturity)
    if matures < r.month or (matures == r.month and owed <= NOTHING):
        r.passed.append(f"{row.id}: matured in {row.maturity:%Y-%m}.")
        return None
    fields: dict[str, object] = {"opening_balance_musd": min(amount(owed), row.limit_musd)}
    if matures == r.month:
        fields |= {"maturity": r.day(matures + 1), "available_from": None, "available_to": r.start}
        r.note(f"{row.id}: it matures in {r.start:%Y-%m} itself; it is due a month later, within the first period.")
    if row.equity_first:
        fields["opening_eligible_musd"] = amount(exact(row.opening_eligible_musd) + _eligible(r, row))
        if row.opening_balance_musd and not row.opening_eligible_musd and fields["opening_eligible_musd"]:
            r.note(f"{row.id}: what was owed at the start of the old plan counts as drawn against its capex.")
    if row.amortisation_months or fields.get("opening_eligible_musd"):
        _draws(r, row)
    return changed(row, **fields)


def _draws(r: Rolling, row: Debt) -> None:
    """Draws by month: those of the plan, those before it, and an opening balance without any as a draw whose grace ended at the start."""
    drawn: dict[int, Fraction] = defaultdict(lambda: ZERO)
    before = [old for old in r.book.instance.debt_draws if old.debt == row.id]
    for old in before:
        drawn[r.book.calendar.month(old.month)] += exact(old.drawn_musd)
    if not before:
        drawn[-row.grace_months] += exact(row.opening_balance_musd)
    for u in r.gone:
        drawn[u.first] += r.book.decided("drawn_musd", row.id, u.label)
    rows = [DebtDraw(debt=row.id, month=r.day(month), drawn_musd=number(musd)) for month, musd in sorted(drawn.items()) if musd > NOTHING]
    r.tables["debt_draws"] += rows


def _eligible(r: Rolling, row: Debt) -> Fraction:
    """Capex that the facility may fund, paid in the periods of its window that have passed."""
    paid = ZERO
    for u in r.gone:
        if drawn_absent(r.world, row.id, u.label) is None:
            for site, part in eligible(r.world, row):
                machines = r.book.state("machine_capex_musd", site, u.label)
                paid += machines if part == "machines" else r.book.state("capex_musd", site, u.label) - machines
    return paid


def roll_history(r: Rolling) -> None:
    """The months that tests of the last twelve still reach: those of the old history, and the periods that have passed."""
    r.change("history", lambda row: row if r.book.calendar.month(row.from_month) + row.months > r.month - 12 else None)
    if not r.book.instance.covenants:
        return
    for u in r.gone:
        if u.end > r.month - 12:
            service = r.book.state("interest_musd", u.label) + r.book.state("scheduled_musd", u.label)
            earned = r.book.state("ebitda_musd", u.label)
            row = History(from_month=r.day(u.first), months=u.months, ebitda_musd=number(earned), service_musd=number(service))
            r.tables["history"].append(row)


def roll_holdings(r: Rolling) -> None:
    """Bitcoin kept from each period, at what it was worth then, and what is left of older holdings."""
    kept: dict[str, Fraction] = defaultdict(lambda: ZERO)
    old = {row.id: row for row in r.book.instance.holdings}
    for (mined, period), btc in r.book.decisions("kept_btc"):
        if not r.past(period):
            kept[mined] += btc
    for (mined,), btc in r.book.decisions("final_btc"):
        kept[mined] += btc
    r.change("holdings", lambda row: changed(row, btc_count=number(kept[row.id])) if kept[row.id] > NOTHING else None)
    names = {}
    for u in r.gone:
        if kept[u.label] > NOTHING:
            names[u.label] = r.name("holdings", f"mined-{u.label}")
            row = Holding(id=names[u.label], btc_count=number(kept[u.label]), basis_usd=number(mined_usd(r.world, u)))
            r.tables["holdings"].append(row)
    for family in ("kept_btc", "final_btc"):
        made = r.decisions[family]
        r.decisions[family] = {
            (names.get(index[0], index[0]), *index[1:]): value for index, value in made.items() if _there(index[0], names, old, r)
        }


def _there(mined: str, names: dict[str, str], old: dict[str, Holding], r: Rolling) -> bool:
    return mined in names or mined in old or not r.past(mined)
