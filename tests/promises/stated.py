"""The promises, in the order in which a reader asks for them, each with the tests that hold it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Promise:
    """One promise: `says` what in words of whoever reads a plan, `how` it is tested, and `tests`: folders, files or `file::function`."""

    id: str
    says: str
    how: str
    tests: tuple[str, ...]


PROMISES: tuple[Promise, ...] = (
    Promise(
        "checked",
        "Every plan that is shown was checked exactly, and the value on the page is the checker's.",
        "The checker recomputes each state and each M$ in fractions, from the decisions and the instance alone; its ledgers, calendar and "
        "prices are compared with figures worked out by hand, line by line. What the model says of value and states is held against "
        "them. A plan that fails is shown as failed.",
        (
            "tests/check",
            "tests/solver/test_solve.py::test_a_run_holds_a_checked_plan_and_a_true_bound",
            "tests/test_cli.py::test_a_plan_that_fails_its_check_is_9",
            "tests/report/test_page.py::test_a_broken_plan_says_so_at_the_top_loudly",
        ),
    ),
    Promise(
        "rules_fail",
        "Every rule that a plan can break can fail: a plan that breaks it is rejected, for that rule and for no other.",
        "For each rule a valid plan is changed so that it breaks that rule alone (three follow from others, which are then named with "
        "them), and the amount named is compared; changes derived from any valid plan are rejected by the rule that they name.",
        ("tests/check/test_breaches.py", "tests/check/test_mutate.py"),
    ),
    Promise(
        "agree",
        "The model and the checker mean the same by every rule.",
        "Random portfolios over periods of unequal length: what the model calls feasible the checker accepts at the same value and "
        "with the same states, and changed plans are accepted or rejected by both alike.",
        (
            "tests/properties/test_agreement.py",
            "tests/properties/test_past.py",
            "tests/properties/test_portfolios.py::test_model_and_checker_agree",
        ),
    ),
    Promise(
        "best",
        "The plan is the best of all plans, not only the best that a search came across.",
        "On tiny portfolios every combination of whole-number decisions is tried, each solved by another solver and judged by the checker; "
        "on larger ones no plan one decision away is worth more.",
        ("tests/brute", "tests/check/test_neighbours.py"),
    ),
    Promise(
        "hand_solved",
        "The plan is the one that a person would find with pencil and paper, wherever a person can.",
        "For each rule a tiny portfolio whose best plan is derived by hand from the mathematics, with what it would be worth without the "
        "rule.",
        ("tests/solved",),
    ),
    Promise(
        "solvers",
        "No solver is believed: what it claims is refuted by any better plan that the checker accepts.",
        "HiGHS and SCIP solve the same portfolios and must agree; on recorded programs a release of a solver claims a wrong optimum: the "
        "claim is refuted and the better plan found; `planner doctor` finds a solver that answers wrongly.",
        ("tests/solver", "tests/properties/test_solvers.py", "tests/test_doctor.py"),
    ),
    Promise(
        "published",
        "Published optima and published deals come out as published.",
        "Facility-location problems of the OR-Library, turned into sites and leases, reach their published optima; announced leases, a "
        "bank's valuation of a 100 MW shell and published figures of mining are recomputed.",
        ("tests/published", "tests/solved/test_calibration.py"),
    ),
    Promise(
        "shipped",
        "The shipped instances keep their value, whatever the seed and the solver.",
        "Each is solved with other seeds and with SCIP: the intervals from plan to bound are compared with the value on record, and plans "
        "with the committed baseline.",
        ("tests/golden/test_instances.py", "tests/golden/test_baselines.py"),
    ),
    Promise(
        "generated",
        "A generated portfolio stays the same for ever, is valid, has a plan, and is not trivial.",
        "Portfolios of many sizes and seeds: no fault and no notice, the same in every process, and doing nothing is a plan that the "
        "checker accepts; with ten sites leases, slots, budgets and cash are scarce on most seeds and every use of a MW is taken.",
        ("tests/generate",),
    ),
    Promise(
        "properties",
        "More never hurts; names, order, years and units mean nothing; what shares nothing adds up.",
        "Random portfolios: a wider limit, a lower cost or a longer offer is never worth less; another order, other names and other units "
        "change no value; two portfolios beside each other are worth their sum; every coefficient scales by its units.",
        (
            "tests/properties/test_better.py",
            "tests/properties/test_invariance.py",
            "tests/properties/test_additive.py",
            "tests/properties/test_portfolios.py",
            "tests/properties/test_details.py",
            "tests/models/test_dimensions.py",
        ),
    ),
    Promise(
        "ties",
        "The statements tie, to the last digit.",
        "Sources equal uses, balances roll, income and tax recompute, value bridges and energy balances close, in every table of every "
        "sample; each line is compared with its meaning or with figures by hand; a ledger that is damaged in one place no longer ties.",
        ("tests/tables", "tests/check/test_ties.py"),
    ),
    Promise(
        "rolling",
        "Rolling a plan forward without news changes nothing.",
        "Plans are rolled by months and years: what was committed is locked, the old plan goes on at the same value to the last digit, and "
        "the bridge between two runs adds up.",
        ("tests/roll",),
    ),
    Promise(
        "horizon",
        "How much of the value hangs on where the plan ends can be seen.",
        "The plan is solved anew with more and with fewer years: the periods are those of the calendar, and the value moves by what the "
        "years bring.",
        ("tests/test_horizon.py",),
    ),
    Promise(
        "refused",
        "A bad instance is refused, with file, row and field, before anything is solved.",
        "Every class of fault in every table of the shipped instances, in folders and workbooks; each fault and notice in its words; "
        "nothing is written.",
        ("tests/instance",),
    ),
    Promise(
        "any_bytes",
        "Whatever the bytes of a folder or workbook are, they are read or refused: never a traceback, never a hang.",
        "Random bytes, cut and changed files, cells, rows and columns, and files of other programs are given to the readers.",
        (
            "tests/instance/test_robustness.py",
            "tests/instance/test_files.py",
            "tests/instance/test_workbook.py::test_any_bytes_are_read_or_refused",
        ),
    ),
    Promise(
        "hostile",
        "An instance that is made to harm does none.",
        "Files made to take all memory, to run for hours, to reach for other files, to write to the terminal or to be calculated by a "
        "spreadsheet: refused in words and seconds, or shown as plain text.",
        ("tests/instance/test_hostile.py", "tests/instance/test_hostile_files.py"),
    ),
    Promise(
        "round_trip",
        "An instance goes from folder to workbook and back, and nothing is lost unsaid.",
        "Every field, any text and any number, comments and notes, of shipped instances and made-up ones: the same instance comes back, "
        "to the last digit; nothing that exists is overwritten.",
        ("tests/instance/test_workbook.py", "tests/instance/test_write.py", "tests/instance/test_notes.py", "tests/test_convert.py"),
    ),
    Promise(
        "page",
        "The page says what the plan is, and nothing in the data can bend it.",
        "Each section is compared with what it has to say of plans of every kind, at every width; names with markup stay names.",
        ("tests/report",),
    ),
    Promise(
        "endings",
        "Whatever the end, it has its own word and exit code, and what is no plan never looks like one.",
        "Solves that end infeasible, out of time, interrupted, refuted or with a plan that fails its check, on the command line, from "
        "Python and on the page.",
        ("tests/test_cli.py", "tests/solver/test_solve.py", "tests/report/test_absent.py"),
    ),
    Promise(
        "runs_kept",
        "A run that is saved comes back as it was, and none is lost: not when killed, not when the disk is full, not when two write.",
        "Runs are saved, loaded and compared; saves are killed at every step and solves at any moment, disks fill up, several processes "
        "write at once; folders that hold something else are left alone.",
        ("tests/crash", "tests/runs"),
    ),
    Promise(
        "deletions",
        "No rule is idle: take any one out of the model, the checker or the input checks, and a test fails.",
        "Each rule is taken out of the running program, one at a time, and the tests run until one fails; the list names the test.",
        ("tests/mutants",),
    ),
)

OTHERS: Mapping[str, str] = {
    "tests/baselines": "the accepted answers of a team are kept and held",
    "tests/comparison": "two answers are the same, or what differs is told",
    "tests/programs_io": "programs and solutions of any solver are written, read and held against each other",
    "tests/backends": "work is done the same in this process, in others and on a cluster, whatever is killed",
    "tests/compiling": "rules expanded at once are the program that they are row by row",
    "tests/engine": "site by site the plan and the bound are those of the whole program",
    "tests/sweeping": "scenarios become folders and one table, whatever is killed on the way",
    "tests/golden/test_programs.py": "a changed formulation shows as a diff",
    "tests/golden/test_docs.py": "the pages are what the program prints",
    "tests/golden/test_pipeline.py": "the workflow, the action and the hook of docs/pipeline.md are commands that exist",
    "tests/models/test_maths.py": "MATHS.md and the model name the same equations",
    "tests/promises": "this page",
    "tests/test_architecture.py": "how the program is built",
    "tests/test_embedding.py": "how it is installed",
    "tests/test_rules.py": "the registry of rules is whole",
}
"""Tests that hold no promise to a reader of a plan, and what they hold instead."""


def holds(place: str, test: str) -> bool:
    """Whether a test (its pytest id) belongs to a folder, file or function."""
    return test == place or test.startswith((f"{place}/", f"{place}::", f"{place}["))
