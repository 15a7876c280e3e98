"""Key figures by hand, and rates of return that exist, or do not."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from planner.plan import Plan
from planner.tables import cost, kpis
from planner.tables.facts import Facts
from planner.tables.kpis import KPIS
from planner.tables.rates import single_rate
from tests.example import whole
from tests.tables import capital, wide
from tests.tables.sample import DEALS, book, book_of, certificate, instance, plan


def figures(**parts: Any) -> dict[str, Any]:
    """Key figures of the sample with other settings, as exact numbers or text."""
    by = parts.pop("by", plan())
    facts = Facts(book_of(instance(**parts), by) if parts or by != plan() else book())
    return {kpi.name: kpi.value(facts) for kpi in KPIS}


def test_sizes_and_capex_by_hand() -> None:
    """Capex 70 + 12 + 8 + 30 + 4 + 2, all but the GPUs' balance of 24 in 2027; 130 utility MW and 68 IT MW at the end."""
    found = figures()
    assert (found["capex_total_musd"], found["peak_capex_musd"], found["peak_capex_year"]) == (126, 102, "2027")
    assert (found["utility_mw_end"], found["halls_it_mw_end"]) == (130, 68)
    uses = ("hashing", "colocation_contracted", "colocation_uncontracted", "hpc", "idle")
    assert [found[f"it_mw_{use}_start"] for use in uses] == [40, 0, 0, 0, 10]
    assert [found[f"it_mw_{use}_end"] for use in uses] == [20, 10, 20, 5, 13]
    assert (found["gross_mw_end"], found["equity_usd_per_w_gross"]) == (130, certificate().value_musd / 130)
    assert found["equity_usd_per_w_it"] == certificate().value_musd / 68


def test_figures_at_the_end_count_what_is_there_in_the_last_month() -> None:
    """A lease from 2028 over six months is not there at the end; one of 36 months ends with the plan, one of 35 a month before.

    A cluster from 2028 with a life of 36 months lasts to the end, with 35 not. Halls without use make up the rest of 68 MW.
    """
    uses = ("hashing", "colocation_contracted", "colocation_uncontracted", "hpc", "idle")
    for term, life, there in ((36, 36, (20, 10, 20, 5, 13)), (35, 36, (20, 10, 0, 5, 33)), (36, 35, (20, 10, 20, 0, 18))):
        of = instance().with_("leases.option.term_months", term).with_("gpu_models.b200.life_months", life)
        by = plan(started={("anchor", "alpha", "shell", "2027Q3"): 1, ("option", "beta", "shell", "2028"): 1})
        found = {kpi.name: kpi.value(Facts(book_of(of, by))) for kpi in KPIS}
        assert tuple(found[f"it_mw_{use}_end"] for use in uses) == there
        assert found["halls_it_mw_end"] == sum(there)


def test_the_rate_of_return_says_that_it_is_not_of_new_orders() -> None:
    """Existing business throws off cash without an investment, so the definition must keep a reader from misusing the rate."""
    words = next(kpi.definition for kpi in KPIS if kpi.name == "irr_fraction")
    assert "NOT the return on new orders" in words
    assert "what stands at the opening" in words


def test_shares_add_up_and_hashrate_by_hand() -> None:
    """Revenue by use is all revenue. Hashrate peaks in 2027Q2 or later: 30 MW x 0.882 / 30 + 10 MW x 0.882 / 17.5 EH/s."""
    found = figures()
    assert sum(found[f"revenue_share_{use}_fraction"] for use in ("hashing", "colocation", "hpc")) == 1
    assert found["hashrate_eh_max"] == Fraction("0.882") * (1 + Fraction(10) / Fraction("17.5"))


def test_the_ten_parts_of_value_add_up() -> None:
    """They are equity value; a company without hosting, supply, shares, prepayments and probabilities has no such part."""
    names = ("signed_leases", "unsigned_leases", "hashing", "hosting", "hpc", "power", "new_shares", "prepayments", "probability", "shared")
    for found in (figures(), of_wide(), of_capital()):
        assert sum(found[f"value_{name}_musd"] for name in names) == found["equity_value_musd"]
    assert figures()["equity_value_musd"] == certificate().value_musd
    assert [figures()[f"value_{name}_musd"] for name in ("hosting", "power", "new_shares", "prepayments", "probability")] == [0] * 5
    assert 0 not in [of_capital()[f"value_{name}_musd"] for name in names if name != "unsigned_leases"]


def of_capital() -> dict[str, Any]:
    """Key figures of the plan that uses every rule."""
    return {kpi.name: kpi.value(Facts(capital.book())) for kpi in KPIS}


