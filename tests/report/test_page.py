"""The page of a plan: its sections in order, what each says, and that nothing in the data can bend it."""

from __future__ import annotations

import dataclasses
import io
import re
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from rich.console import Console

from planner.check import Certificate, Violation
from planner.plan import Plan
from planner.report import page, plain, show, show_certificate
from planner.report.words import clean, musd
from planner.rules import RULES
from planner.runs import Run
from tests.tables.sample import LABELS, certificate, instance, limits, plan, run, run_of

RUN = run()
HEADINGS = ["Sign now", "IT MW by use and site", "Liquidity low", "Value", "What binds", "Leases", "How far from the best", "Certificate"]


def part(of: Run, heading: str, width: int = 100) -> str:
    """One section of the plain page."""
    lines = plain(of, width).splitlines()
    begin = next(i for i, line in enumerate(lines) if line.startswith(heading))
    end = next((i for i, line in enumerate(lines[begin + 1 :], begin + 1) if line and not line.startswith(" ")), len(lines))
    return "\n".join(lines[begin:end])


def words(of: str) -> str:
    """Text with line breaks and runs of blanks as one blank."""
    return " ".join(of.split())


def test_the_eight_sections_come_in_order() -> None:
    """(a) to (h), as a finance officer reads them; a company that buys all power at spot and trades no site or machine has no others."""
    found = [line for line in plain(RUN).splitlines() if line and not line.startswith(" ")][2:]
    assert [heading for heading, line in zip(HEADINGS, found, strict=True) if line.startswith(heading)] == HEADINGS


def test_sign_now_holds_the_orders_of_the_first_two_periods() -> None:
    """Six orders up to June 2027, not the GPUs of July; due then: 8, 12, 0.6, 33.3, 1 and 10 M$ of 96 in all."""
    section = part(RUN, "Sign now")
    assert section.startswith("Sign now: orders due in 2027Q1 and 2027Q2")
    rows = {line.split()[0] + " " + line.split()[1]: line.split()[-2:] for line in section.splitlines()[3:9]}
    assert rows == {"Buy machines": ["8.0", "8.0"], "Convert refit": ["12.0", "12.0"], "Transformer tr40": ["0.6", "2.0"],
                    "Build shell": ["33.3", "50.0"], "Grid upgrade": ["1.0", "4.0"], "Build room": ["10.0", "20.0"]}  # fmt: skip
    assert "Total 64.9 96.0" in words(section)
    assert "b200" not in section
    assert "1 module " in section
    assert "1 lease not signed yet: option (20.0 MW, beta, from 2027-10)" in words(section)


def test_sign_now_without_early_orders_names_the_first_order() -> None:
    """A plan that only buys GPUs in July 2027 has nothing to sign before; an empty plan has nothing at all."""
    late = run_of(instance(), plan(built_modules={}, converted_lots={}, bought_mw={}, upgraded={}, delivered_units={}, started={}))
    assert "Nothing has to be ordered in 2027Q1 and 2027Q2. The first order is due by 2027-07." in words(part(late, "Sign now"))
    assert "Nothing is ordered later either." in words(part(run_of(instance(), Plan("sample")), "Sign now"))


def test_megawatts_by_use_and_site_at_the_opening_and_by_period() -> None:
    """The company first, then its sites, the larger one first; every period fits, so every period is shown."""
    lines = [line.split() for line in part(RUN, "IT MW by use").splitlines()]
    assert lines[1] == ["Site", "and", "use", "Opening", *LABELS]
    names = [" ".join(line) for line in lines if line in (["All", "2", "sites"], ["alpha"], ["beta"])]
    assert names == ["All 2 sites", "alpha", "beta"]
    assert ["Hashing", "40.0", "40.0", "40.0", "40.0", "40.0", "30.0", "20.0"] in lines
    assert ["Leases,", "signed", "-", "-", "-", "10.0", "10.0", "10.0", "10.0"] in lines
    assert ["Leases,", "unsigned", "-", "-", "-", "-", "20.0", "20.0", "20.0"] in lines
    assert ["HPC,", "own", "GPUs", "-", "-", "-", "-", "-", "5.0", "5.0"] in lines
    assert ["All", "halls", "50.0", "50.0", "40.0", "50.0", "78.0", "68.0", "68.0"] in lines
    assert ["Grid,", "utility", "MW", "110", "110", "110", "110", "130", "130", "130"] in lines


