"""Faults of leases in parts, running contracts, restricted cash and policies, and rows about capital that cannot matter."""

from __future__ import annotations

import pytest

from tests.instance.case import Folder

START = "finance:\n"
GPU_CONTRACTS = (
    "id,customer,stage,mandatory,gpu,it_mw,sites,delivered,decide_by,ready_by,term_months,usd_per_gpu_hour\n"
    "cloud,Example Labs,pipeline,no,gb300,5,,,,2028-01,36,2.5\n"
)
WORDS = "it cannot influence the plan: "


def settings(folder: Folder, line: str) -> None:
    """Add a line to the finance block."""
    folder.put("instance.yaml", folder.text("instance.yaml").replace(START, f"{START}  {line}\n"))


def column(folder: Folder, table: str, name: str, *cells: str) -> None:
    """Append a column to a table."""
    lines = folder.text(f"{table}.csv").splitlines()
    folder.put(f"{table}.csv", "".join(f"{line},{cell}\n" for line, cell in zip(lines, (name, *cells), strict=True)))


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("anchor,0,0.6\nanchor,6,0.3\n", "line 2, fraction: found a sum of 0.9 over the tranches of 'anchor'; allowed: 1"),
        ("anchor,3,0.6\nanchor,6,0.4\n", "line 2, months: found 3 for the first tranche of 'anchor'; allowed: 0: the lease starts with it"),
        ("anchor,0,0.6\nanchor,120,0.4\n", "line 3, months: found 120; allowed: less than term_months of 'anchor', 120"),
        ("ghost,0,1\n", "line 2, lease: found unknown 'ghost'; allowed: a lease: anchor, second"),
    ],
)
def test_tranches_are_all_of_a_lease_and_begin_with_it(folder: Folder, rows: str, words: str) -> None:
    folder.put("lease_deliveries.csv", f"lease,months,fraction\n{rows}")
    assert folder.problem() == f"lease_deliveries.csv {words}"


def test_whole_tranches_pass(folder: Folder) -> None:
    folder.put("lease_deliveries.csv", "lease,months,fraction\nanchor,0,0.5\nanchor,6,0.5\n")
    assert folder.problems() == []


def test_blocks_are_whole_parts(folder: Folder) -> None:
    column(folder, "leases", "block_it_mw", "6", "5")
    assert folder.problem() == "leases.csv line 2, block_it_mw: found 6; allowed: a whole part of it_mw, 20"


def test_a_hall_that_a_lease_insists_on_has_its_product(folder: Folder) -> None:
    column(folder, "lease_sites", "hall", "shell", "ai", "")
    assert folder.problem() == (
        "lease_sites.csv line 2, hall: found 'shell', of product powered_shell; "
        "allowed: a hall type of product turnkey, as 'anchor' needs, or blank"
    )


def test_only_a_signed_lease_has_a_break_fee(folder: Folder) -> None:
    column(folder, "leases", "break_fee_musd", "5", "")
    assert folder.problem() == "leases.csv line 2, break_fee_musd: found 5; allowed: blank, but for a signed lease that is not mandatory"


def test_what_is_signed_is_certain(folder: Folder) -> None:
    folder.cell("leases", 2, "stage", "signed")
    column(folder, "leases", "probability_fraction", "0.9", "0.9")
    assert folder.problem() == "leases.csv line 2, probability_fraction: found 0.9; allowed: 1 for what is signed"


def test_a_running_lease_began_before_the_plan_and_goes_on(folder: Folder) -> None:
    """Signed, mandatory or with a break fee, begun by the start and not over."""
    column(folder, "leases", "delivered", "2026-01", "")
    assert folder.problem() == "leases.csv line 2, delivered: found 2026-01; allowed: blank, but for a signed one"
    folder.cell("leases", 2, "stage", "signed")
    assert folder.problem() == "leases.csv line 2, mandatory: found no; allowed: mandatory: yes, as it runs already; or a break_fee_musd"
    column(folder, "leases", "break_fee_musd", "3", "")
    assert folder.problems() == []
    folder.cell("leases", 2, "delivered", "2027-02")
    assert folder.problem() == "leases.csv line 2, delivered: found 2027-02; allowed: a month up to the start, 2027-01, or blank"
    folder.cell("leases", 2, "delivered", "2016-06")
    assert folder.problem().startswith("leases.csv line 2, term_months: found 120, so that it ended 2026-06; allowed: a term that reaches")


def test_a_mandatory_offer_has_not_lapsed(folder: Folder) -> None:
    column(folder, "leases", "decide_by", "2026-12", "")
    assert folder.notices() == [
        f"leases.csv line 2, decide_by: found 2026-12; {WORDS}the offer has lapsed before the plan starts, in 2027-01"
    ]
    folder.cell("leases", 2, "mandatory", "yes")
    assert "leases.csv line 2, decide_by: found 2026-12; allowed: a month from the start, 2027-01, on" in folder.problems()[0]


def test_a_tier_stands_for_a_cap_rate(folder: Folder) -> None:
    folder.cell("leases", 2, "cap_rate_fraction", "")
    column(folder, "leases", "tier", "prime", "")
    assert folder.problem() == "leases.csv line 2, tier: found unknown 'prime'; allowed: a tier; there is none in tiers"
    folder.put("tiers.csv", "id,cap_rate_fraction\nprime,0.06\n")
    assert folder.problems() == []


def test_restricted_cash_is_cash_and_has_a_date(folder: Folder) -> None:
    settings(folder, "opening_restricted_musd: 120")
    assert [problem.partition(", ")[2] for problem in folder.problems()] == [
        "finance.restricted_until: blank; a value is required: the month in which opening_restricted_musd is released",
        "finance.opening_restricted_musd: found 120; allowed: at most opening_cash_musd, 100",
    ]