def test_value_per_share_with_the_warrants_worth_exercising() -> None:
    """100 million shares. Warrants at 2 USD count, and dilute to where those of `option` at 4.2, taken whole, no longer do; 9 never does.

    At 4.1 `option` counts too; the lease that is not taken brings none. Without `shares_count` there is no such figure.
    """
    worth = figures()["equity_value_musd"] * 1_000_000
    owners = {"finance": {"shares_count": 1e8}, "warrants": [{"id": name, "warrants_count": 1e7, "strike_usd": usd} for name, usd in
                                                             (("cheap", 2), ("dear", 9))]}  # fmt: skip
    backed = {"option": 2e7, "spare": 5e7}

    def per_share(strike: float) -> Fraction:
        leases = [row | {"warrants_count": backed.get(row["id"], 0), "strike_usd": strike} for row in DEALS["leases"]]
        return Fraction(figures(**owners, leases=leases)["equity_usd_per_share_diluted"])

    assert Fraction("4.2") < worth / 100_000_000
    alone = (worth + 20_000_000) / 110_000_000
    assert Fraction("4.1") < alone < Fraction("4.2")
    assert per_share(4.2) == alone
    assert per_share(4.1) == (worth + 20_000_000 + 82_000_000) / 130_000_000
    assert figures()["equity_usd_per_share_diluted"] is None


def test_blocks_bring_their_share_of_the_warrants() -> None:
    """A quarter of `campus` is taken: half a million of two million warrants that cost nothing."""
    leases = [row.model_dump() | ({"warrants_count": 2e6} if row.id == "campus" else {}) for row in capital.company().leases]
    of = book_of(capital.company(leases=leases, warrants=[]), capital.plan())
    found = next(kpi for kpi in KPIS if kpi.name == "equity_usd_per_share_diluted").value(Facts(of))
    assert found == of.state("equity_value") * 1_000_000 / 100_500_000


def test_cash_that_is_held_back_is_no_liquidity() -> None:
    """20 M$ are restricted in 2027; what is free is lowest then, and the covenant on it tells how far it is from 12 M$."""
    found, of = of_capital(), capital.book()
    free = {u.label: of.state("cash_musd", u.label) - of.state("reserve_musd", u.label) for u in of.periods}
    assert found["minimum_cash_musd"] == min(free.values()) == free[found["minimum_cash_period"]]
    assert found["cash_headroom_musd"] == min(free.values()) - 10
    assert found["covenant_headroom_min_musd"] == min(free[t] for t in ("2027Q4", "2028", "2029", "2030")) - 12
    assert found["covenant_tightest"].startswith("purse in 20")
    assert (figures()["covenant_headroom_min_musd"], figures()["covenant_tightest"]) == (None, None)


def test_shares_and_money_paid_ahead_are_flows_of_the_owners() -> None:
    """Flows to the owners, with all at the horizon, add up undiscounted to value less opening cash and what probability takes.

    New shares count at what is paid for them, not at what they are worth.
    """
    finance = capital.company().finance.model_dump() | {"discount_rate_fraction": 0}
    facts = Facts(book_of(capital.company(finance=finance), capital.plan()))
    flows = sum(musd for _, musd in facts.to_owners) + facts.at_horizon
    dearer = 14 / Fraction("0.95") - 14
    value = facts.book.state("equity_value")
    assert flows == value - 300 + facts.book.state("doubt_musd") + dearer


def of_wide() -> dict[str, Any]:
    """Key figures of the plan that uses every table."""
    return {kpi.name: kpi.value(Facts(wide.book())) for kpi in KPIS}


def test_the_cost_of_own_power_is_that_of_all_sites_and_years() -> None:
    """All M$ of the table `power_cost` by all its MWh; none without own use. It says that own generation is left out."""
    rows = list(cost.rows(wide.book()))
    musd, mwh = (sum(Fraction(row[name] or 0) for row in rows) for name in ("cost_musd", "own_mwh"))
    assert of_wide()["power_cost_usd_per_mwh"] == musd * 1_000_000 / mwh
    assert figures(by=Plan("sample"))["power_cost_usd_per_mwh"] is None
    assert "as if there were no own generation" in next(kpi.definition for kpi in KPIS if kpi.name == "power_cost_usd_per_mwh")