def test_a_use_that_does_not_occur_has_no_line() -> None:
    """Nothing decided: idle halls, all halls and the grid; what is energised later is not there at the opening."""
    of = instance().with_("grid.beta_now.from_month", "2028-01")
    lines = [line.split() for line in part(run_of(of, Plan("sample")), "IT MW by use").splitlines()]
    company = lines[lines.index(["All", "2", "sites"]) + 1 : lines.index(["alpha"])]
    assert [" ".join(line[:2]) for line in company] == ["Hashing 40.0", "Idle halls", "All halls", "Grid, utility"]
    assert company[-1][3:] == ["80.0", "80.0", "80.0", "80.0", "80.0", "110", "110"]


def test_the_larger_site_comes_first() -> None:
    """By the IT MW that ever stand there, not by name or order; its grid does not count."""
    counts = {"mine_a": 1, "mine_b": 4}
    opening = [row.model_dump() | ({"count": counts[row.id]} if row.id in counts else {}) for row in instance().opening]
    lines = part(run_of(instance(opening=opening), Plan("sample")), "IT MW by use").splitlines()
    assert [line.strip() for line in lines if line.strip() in ("alpha", "beta")] == ["beta", "alpha"]


def test_an_order_that_costs_nothing_is_signed_too() -> None:
    """Retiring a module now is an order of 0.0 M$."""
    section = part(run_of(instance(), Plan("sample", {"retired_modules": {("mine_a", "2027Q1"): 1}})), "Sign now")
    assert "Retire mine alpha 1 module 2027-01 2027-01 0.0 0.0" in words(section)


def test_liquidity_low_says_when_how_much_and_headroom() -> None:
    """Lowest in 2027Q3, its distance to the floor of 10 M$; the bank adds 60 % of capex less 8.5 M$, not the 41.5 M$ of its limit."""
    low = float(certificate().ledger.states["cash_musd"]["2027Q3",])
    section = words(part(RUN, "Liquidity low"))
    assert f"Cash is lowest at the end of 2027Q3: {low:,.1f} M$, {low - 10:,.1f} M$ above the floor of 10.0 M$." in section
    capex = float(-RUN.tables["cash_flow"].set_index("period").filter(like="capex").loc["2027Q3"].to_numpy().sum())
    assert f"Debt that can still be drawn then: {musd(0.6 * capex - 8.5)} M$: lenders fund" in section
    assert f"so {musd(50 - 0.6 * capex)} M$ of their limits stay out of reach." in section
    ample = run_of(instance().with_("debt.bank.limit_musd", 20), plan())
    assert "Debt that can still be drawn then: 1.5 M$." in words(part(ample, "Liquidity low"))
    below = words(part(run_of(instance(finance={"cash_floor_musd": 100}), plan()), "Liquidity low"))
    assert f"WARNING: Cash is lowest at the end of 2027Q3: {low:,.1f} M$, {100 - low:,.1f} M$ BELOW the floor" in below


def test_value_is_split_and_adds_up() -> None:
    """Signed, unsigned, hashing, HPC, shared, and their sum; the share beyond the horizon; USD per W."""
    section = part(RUN, "Value")
    numbers = [float(line.split()[-1].replace(",", "")) for line in section.splitlines()[3:8]]
    assert sum(numbers) == pytest.approx(float(certificate().value_musd), abs=0.3)
    assert f"Equity value {float(certificate().value_musd):,.1f}" in words(section)
    assert "Leases still to be signed count in full" in section
    kpis = RUN.tables["kpis"].set_index("kpi")["value"]
    assert f"(terminal value after exit cost and tax): {100 * kpis['terminal_share_fraction']:.1f} %." in words(section)
    assert f"Per watt: {float(certificate().value_musd) / 130:.2f} USD of utility power" in section