def test_a_contract_has_an_id_of_its_own(folder: Folder) -> None:
    folder.put("gpu_contracts.csv", GPU_CONTRACTS.replace("cloud,", "anchor,"))
    assert folder.problem() == (
        "gpu_contracts.csv line 2, id: found 'anchor', an id of leases; allowed: an id used once in leases, gpu_contracts; "
        "first in leases.csv line 2"
    )


def test_a_policy_names_a_tenant_that_there_is(folder: Folder) -> None:
    folder.put("policies.csv", "id,measure,tenant,at_most\ncap,it_mw,Example Cloud,50\n")
    assert folder.problems() == []
    folder.put("policies.csv", "id,measure,tenant,at_most\ncap,it_mw,Nobody,50\n")
    assert folder.problem() == "policies.csv line 2, tenant: found 'Nobody'; allowed: a tenant of leases: Example AI, Example Cloud"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("cap,it_mw,,,,\n", "line 2, at_most: blank; a value is required: at_least, at_most or at_most_fraction"),
        ("cap,it_mw,,,20,10\n", "line 2, at_most: found 10; allowed: at least at_least, 20"),
        ("cap,hashrate_eh,hpc,,,10\n", "line 2, use: found 'hpc'; allowed: hashing or blank for hashrate_eh"),
        ("cap,it_mw,hpc,Example AI,,10\n", "line 2, tenant: found 'Example AI'; allowed: blank, but for MW or revenue of colocation"),
    ],
)
def test_a_policy_says_what_it_asks_for(folder: Folder, rows: str, words: str) -> None:
    folder.put("policies.csv", f"id,measure,use,tenant,at_least,at_most\n{rows}")
    assert folder.problem() == f"policies.csv {words}"


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ("revolver,north,,no,,", "sites: found north; allowed: blank for a general facility or a revolver"),
        ("revolver,,,yes,,", "equity_first: found yes; allowed: no for a revolver, which rests on no capex"),
        ("project,,6,no,,", "grace_months: found 6; allowed: 0 where amortisation_months is blank"),
        ("project,,,no,prime,", "tiers: found prime; allowed: blank where dscr_ratio is blank"),
    ],
)
def test_a_facility_does_not_contradict_itself(folder: Folder, cells: str, words: str) -> None:
    folder.put("tiers.csv", "id,cap_rate_fraction\nprime,0.06\n")
    folder.put(
        "debt.csv",
        f"id,limit_musd,rate_fraction,maturity,kind,sites,grace_months,equity_first,tiers,dscr_ratio\nloan,200,0.09,2032-01,{cells}\n",
    )
    assert f"debt.csv line 2, {words}" in folder.problems()


def test_macrs_knows_six_lives(folder: Folder) -> None:
    folder.put("tax_classes.csv", "life_months,method,bonus_fraction\n72,macrs,\n")
    assert folder.problem() == "tax_classes.csv line 2, life_months: found 72; allowed: 36, 60, 84, 120, 180 or 240 under macrs"


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("tiers.csv", "id,cap_rate_fraction\nprime,0.06\n", "tiers.csv line 2, id: found 'prime'; {}no lease is of this tier"),
        ("tax_classes.csv", "life_months,method\n77,straight_line\n", "life_months: found 77; {}nothing has this tax_life_months"),
        ("warrants.csv", "id,warrants_count\nold,3\n", "warrants_count: found 3; {}shares_count is blank, so no value per share is shown"),
        ("equity.csv", "id,limit_musd_per_quarter\natm,0\n", "limit_musd_per_quarter: found 0; {}no share can be sold"),
        ("equity.csv", "id,limit_musd_per_quarter,to_month\natm,5,2026-06\n", "found 2027-01 to 2026-06; {}no period starts within it"),
        ("covenants.csv", "id,kind,level,from_month\nlev,leverage,5,2032-01\n", "found 2032-01; {}no period of the plan starts"),
        ("policies.csv", "id,measure,at_most,from_month\ncap,it_mw,5,2032-01\n", "2032-01 to 2032-01; {}no month of the plan lies"),
        (
            "gpu_contracts.csv",
            GPU_CONTRACTS.replace(",,,,2028-01", ",,,2026-11,2028-01"),
            "decide_by: found 2026-11; {}the offer has lapsed",
        ),
    ],
)
def test_what_cannot_matter_is_said(folder: Folder, file: str, text: str, words: str) -> None:
    folder.put(file, text)
    assert folder.problems() == []
    assert words.format(WORDS) in " ".join(folder.notices())


def test_covenants_need_debt(folder: Folder) -> None:
    folder.put("covenants.csv", "id,kind,level\nlev,leverage,5\n")
    folder.remove("debt.csv")
    assert f"covenants.csv line 2, kind: found leverage; {WORDS}the instance has no debt" in folder.notices()


def test_a_running_lease_was_due_before_the_plan(folder: Folder) -> None:
    """Its ready_by is history; one that is still to come is late, which is noticed."""
    folder.cell("leases", 2, "stage", "signed")
    folder.cell("leases", 2, "mandatory", "yes")
    folder.cell("leases", 2, "ready_by", "2026-01")
    assert "it is late from the first month on" in "".join(folder.notices())
    column(folder, "leases", "delivered", "2026-01", "")
    assert folder.problem().startswith(
        "leases.csv line 2, delivered: found 2026-01: the first hall of its product at site 'north' can stand"
    )
    folder.add("opening.csv", "room,north,ai,1,,2026-01,")
    assert folder.problems() == []