def test_generation_and_power_credits_by_hand() -> None:
    """Exports left out, alpha's own plants give 6 MW in 220.8 h, then 18 in 878.4 and 3 in 7905.6. Response: 12 MW a quarter, 20 a year."""
    found, energy = of_wide(), Facts(wide.book()).energy
    made = 6 * Fraction("220.8") + 18 * Fraction("878.4") + 3 * Fraction("7905.6")
    assert found["generation_share_fraction"] == made / (energy["own_mwh"] + energy["tenant_mwh"])
    assert energy["tenant_mwh"] == Fraction("30.6") * 24 * (92 + 366 + 365 + 365)
    assert found["response_revenue_musd"] == Fraction("0.92")
    exports = 5 * Fraction("878.4") * Fraction("145.5") + 8 * 2 * 876 * 150
    assert found["power_credits_musd"] == Fraction("0.92") + (4 * 876 * Fraction("146.5") + exports) / 1_000_000
    assert [figures()[name] for name in ("generation_share_fraction", "response_revenue_musd", "power_credits_musd")] == [None] * 3


def test_sizes_of_the_plan_that_uses_every_table() -> None:
    """Guests of 5 MW leave with 2027; the old cluster lives to July 2031; revenue shares leave out 7 M$ of gamma and used machines."""
    found, of = of_wide(), wide.book()
    assert [found[f"it_mw_{name}"] for name in ("hosting_start", "hosting_end", "hpc_start", "hpc_end")] == [5, 0, 10, 10]
    earned = sum(e.musd for e in of.ledger.entries if e.account == "revenue" and e.cause not in ("resale", "sale"))
    rent = sum(e.musd for e in of.ledger.entries if (e.account, e.cause) == ("revenue", "lease"))
    assert found["revenue_share_colocation_fraction"] == rent / earned
    shorter = whole().with_("gpu_models.gb300.life_months", 48)
    assert Facts(book_of(shorter, wide.plan())).end_mw["hpc", False] == 0


def test_what_stays_with_the_sites_counts_in_the_development_margin() -> None:
    """Conversion, hall, upgrades, breaker, three generators, a site and the transformer due; not machines nor their due.

    The lease fills one and a half modules of the AI hall, on which 1 % of 120 M$ is paid each year.
    """
    late = {"id": "late", "site": "alpha", "item": "s23", "it_mw": 5.0, "in_service": "2027-08", "due_musd": 3.0}
    of = book_of(whole(opening=[*whole().opening, late]), wide.plan())
    built = 165 + 12 + 5 + 1 + Fraction("0.2") + 24 + 14 + Fraction("24.72") + 4 + Fraction("2.1")
    worth = (30 * Fraction("1.8") * Fraction("0.9") - Fraction("1.5") * Fraction("1.2")) / Fraction("0.07")
    margin = next(kpi for kpi in KPIS if kpi.name == "development_margin_usd_per_w").value(Facts(of))
    assert margin == (worth - built) / (180 + 50 + 42)


def test_the_rate_of_return_counts_bitcoin_and_security_at_the_end() -> None:
    """What is held besides cash at the horizon: 40 BTC, and security while it is posted."""
    grid = [row.model_dump() | ({"security_months": 24} if row.id == "upgrade" else {}) for row in whole().grid]
    of = book_of(whole(grid=grid), wide.plan())
    owed = of.state("debt_musd", "loan", "2030")
    assert Facts(of).at_horizon == of.state("terminal_value_musd") - of.state("exit_tax_musd") - owed + Fraction("3.6") + 2


def test_terminal_share_by_hand() -> None:
    """Undiscounted: (terminal value - exit tax) / equity value; with nothing left at the horizon it is zero."""
    of = book_of(instance(finance={"discount_rate_fraction": 0}), plan())
    share = (of.state("terminal_value_musd") - of.state("exit_tax_musd")) / of.state("equity_value")
    assert figures(finance={"discount_rate_fraction": 0})["terminal_share_fraction"] == share
    assert figures(finance={"exit_cost_fraction": 1})["terminal_share_fraction"] == 0


def test_liquidity_by_hand() -> None:
    """Cash is lowest in 2027Q3 before rents begin to pay; the floor is 10 M$. 41.5 M$ of the limit stay unused.

    In 2027Q3 the bank funds 60 % of capex less the 8.5 M$ that are drawn: far less than that.
    """
    found = figures()
    assert found["minimum_cash_period"] == "2027Q3"
    assert found["minimum_cash_musd"] == certificate().ledger.states["cash_musd"]["2027Q3",]
    assert found["cash_headroom_musd"] == found["minimum_cash_musd"] - 10
    assert found["limit_not_used_min_musd"] == Fraction("41.5")
    assert found["drawable_at_minimum_cash_musd"] == Fraction("0.6") * book().total("capex", "2027Q3") - Fraction("8.5")
    assert found["drawable_at_minimum_cash_musd"] < Fraction("41.5")