@pytest.mark.parametrize(("mw", "warned"), [(80, True), (34, True), (33, False), (30, False), (29, True)])
def test_utility_per_it_outside_the_band_is_warned_of(mw: float, warned: bool) -> None:
    """Alpha uses 25 IT MW: 10 of mining, which draw 10.5 MW, and 15 of AI. What is left for them is within 1.25 to 1.52 of 15 MW from
    29.25 to 33.3 MW of grid. Beta's AI halls are outside anyway: (50 - 10.5) / 20."""
    of = run_of(instance().with_("grid.alpha_now.mw", mw), plan())
    section = words(part(of, "Value"))
    assert f"IT MW in use in 2029-2030: alpha {mw / 25:.2f}, beta 1.67." in section
    assert "WARNING: AI campuses run at 1.25 to 1.52 utility MW per IT MW; AI halls outside that: " in section
    assert (f"outside that: alpha {(mw - 10.5) / 15:.2f}, beta 1.98." in section) == warned


def test_a_mine_outside_the_band_is_no_reason_to_warn() -> None:
    """Without tenants or clusters the ratio is printed, not warned of; a site without any use has none."""
    mining = run_of(instance(), plan(started={}, deployed_clusters={}, sold_mw={}))
    assert "WARNING" not in part(mining, "Value")
    assert "Utility MW per IT MW in use in 2029-2030: alpha 8.00, beta 5.00." in words(part(mining, "Value"))
    assert "Utility MW per" not in part(run_of(instance(), Plan("sample")), "Value")


def test_what_binds_is_said_in_plain_words() -> None:
    """One line per limit, as the table has them, with the first period and how many follow; what counts whole things has no price."""
    section = words(part(RUN, "What binds"))
    assert "grid connection alpha 2027Q4 and 1 more 1.25 M$ per MW delivery slots of the equipment supplier tr40 2027 a new" in section
    assert "One more of a limit that is reached in several" in section
    without = {name: frame for name, frame in RUN.tables.items() if name != "binding"}
    assert "Not computed" in part(dataclasses.replace(RUN, tables=without), "What binds")
    assert "No limit holds the plan back" in part(dataclasses.replace(RUN, tables=without | {"binding": limits()[:0]}), "What binds")


def test_what_binds_keeps_room_for_whole_things() -> None:
    """Of 20 priced limits and 7 that stop whole things ten stand on the page, five of each; what was left unpriced is in the table only."""
    columns = list(limits().columns)
    dear = [("grid_limit", "6.4", f"p{i:02}", "", "2027Q4", 1, "MW", 30.0 - i, True) for i in range(20)]
    whole = [("slot_limit", "6.8", "", f"t{i:02}", "2027", 1, "units", 0.0, False) for i in range(7)]
    rest = [("grid_limit", "6.4", "unpriced", "", "2027Q4", 1, "MW", 0.0, False)]

    def page(rows: list[Any]) -> str:
        tables = dict(RUN.tables) | {"binding": pd.DataFrame(rows, columns=columns)}
        return words(part(dataclasses.replace(RUN, tables=tables), "What binds"))

    crowded = page([*dear, *whole, *rest])
    assert [name for name in ("p00", "p04", "p05", "t00", "t04", "t05", "unpriced") if name in crowded] == ["p00", "p04", "t00", "t04"]
    assert "18 limits more" in crowded
    calm = page([*dear[:9], *whole[:1], *rest])
    assert [name for name in ("p08", "t00", "unpriced") if name in calm] == ["p08", "t00"]


