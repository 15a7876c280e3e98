"""The page of a company that uses everything: orders of every kind, power, and what is bought, sold, moved, hosted and kept."""

from __future__ import annotations

from planner.plan import Plan
from planner.report import plain
from planner.report.words import mw
from tests.example import whole
from tests.report.test_page import HEADINGS, RUN, part, words
from tests.tables import wide
from tests.tables.sample import run_of

WIDE = wide.run()


def test_a_company_that_uses_everything_has_three_sections_more() -> None:
    """What is on order after what to sign; power and what is bought, sold, moved, hosted and kept, after the megawatts."""
    found = [line for line in plain(WIDE).splitlines() if line and not line.startswith(" ")][2:]
    more = [HEADINGS[0], "On order at the start", HEADINGS[1], "Power", "Sites, machines and bitcoin", *HEADINGS[2:]]
    assert [heading for heading, line in zip(more, found, strict=True) if line.startswith(heading)] == more


def test_sign_now_names_every_kind_of_order_and_what_it_brings() -> None:
    """Of the wide plan: a cancellation that saves 2.1 M$, moves that cost 0.05 and 0.1, a site; what comes later is not there."""
    section = words(part(WIDE, "Sign now"))
    for order in ("Cancel main_tx alpha 1 unit 2027-01 2028-01 0.0 0.0 2.1", "Breaker breaker alpha 1 unit 2027-01 2027-07 0.1 0.2 -",
                  "Move out s21 alpha 5 MW 2027-01 2027-01 0.0 0.0 -0.1", "Move in s21 gamma 5 MW 2027-04 2027-04 0.0 0.0 -0.1",
                  "Rebuild refit alpha 1 lot 2027-01 2027-10 110.0 165.0 -", "Generator gas alpha 1 unit 2027-01 2028-01 7.2 24.0 -",
                  "Buy site beta beta 1 site 2027-04 2027-04 4.0 4.0 -"):  # fmt: skip
        assert order in section, order
    assert "what a sale brings or a cancellation saves" in section
    assert "Take delivery" not in section
    assert "Other" not in part(RUN, "Sign now")


def test_sign_now_names_contracts_sales_and_what_is_due_besides() -> None:
    """A plan of one period: gamma closed for nothing, an offer accepted, notice given, machines resold, 4.2 M$ due on transformers."""
    sites = [row.model_dump() | ({"sale_musd_per_mw": 0.0} if row.id == "gamma" else {}) for row in whole().sites]
    months = [{"months": 12, "count": 4}]
    opening = [row.model_dump() | ({"in_service": "2027-08"} if row.id == "next_tx" else {}) for row in whole().opening]
    by = Plan("whole", {"sold": {("gamma", "2028"): 1}, "accepted": {("offer",): 1}, "ended": {("guest", "2028"): 1},
                        "resold_mw": {("alpha", "s21", "2029-01", "2028"): 3}})  # fmt: skip
    section = words(part(run_of(whole(sites=sites, periods=months, opening=opening), by), "Sign now"))
    for order in ("Close site gamma gamma 1 site 2028-01 2028-01 0.0 0.0 -0.3", "Accept PPA offer alpha 10 MW 2027-10 2027-10",
                  "End hosting guest gamma 5 MW 2027-10 2028-01", "Sell machines s21 alpha 3 MW 2028-01 2028-01 0.0 0.0 0.9"):  # fmt: skip
        assert order in section, order
    assert "Due besides on what was ordered before the plan: 4.2 M$." in section
    assert "Sell site" in part(run_of(whole(periods=months), by), "Sign now")


def test_power_by_source_and_use() -> None:
    """Alpha and gamma of the wide plan; a line without energy in any period is left out, and so is what is not paid."""
    lines = [words(line) for line in part(WIDE, "Power").splitlines()]
    energy = WIDE.tables["energy"].groupby("period")[["ppa_mwh", "exported_mwh"]].sum() / 1000
    assert lines[1] == "GWh 2027Q1 2027Q2 2027Q3 2027Q4 2028 2029 2030"
    assert "Own generation - - - 1.3 43.9 7.0 7.0" in lines
    assert "Exported - - - - 4.4 7.0 7.0" in lines
    assert f"PPAs {' '.join(mw(energy.loc[label, 'ppa_mwh']) for label in wide.LABELS)}" in lines
    kpi = WIDE.tables["kpis"].set_index("kpi")["value"]
    section = words(part(WIDE, "Power"))
    assert f"Own energy costs {kpi['power_cost_usd_per_mwh']:.2f} USD per MWh over the plan, all in" in section
    assert f"Own generators make {100 * kpi['generation_share_fraction']:.1f} % of what is drawn" in section
    assert f"Power credits: {kpi['power_credits_musd']:.1f} M$, 0.9 M$ of it for demand response." in section
    assert "plus charges; own generation is left out, what it earns stands in the value of power." in section
    assert "Take or pay: 43.9 GWh of PPAs are paid for but not taken in 2028, for 1.3 M$." in section
    bare = part(run_of(whole(), Plan("whole")), "Power")
    assert "Exported" not in bare
    assert "Power credits" not in bare