def test_the_first_of_equal_lows_is_named() -> None:
    """Nothing flows: cash is the same at the end of every period, and the first one is named."""
    idle = instance(sites=[], grid=[], equipment=[], slots=[], opening=[], leases=[], lease_sites=[], conversions=[], debt=[],
                    finance={"overhead_musd_per_year": 0})  # fmt: skip
    found = {kpi.name: kpi.value(Facts(book_of(idle, Plan("sample")))) for kpi in KPIS}
    assert (found["minimum_cash_period"], found["minimum_cash_musd"]) == ("2027Q1", 150)
    assert (found["peak_capex_year"], found["limit_not_used_min_musd"], found["debt_to_ebitda_max"]) == (None, None, None)
    assert found["drawable_at_minimum_cash_musd"] is None
    assert (found["equity_usd_per_w_it"], found["irr_fraction"], found["revenue_share_hpc_fraction"]) == (None, None, None)


def test_leverage_by_hand() -> None:
    """Month 12: 18.5 M$ of debt on the EBITDA of 2027. Later the debt is 14.5 and EBITDA larger, so this is the peak."""
    found, of = figures(), book()
    ebitda = sum(of.total("revenue", t) - of.total("operating", t) for t in ("2027Q1", "2027Q2", "2027Q3", "2027Q4"))
    assert found["debt_to_ebitda_max"] == Fraction("18.5") / ebitda
    assert figures(by=plan(drawn_musd={}, repaid_musd={}))["debt_to_ebitda_max"] is None
    assert figures(finance={"overhead_musd_per_year": 500})["debt_to_ebitda_max"] == "not covered in 2027Q4"


def test_sales_of_sites_and_machines_are_not_in_ebitda() -> None:
    """2029 brings 7 M$ for gamma less 0.3 of closing cost, 2028 used machines: debt is held against the business without them."""
    of = wide.book()
    facts, used = Facts(of), 30 * Fraction(5) / Fraction("17.5")
    for label, brought in (("2028", used), ("2029", 7 - Fraction("0.3")), ("2030", Fraction(0))):
        period = of.calendar.by_label[label]
        assert facts.trailing_ebitda(period) == of.total("revenue", label) - of.total("operating", label) - brought
    assert "sales of sites and machines are not" in next(kpi.definition for kpi in KPIS if kpi.name == "debt_to_ebitda_max")


def test_per_watt_figures_count_dependable_power_of_own_generation() -> None:
    """180 + 50 utility MW in 2030, with diesels of 10, gas of 16 at alpha and of 16 at beta: 272 MW, of which the sun is none."""
    found = of_wide()
    assert (found["utility_mw_end"], found["gross_mw_end"]) == (230, 272)
    assert found["equity_usd_per_w_gross"] == found["equity_value_musd"] / 272


def test_trailing_ebitda_takes_the_share_of_a_long_period() -> None:
    """The last twelve months of 2029-2030 are half of it; before month 12 there is none."""
    of = book()
    facts, (*_, last) = Facts(of), of.periods
    assert facts.trailing_ebitda(last) == (of.total("revenue", "2029-2030") - of.total("operating", "2029-2030")) / 2
    assert facts.trailing_ebitda(of.periods[2]) is None


def test_payback_is_the_year_in_which_the_running_total_turns() -> None:
    """The sample invests in 2027 and has its money back in the period that ends in 2030; with dearer halls never."""
    assert figures()["payback_year"] == "2030"
    assert figures(finance={"overhead_musd_per_year": 60})["payback_year"] is None


def test_irr_makes_the_flows_worth_nothing() -> None:
    """At the rate found, the flows to the owners and the value at the horizon discount to zero; opening cash has no part in it."""
    rate, of = figures()["irr_fraction"], book()
    left = of.state("terminal_value_musd") - of.state("exit_tax_musd") - Fraction("14.5")
    flows = [(period.first + period.months / 2, float(musd)) for period, musd in Facts(of).to_owners] + [(48, float(left))]
    assert sum(musd * (1 + rate) ** (-months / 12) for months, musd in flows) == pytest.approx(0, abs=1e-6)
    assert figures(finance={"opening_cash_musd": 500})["irr_fraction"] == pytest.approx(rate, rel=1e-12)