def test_each_lease_has_its_dates_and_float() -> None:
    """Ready-by, delivered, months of float; late is said, and so is not taken."""
    lines = [words(line) for line in part(RUN, "Leases").splitlines()]
    taken = ["anchor {=1+1} signed alpha 10.0 2027-06 2027-07 1 late 2037-06 0.100",
             "option '@cmd loi beta 20.0 2028-01 2027-10 3 2042-09 -"]  # fmt: skip
    assert lines[-3:] == [*taken, "spare Third, Inc. pipeline 30.0 2029-01 not taken -"]
    reordered = instance(leases=instance().leases[::-1])
    assert [words(line) for line in part(run_of(reordered, plan()), "Leases").splitlines()][-3:] == [*taken[::-1], lines[-1]]
    none = run_of(instance(leases=[], lease_sites=[]), plan(started={}))
    assert "no leases" in part(none, "Leases")


def test_penalties_have_a_column_only_when_one_is_paid() -> None:
    """The anchor is a month late; without a penalty per month the column is left away."""
    assert "Penalty" in part(RUN, "Leases")
    section = part(run_of(instance().with_("leases.anchor.penalty_usd_per_mw_month", 0), plan()), "Leases")
    assert "Penalty" not in section
    assert "2028-01 2027-10 3 2042-09" in words(section)


def test_a_signed_lease_of_the_first_month_is_leased_at_the_opening() -> None:
    """A tenant who is there from January 2027, in a shell that stands, is no idle hall; the line below says what counts."""
    opening = [*instance().opening, {"id": "shell_a", "site": "alpha", "item": "shell", "count": 1, "in_service": "2025-01"}]
    by = plan(started={("anchor", "alpha", "shell", "2027Q1"): 1})
    section = part(run_of(instance(opening=opening), by), "IT MW by use")
    assert ["Leases,", "signed", *["10.0"] * 7] in [line.split() for line in section.splitlines()]
    assert "the signed leases delivered in that month" in words(section)


def test_the_gap_says_what_it_leaves_undecided() -> None:
    """2 M$ below the bound; leases that earn less by themselves are named; no bound and no gap are said as such."""
    worth = float(certificate().value_musd)
    section = words(part(RUN, "How far"))
    assert f"Gap 2.00 M$ (0.46 %): by the solver's bound no plan is worth more than {worth + 2:,.1f} M$." in section
    assert "Each lease taken earns more by itself" in section
    wide = words(part(run(bound_musd=worth + 200), "How far"))
    assert "Leases taken that earn less than this by themselves: anchor." in wide
    assert "no plan is worth more" in part(run(bound_musd=worth), "How far")
    assert "is not known" in part(run(bound_musd=None), "How far")


def test_the_certificate_names_rules_versions_and_hashes() -> None:
    """Kinds of rules, violations, versions, options, seconds and hashes; options that are not set are left out."""
    section = words(part(RUN, "Certificate"))
    assert f"Kinds of rules: {len(RULES)}, violations: 0." in section
    for fact in ("Versions: python 3.11.", "Solver highs: gap_fraction 0.0001.", "solve 1.5 s", f"instance {'a' * 12}, model {'b' * 12}."):
        assert fact in section
    assert "WARNING: this plan was not checked." in part(run(certificate=None), "Certificate")


def broken() -> Run:
    """A plan that breaks two rules."""
    return run_of(instance(), plan(delivered_units={}, upgraded={}))


def test_a_broken_plan_says_so_at_the_top_loudly() -> None:
    """Before anything else, in words and by rule, and the headline shows no value."""
    of = broken()
    assert of.certificate is not None
    text = plain(of)
    assert text.index("CHECK FAILED") < text.index("sample") < text.index("Sign now")
    assert f"{len(of.certificate.violations)} violations. DO NOT USE THIS PLAN" in text
    assert "(6.4) grid connection." in text
    assert "its figures mean nothing" in text
    assert "Equity value" not in text[: text.index("Sign now")]
    assert "violations: 0" not in text
    assert "CHECK FAILED" not in plain(RUN)