def test_take_or_pay_says_over_which_years() -> None:
    """Nothing is taken: 20 MW of wind for two and a half years, 438.5 GWh at 30 USD; offers that are not accepted cost nothing."""
    idle = run_of(whole(), wide.plan(accepted={}, taken_mw={}, remarketed_mw={}))
    assert "Take or pay: 438 GWh of PPAs are paid for but not taken from 2027 to 2029, for 13.2 M$." in words(part(idle, "Power"))


def test_charges_may_bring_money() -> None:
    """One charge in 2028 only: the meter shows 14.36 - 18 MW at the peak, as the plants serve tenants; 214 days at 5,000 USD."""
    bill = {"id": "capacity", "site": "alpha", "kind": "coincident", "block": "peak", "usd_per_mw_day": 5000.0, "from_month": "2028-06",
            "to_month": "2029-01"}  # fmt: skip
    section = words(part(run_of(whole(charges=[bill]), wide.plan()), "Power"))
    assert "Charges bring 3.9 M$: tenants pay theirs to the company" in section
    assert "Charges: " not in section


def test_power_over_years_is_summed_not_shown_at_its_end() -> None:
    """At 60 columns 2027 is one column: 20 MW of wind all year and the offer's last quarter, 175.2 + 22.1 GWh."""
    section = part(WIDE, "Power", 60)
    assert "2027Q1" not in section
    assert next(line.split()[1] for line in section.splitlines() if "PPAs" in line) == "197"
    assert "last period" not in section


def test_what_becomes_of_sites_machines_and_bitcoin() -> None:
    """Each in a line; nothing of the kind for a plan that leaves all as it is, but for the sites and the contract."""
    section = words(part(WIDE, "Sites, machines and bitcoin"))
    for line in ("beta: bought in 2027-04 for 4.0 M$.", "gamma: sold in 2029-01; that brings 6.7 M$ after closing cost.",
                 "Hosting guest: 5.0 MW at gamma until 2028-01, by notice in 2027-10.",
                 "Used machines sold: 35.0 MW in 2 sales for 10.0 M$.",
                 "Machines moved: 5.0 MW out, 5.0 MW in, for 0.2 M$.",
                 "Bitcoin kept: at most 50 BTC at the end of a period; 40 BTC at the end of the plan, worth 3.6 M$."):  # fmt: skip
        assert line in section, line
    still = words(part(run_of(whole(), Plan("whole")), "Sites, machines and bitcoin"))
    assert still.endswith("beta: on offer for 4.0 M$, not bought. gamma: for sale, kept. Hosting guest: 5.0 MW at gamma until 2029-01.")


def test_ratios_per_megawatt_count_own_generation_and_say_so() -> None:
    """Alpha in 2030: 180 utility MW and 26 dependable ones for 40 IT MW; 272 MW of all sites carry the value per watt."""
    section = words(part(WIDE, "Value"))
    worth = WIDE.tables["kpis"].set_index("kpi")["value"]["equity_value_musd"] / 272
    assert f"Per watt: {worth:.2f} USD of gross power (grid and own dependable MW), " in section
    assert "Gross MW per IT MW in use in 2030 (grid and own dependable MW): alpha 5.15." in section
    assert "1.25 to 1.52 gross MW per IT MW" in section
    assert "tility" not in section
    bare = words(
        part(run_of(whole(opening=[row for row in whole().opening if row.id != "backup"]), wide.plan(commissioned_units={})), "Value")
    )
    assert "USD of utility power" in bare
    assert "Utility MW per IT MW in use in 2030: alpha 4.50." in bare


def test_security_and_new_parts_of_the_value_are_shown_where_they_are_used() -> None:
    """2 M$ away from July 2027 until 2029; hosting and power have a line each, and none where the instance has no such tables."""
    lines = [words(line) for line in part(WIDE, "Liquidity low").splitlines()]
    assert "Security posted 0.0 0.0 2.0 2.0 2.0 0.0 0.0" in lines
    assert "Security posted" not in part(RUN, "Liquidity low")
    for name in ("Hosted machines", "Power: own supply, demand response and charges, against spot"):
        assert name in part(WIDE, "Value")
        assert name not in part(RUN, "Value")


def test_own_generation_and_hosted_machines_have_lines_among_the_megawatts() -> None:
    """Diesels of 10 MW from the start, gas and sun in 2028; gamma hosts 5 MW at the opening; beta has no grid before it is bought."""
    section = [words(line) for line in part(WIDE, "IT MW by use").splitlines()]
    alpha, gamma, beta = section.index("alpha"), section.index("gamma"), section.index("beta")
    assert "Own generation, MW 10.0 10.0 10.0 10.0 10.0 45.0 45.0 45.0" in section[alpha:gamma]
    assert "Hosted machines 5.0 5.0 5.0 5.0 5.0 - - -" in section[gamma:]
    assert "Grid, utility MW - - 40.0 40.0 40.0 50.0 50.0 50.0" in section[beta:]