@pytest.mark.parametrize(("flows", "rate"), [
    ([(0, -100), (1, 110)], 0.1),
    ([(0, -100), (1, 0), (2, 144)], 0.2),
    ([(0, -100), (1, 50)], -0.5),
    ([(0, -0.001), (0.5, 0), (1, 0.0011)], 0.1),
    ([(0, -100), (1, 230), (2, -132)], None),       # 10 % and 20 %: two rates
    ([(0, -100), (1, 121), (2, -12.1)], 0.1),        # two changes, but the running total turns once: one rate above zero
    ([(0, 100), (1, 10)], None),
    ([(0, -100), (1, -10)], None),
    ([(0, 0), (1, 0)], None),
])  # fmt: skip
def test_a_rate_of_return_is_given_only_when_it_is_the_only_one(flows: list[tuple[float, float]], rate: float | None) -> None:
    """One change of sign, or one of the running total, means one rate; otherwise none is given."""
    found = single_rate(flows)
    assert found == (None if rate is None else pytest.approx(rate, abs=1e-5))


@pytest.mark.parametrize(("noi", "published", "low", "high"), [(1.176, 5.19, 4.4, 6.0), (1.411, 7.81, 6.6, 9.0)])
def test_development_margin_agrees_with_what_was_published(noi: float, published: float, low: float, high: float) -> None:
    """K13, K14: a leased 100 MW shell at 5.19 (hyperscaler) and 7.81 USD per W (neocloud), within the bands that fitted inputs allow.

    75 MW of IT on 100 MW of utility power, NOI of the first year per MW, at 6.75 %, 10.5 M$ per MW; no time, tax or overhead.
    """
    hall = {"id": "shell", "product": "powered_shell", "module_it_mw": 75, "pue_peak": 1.0, "pue_average": 1.0,
            "capex_musd_per_module": 75 * 10.5}  # fmt: skip
    lease = {"id": "tenant", "tenant": "Tenant", "product": "powered_shell", "it_mw": 75, "ready_by": "2027-01", "term_months": 180,
             "rent_usd_per_kw_month": noi * 1000 / 12, "cap_rate_fraction": 0.0675}  # fmt: skip
    shell = instance(
        sites=[{"id": "site", "market": "ercot", "land_it_mw": 100}], halls=[hall],
        leases=[lease], lease_sites=[{"lease": "tenant", "site": "site"}],
        grid=[{"id": "meter", "site": "site", "kind": "energised", "mw": 100, "from_month": "2027-01"}],
        equipment=[], slots=[], opening=[], conversions=[], asic_models=[], gpu_models=[], gpu_market=[],
    )  # fmt: skip
    built: Any = {("site", "shell", "2027Q1"): 1}
    started: Any = {("tenant", "site", "shell", "2027Q1"): 1}
    of = book_of(shell, Plan("sample", {"built_modules": built, "started": started}))
    margin = next(kpi for kpi in KPIS if kpi.name == "development_margin_usd_per_w").value(Facts(of))
    assert isinstance(margin, Fraction)
    assert low <= margin <= high
    assert float(margin) == pytest.approx((noi / 0.0675 - 10.5) * 0.75)
    assert float(margin) == pytest.approx(published, abs=0.01)


def test_development_margin_needs_a_cap_rate_for_each_lease() -> None:
    """Without a lease, or with one that has no cap rate, there is none; capex of machines has no part in it."""
    worth = Fraction(0)
    for mw, rent, direct, cap in ((10, 130, "0.9", "0.07"), (20, 130, "0.95", "0.08")):
        worth += mw * (Fraction(rent * 12, 1000) * Fraction(direct) - Fraction("0.02")) / Fraction(cap)
    assert figures()["development_margin_usd_per_w"] == (worth - 70 - 12 - 4 - 2) / 130
    assert figures(by=plan(started={}))["development_margin_usd_per_w"] is None
    leases = [lease.model_dump() | {"cap_rate_fraction": None} for lease in instance().leases]
    assert figures(finance={"terminal_method": "contract"}, leases=leases)["development_margin_usd_per_w"] is None


def test_the_table_of_key_figures() -> None:
    """Numbers stand in `value`, text in `text`, and what does not exist is `none`, never a number."""
    frame = kpis(instance(), plan(), certificate().ledger).set_index("kpi")
    assert list(frame.columns) == ["value", "text", "unit", "definition"]
    assert frame.loc["capex_total_musd", "value"] == 126
    assert frame.loc["capex_total_musd", "text"] == ""
    assert frame.loc["minimum_cash_period", "text"] == "2027Q3"
    bare = kpis(instance(), Plan("sample"), book_of(instance(), Plan("sample")).ledger).set_index("kpi")
    assert bare.loc["debt_to_ebitda_max", "text"] == "none"
    assert bare["value"].isna().sum() == (bare["text"] != "").sum()