@pytest.mark.parametrize(
    ("rule", "words"), [("upgraded", "a decision that cannot be taken so"), ("cash_balance", "the statements do not tie")]
)
def test_what_is_no_rule_is_a_decision_or_the_books(rule: str, words: str) -> None:
    """A decision out of its range, or an identity that the checker's own books break."""
    off = Violation("8.6", rule, ("2027Q1",), Fraction(1), "M$", "Off.")
    found = dataclasses.replace(certificate(), ok=False, violations=(off,))
    assert f"(8.6) {words}. Off." in " ".join(plain(run(certificate=found)).split())


def test_many_violations_are_counted_not_listed() -> None:
    """Ten are shown, the rest is counted."""
    found = tuple(Violation("6.4", "grid_limit", (f"s{i}",), Fraction(1), "MW", f"words {i}") for i in range(25))
    text = plain(run(certificate=Certificate(False, found, Fraction(1), certificate().ledger)))
    assert "words 9" in text
    assert "words 10" not in text
    assert "and 15 more" in text


def test_many_sites_and_orders_are_cut_with_a_word() -> None:
    """Thirty sites: the largest eight are shown, the others counted, and so are the smaller of more than twenty orders."""
    sites = [{"id": f"s{i:02}", "market": "ercot", "land_it_mw": 40} for i in range(30)]
    grid = [{"id": f"g{i:02}", "site": f"s{i:02}", "kind": "energised", "mw": 30, "from_month": "2020-01"} for i in range(30)]
    many = instance(sites=sites, grid=grid, opening=[], leases=[], lease_sites=[], conversions=[])
    built: Any = {(f"s{i:02}", "shell", "2027Q4"): 1 for i in range(30)} | {("s29", "room", "2027Q4"): 2}
    text = plain(run_of(many, Plan("sample", {"built_modules": built})))
    assert "All 30 sites" in text
    assert "... and 22 sites more, in tables/allocation.csv" in text
    assert "... and 11 smaller orders more, in tables/orders.csv" in text
    assert "Build room s29 2 modules 2027-04 2027-10 20.0 40.0" in words(text)
    assert "Total 520.0 790.0" in words(text)


MARKUP = "[red]x[/red] [link=http://e]y :smile: =1+1"


def test_names_cannot_bend_the_page() -> None:
    """Markup in the data stays as it is written."""
    of = run_of(instance(title=MARKUP).with_("leases.anchor.tenant", "[bold]Tenant[/bold]"), plan())
    text = plain(of)
    assert f"sample  {MARKUP}" in text
    assert "[bold]Tenant[/bold]" in text


def test_what_does_not_print_is_marked() -> None:
    """Escape codes, direction marks and line ends become question marks, so that no text leaves its place."""
    assert clean("a\x1b[2J\u202eb\nc\u00e9") == "a?[2J?b?c\u00e9"
    text = plain(run(versions={"python": "3\x1b[31m\n!!!"}))
    assert "\x1b" not in text
    assert "3?[31m?!!!" in text


def test_colour_adds_nothing_to_the_words() -> None:
    """The page in colour, its codes taken away, is the plain page."""
    console = Console(file=io.StringIO(), force_terminal=True, color_system="truecolor", width=100, highlight=False, legacy_windows=False)
    console.print(page(RUN))
    assert isinstance(console.file, io.StringIO)
    coloured = console.file.getvalue()
    assert "\x1b[" in coloured
    bare = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in bare.splitlines()] == plain(RUN).splitlines()


def test_show_prints_the_plain_page_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Into a file or a pipe goes text of 100 columns without colour; the certificate alone can be shown too."""
    show(RUN)
    assert capsys.readouterr().out == plain(RUN)
    show_certificate(certificate())
    assert "violations: 0" in capsys.readouterr().out
    failed = broken().certificate
    assert failed is not None
    show_certificate(failed)
    assert "CHECK FAILED" in capsys.readouterr().out
