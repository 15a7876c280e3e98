"""`planner compare TABLE`: what cannot be true among the claims of many solvers, who stands alone, and what is no table."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.commands.comparing import compare
from planner.comparison.camps import camps, comparable, span
from planner.comparison.cases import Case
from planner.comparison.claimfile import NotATable, read_claims
from planner.comparison.findings import find
from planner.comparison.stated import apart, contradict, means, read_status, stopped
from planner.comparison.table import compare_table, judge_table
from planner.errors import BadOption

DATA = Path(__file__).parents[1] / "data" / "open_energy_benchmark"
OEB = DATA / "oeb_results_min.csv"
HEADER = ("benchmark", "size", "solver", "version", "status", "termination", "objective", "gap", "bound", "sense")
Cells = Mapping[str, object]


def claim(solver: str, objective: object, status: str = "ok", termination: str = "optimal", **more: object) -> Cells:
    """A row on the benchmark `m` of size 1."""
    return {"benchmark": "m", "size": "1", "solver": solver, "status": status, "termination": termination, "objective": objective, **more}


def written(path: Path, rows: Sequence[Cells], header: Sequence[str] = HEADER) -> Path:
    """A table of these rows."""
    with (path / "results.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, header, restval="")
        table.writeheader()
        table.writerows(rows)
    return path / "results.csv"


def judged(path: Path, *rows: Cells, **options: Any) -> Case:
    """The one case of a table on one benchmark."""
    (case,) = compare_table(written(path, rows), everything=True, **options)
    return case


def call(*arguments: object) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(compare, [str(a) for a in arguments])


# the published benchmark


def test_the_open_energy_benchmark_has_the_four_disagreements_that_are_known() -> None:
    """Exactly these of 106 questions, GLPK 5.0 alone in each, by a power of ten."""
    with (DATA / "oeb_disagreements.csv").open() as file:
        known = {(row["benchmark"], row["size"]): row for row in csv.DictReader(file)}
    cases = compare_table(OEB)
    assert {(case.record["benchmark"], case.record["size"]) for case in cases} == set(known)
    for case in cases:
        row = known[case.record["benchmark"], case.record["size"]]
        assert (case.cause, case.who, case.record["solvers"], case.exit_code) == ("reading error", ("glpk 5.0",), ["glpk"], 1)
        values = [value["value"] for value in case.record["values"]]
        assert (min(values), max(values), len(values)) == (float(row["obj_min"]), float(row["obj_max"]), int(row["claims_optimal"]))
        assert [value["solver"] for value in case.record["values"] if value["side"] == "outlier"] == ["glpk"]


def test_the_open_energy_benchmark_by_the_gaps_as_they_are_written() -> None:
    """CBC writes gap 0.0 where it stopped at 1e-4: two questions differ by that only, which are counted and no alarm."""
    found = judge_table(OEB, everything=True)
    tolerance = {case.name for case in found.cases if case.cause == "tolerance"}
    assert tolerance == {"tulipa-1_EU_investment_simple 28-4.3h", "tulipa-1_EU_investment_simple 28-52.1h"}
    assert {case.exit_code for case in found.cases if case.cause not in ("reading error", "contradiction")} == {0}
    assert found.notes[0].endswith("4 reading error, 2 tolerance, 10 within gap, 70 same, 20 unverified")
    assert found.notes[1:] == ("columns not used: memory_mb, max_int_violation, timeout_s",)
    assert {case.cause for case in compare_table(OEB, assume_gap=0.0)} == {"contradiction", "reading error"}


def test_the_headings_of_the_published_file_are_understood(tmp_path: Path) -> None:
    """The table as the benchmark itself publishes it, with units and blanks in its headings, gives the same."""
    names = ("Benchmark", "Size", "Solver", "Solver Version", "Status", "Termination Condition", "Runtime (s)", "Memory Usage (MB)",
             "Objective Value", "Max Integrality Violation", "Duality Gap", "Timeout", "Hostname")  # fmt: skip
    path = tmp_path / "published.csv"
    path.write_text("\n".join([",".join(names), *OEB.read_text().splitlines()[1:]]))
    assert judge_table(path).notes[1:] == ("columns not used: Memory Usage (MB), Max Integrality Violation, Timeout",)
    assert [(case.name, case.cause, case.words) for case in compare_table(path)] == [
        (case.name, case.cause, case.words) for case in compare_table(OEB)
    ]


# the command


def test_the_command_prints_a_list_of_objects_and_exits_1() -> None:
    """Standard output is JSON and nothing else; remarks go to standard error."""
    done = call(OEB, "--format", "json")
    found = json.loads(done.stdout)
    assert done.exit_code == 1
    assert [set(one) >= {"benchmark", "size", "solver", "solvers", "cause", "values"} for one in found] == [True] * 4
    assert [one["tables"] for one in found] == [{}] * 4, "the values are not told twice"
    assert "columns not used: memory_mb" in done.stderr
    assert len(json.loads(call(OEB, "--format", "json", "--all").stdout)) == 106


def test_what_agrees_is_counted_and_exits_0(tmp_path: Path) -> None:
    """No case is shown; --all shows it."""
    path = written(tmp_path, [claim("highs", 5), claim("scip", 5)])
    done, shown = call(path), call(path, "--all")
    assert (done.exit_code, shown.exit_code) == (0, 0)
    assert "2 claims on 1 question (benchmark and size), 0 of which" in done.output
    assert "all 2 claims agree on 5" not in done.output
    assert "all 2 claims agree on 5" in shown.output
    assert json.loads(call(path, "--format", "json").stdout) == []


def test_the_output_is_written_whole_and_never_over_the_table(tmp_path: Path) -> None:
    """-o replaces an older output; the table itself is refused, and stays."""
    path = written(tmp_path, [claim("highs", 5), claim("scip", 50)])
    before = path.read_bytes()
    for _ in range(2):
        assert call(path, "--format", "json", "-o", tmp_path / "out.json").exit_code == 1
    assert [one["cause"] for one in json.loads((tmp_path / "out.json").read_text())] == ["contradiction"]
    refused = call(path, "-o", path)
    assert (refused.exit_code, path.read_bytes()) == (2, before)


def test_trouble_is_2(tmp_path: Path) -> None:
    """A file that is not there, a folder, a wrong option."""
    for more in ((tmp_path / "none.csv",), (tmp_path,), (OEB, "--assume-gap", "2"), (OEB, "--assume-gap", "nan"), (OEB, "--format", "x")):
        done = call(*more)
        code = getattr(done.exception, "exit_code", done.exit_code)
        assert code == 2, more


# who is wrong


def test_most_solvers_count_before_most_claims(tmp_path: Path) -> None:
    """Three versions of one solver share their faults: two solvers against them are the reference."""
    case = judged(tmp_path, *(claim("glpk", 90, version=v) for v in "123"), claim("highs", 5), claim("SCIP", 5))
    assert case.who == ("glpk 1", "glpk 2", "glpk 3")
    assert "2 of 5 claims (2 of 3 solvers) agree on 5" in case.words
    case = judged(tmp_path, claim("glpk", 90, version=1), claim("GLPK", 90, version=2), *[claim("highs", 5)] * 3)
    assert case.record["solvers"] == ["glpk", "GLPK"]
    case = judged(tmp_path, *(claim(s, "", "ok", "infeasible") for s in ("glpk", "GLPK", "Glpk")), claim("highs", 5), claim("scip", 5))
    assert set(case.record["solvers"]) == {"glpk", "GLPK", "Glpk"}


def test_a_tie_names_nobody(tmp_path: Path) -> None:
    """One against one: both are listed, there is no reference; by a power of ten it is a reading error of one of them."""
    case = judged(tmp_path, claim("a", 5), claim("b", 90), claim("c", 90, "TO", "Timeout"))
    assert (case.cause, case.who, case.record["reference"]) == ("contradiction", ("a", "b"), None)
    assert [value["side"] for value in case.record["values"]] == ["1", "2"]
    assert case.words == "a says 5; b says 90; each has 1 solver with 1 claim, so nobody can be said to be wrong"
    case = judged(tmp_path, claim("a", 5), claim("b", 90), claim("c", 90), claim("d", 5))
    assert case.words == "a, d say 5; b, c say 90; each has 2 solvers with 2 claims, so nobody can be said to be wrong"
    assert judged(tmp_path, claim("a", 1005), claim("b", 5)).cause == "reading error"
    assert judged(tmp_path, claim("a", 5), claim("b", 90), claim("c", 12)).who == ("a", "b", "c")


def test_a_chain_has_no_one_wrong(tmp_path: Path) -> None:
    """A meets B and B meets C, A and C miss each other: two camps of the same weight, B in both."""
    case = judged(tmp_path, claim("a", 100, gap=0.01), claim("b", 102, gap=0.01), claim("c", 104, gap=0.01))
    assert case.cause == "contradiction"
    assert [value["side"] for value in case.record["values"]] == ["1", "1, 2", "2"]


@pytest.mark.parametrize(
    ("truth", "found", "cause"),
    [
        (132937.14, 1132937.1437, "reading error"),
        (99.887, 199.8870677, "reading error"),
        (5.5, 6.5, "reading error"),
        (-250.0, -1250.0, "reading error"),
        (-250.0, 750.0, "reading error"),
        (0.0, 100.0, "reading error"),
        (132937.14, 32937.14, "contradiction"),
        (-250.0, -150.0, "reading error"),
        (132937.14, 2132937.14, "contradiction"),
        (132937.14, 1133937.14, "contradiction"),
        (0.25, 0.35, "contradiction"),
        (10_000.0, 10_003.0, "contradiction"),
        (1e6, 1.0003e6, "contradiction"),
    ],
)
def test_what_a_reading_error_is(tmp_path: Path, truth: float, found: float, cause: str) -> None:
    """Truth plus 10^k with k from 0 on, in size where both are negative; less, tenths and what noise could explain are none."""
    case = judged(tmp_path, claim("a", truth), claim("b", truth * 1.00001), claim("z", found))
    assert (case.cause, case.who) == (cause, ("z",))


def test_one_reading_error_and_one_contradiction_are_a_contradiction(tmp_path: Path) -> None:
    """The graver word counts; each line says its own."""
    case = judged(tmp_path, claim("a", 5), claim("b", 5), claim("y", 1005), claim("z", 77))
    assert (case.cause, case.who) == ("contradiction", ("y", "z"))
    lines = list(case.differences["words"])
    assert ["power of ten" in line for line in lines] == [True, False]


# gaps, bounds and senses


def test_gaps_are_not_believed_below_the_assumed_one(tmp_path: Path) -> None:
    """Gap 0 is taken for 1e-4, 1e-3 for itself; a bound is believed as it is."""
    assert judged(tmp_path, claim("a", 1000, gap=0), claim("b", 1000.15, gap=0)).cause == "tolerance"
    assert judged(tmp_path, claim("a", 1000, gap=0), claim("b", 1000.15, gap=0), assume_gap=1e-5).cause == "contradiction"
    assert judged(tmp_path, claim("a", 1000), claim("b", 1000.15)).cause == "within gap"
    assert judged(tmp_path, claim("a", 1000), claim("b", 1001.5)).cause == "contradiction"
    assert judged(tmp_path, claim("a", 1000), claim("b", 1001.5, gap=2e-3)).cause == "within gap"
    assert judged(tmp_path, claim("a", 1000, bound=1000), claim("b", 1000.15, bound=1000.15)).cause == "contradiction"
    assert judged(tmp_path, claim("a", 1000, gap=0), claim("b", 1000.0005, gap=0)).cause == "same"


def test_a_sense_makes_intervals_one_sided(tmp_path: Path) -> None:
    """At most 1000.1 and at least 1000.15 where the most is sought: no overlap; where the least is, neither; unknown, both ways."""
    causes = [judged(tmp_path, claim("a", 1000, sense=sense), claim("b", 1000.15, sense=sense)).cause for sense in ("max", "MIN", "")]
    assert causes == ["contradiction", "contradiction", "within gap"]
    plan = claim("a", 1000, "TO", "Timeout", sense="Maximize")
    assert judged(tmp_path, plan, claim("b", 850, sense="max")).cause == "contradiction"
    assert judged(tmp_path, plan, claim("b", 1100, sense="max")).cause == "within gap"
    assert judged(tmp_path, {**plan, "sense": ""}, claim("b", 900)).cause == "unverified"


def test_two_senses_on_one_benchmark_are_refused(tmp_path: Path) -> None:
    """One of them is a slip, and no claim can be held against another."""
    with pytest.raises(NotATable, match="line 3, sense: found min; allowed: max, as in line 2"):
        judged(tmp_path, claim("a", 5, sense="max"), claim("b", 5, sense="min"))


# how searches end


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (("ok", "optimal"), "contradiction"), (("OK", "Optimal"), "contradiction"), (("ok", ""), "contradiction"),
        (("", "OPTIMAL"), "contradiction"), (("ok", "nan"), "contradiction"), (("ok", "gap_limit"), "contradiction"),
        (("warning", "infeasible"), "contradiction"), (("warning", "Infeasible"), "contradiction"),
        (("warning", "unbounded"), "contradiction"), (("warning", "infeasible_or_unbounded"), "unverified"),
        (("ok", "unknown"), "unverified"), (("warning", "Unknown"), "unverified"), (("TO", "Timeout"), "unverified"),
        (("to", "optimal"), "unverified"), (("ok", "time_limit"), "unverified"), (("ER", ""), "unverified"),
        (("ER", "optimal"), "unverified"),
        (("OOM", "Out of Memory"), "unverified"), (("warning", "Not Set"), "unverified"), (("ok", "suboptimal"), "unverified"),
        (("ok", "dual_infeasible"), "unverified"), (("None", "None"), "unverified"), (("ok", "never heard of"), "unverified"),
    ],
)  # fmt: skip
def test_what_words_claim(tmp_path: Path, words: tuple[str, str], cause: str) -> None:
    """A claim of 90 in these words beside a plain optimum of 5: whether it contradicts."""
    case = judged(tmp_path, claim("a", 5), claim("b", 90, *words))
    assert case.cause == cause


def test_a_plan_refutes_a_denial_and_nothing_else(tmp_path: Path) -> None:
    """Infeasible against an optimum, or against any plan; a majority of denials makes the plan the outlier."""
    denial = {"status": "warning", "termination": "infeasible"}
    case = judged(tmp_path, claim("a", 5), claim("b", 5), claim("c", "", **denial))
    assert (case.cause, case.who) == ("contradiction", ("c",))
    assert case.words.startswith("c says infeasible; 2 of 3 claims")
    assert judged(tmp_path, claim("a", 5, "TO", "Timeout"), claim("c", "", **denial)).cause == "contradiction"
    assert judged(tmp_path, claim("a", "", "TO", "Timeout"), claim("c", "", **denial)).cause == "unverified"
    assert judged(tmp_path, claim("a", 5), claim("b", "", **denial), claim("c", "inf", **denial)).who == ("a",)
    assert judged(tmp_path, claim("b", "", **denial), claim("c", "", **denial)).cause == "same"


def test_unknown_words_are_told_once(tmp_path: Path) -> None:
    """Nothing is ignored in silence: words that claim nothing because they are not known are named and counted."""
    path = written(tmp_path, [claim("a", 5, "ok", "optimale"), claim("b", 5, "ok", "optimale"), claim("c", 5)])
    assert judge_table(path).notes[1:] == ("words on how a search ended that are not known, and claim nothing: 'optimale' (2)",)


def test_words_are_read_in_any_case_and_the_last_counts() -> None:
    """The first may only say that the search ran; a failure or a stop anywhere counts."""
    assert read_status("warning", "Primal_Infeasible") == "infeasible"
    assert read_status("infeasible", "optimal") == "optimal"
    assert read_status("error", "optimal") == "open"
    assert stopped("optimal", "TIME-LIMIT")
    assert not stopped("error", "time limit")
    assert means("Out  of_memory")
    assert not means("optimale")


# hostile cells


def test_cells_that_state_no_number(tmp_path: Path) -> None:
    """Blank, nan, None, infinite in every spelling: no objective, and a gap or bound that is not there; 1e100 means infinite."""
    for word in ("", " ", "nan", "NaN", "-nan", "None", "NULL", "n/a", "-", "inf", "-Infinity", "+inf", "1e+100", "-1E20"):
        assert judged(tmp_path, claim("a", 5), claim("b", word)).cause == "unverified", word
        assert judged(tmp_path, claim("a", 5, gap=word), claim("b", 5, bound=word)).cause == "same", word
        assert judged(tmp_path, claim("a", 5, gap=word), claim("b", 90, bound=word)).cause == "contradiction", word
    assert judged(tmp_path, claim("a", "5.0E+00"), claim("b", "+.5e1")).cause == "same"


@pytest.mark.parametrize(
    ("column", "cell", "told"),
    [
        ("objective", "five", "results.csv line 3, objective: found 'five'; allowed: a number, or nothing"),
        ("objective", "1,234.5", "write 1234.5 without thousands separators"),
        ("gap", "0.01%", "line 3, gap: found '0.01%'"),
        ("bound", "1e999", "beyond what a number can hold"),
        ("sense", "best", "line 3, sense: found 'best'; allowed: min, max, or nothing"),
        ("solver", "", "line 3, solver: blank"),
        ("benchmark", " ", "line 3, benchmark: blank"),
    ],
)
def test_bad_cells_are_told_by_line_and_column(tmp_path: Path, column: str, cell: str, told: str) -> None:
    """File, line, column, found, allowed; exit code 2, and every fault of the table at once."""
    path = written(tmp_path, [claim("a", 5), {**claim("b", 5), column: cell}, claim("c", "many")])
    with pytest.raises(NotATable) as fault:
        compare_table(path)
    assert told in str(fault.value)
    assert "line 4, objective: found 'many'" in str(fault.value)
    assert fault.value.exit_code == 2


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "an empty file"),
        (b"benchmark,solver,objective\nm,a,5\n", "no such column, nor one called termination"),
        (b"benchmark,status,objective\nm,ok,5\n", "solver: found no such column"),
        (b"benchmark;solver;status;objective\nm;a;ok;5\n", "cells separated by semicolons"),
        (b"benchmark,solver,status,objective\nm,a,ok,5,6\n", "line 2: found 5 cells; allowed: 4 cells"),
        (b"benchmark,solver,status,objective,Objective Value\nm,a,ok,5,6\n", "2 columns for it: 'objective', 'Objective Value'"),
        (b"instance,name,solver,status,objective\nm,a,b,ok,5\n", "benchmark: found 2 columns for it"),
        (b"{\"a\": [1, 2]}", "no such column"),
        (b"PK\x03\x04 and more", "an Excel workbook"),
        (b"\xff\xfeb\x00e\x00", "text in UTF-16"),
        (b"benchmark,solver,status,objective\nm\xff,a,ok,5\n", "not UTF-8"),
        (b'benchmark,solver,status,objective\n"m,a,ok,5\n', "not CSV"),
    ],
)  # fmt: skip
def test_what_is_no_table(tmp_path: Path, content: bytes, told: str) -> None:
    """One clear error, whatever the file is."""
    path = tmp_path / "results.csv"
    path.write_bytes(content)
    with pytest.raises(NotATable, match=None) as fault:
        compare_table(path)
    assert told in str(fault.value)


def test_columns_by_other_names_and_columns_that_are_not_used(tmp_path: Path) -> None:
    """instance or name for benchmark, a byte-order mark, no size, an index column of pandas: read; what is not used is told once."""
    for name in ("instance", "NAME", "Benchmark"):
        path = tmp_path / "results.csv"
        text = f"\ufeff,{name}, solver ,Termination,objective,colour\n0,m,a,optimal,5,red\n1,m,b,optimal,90,\n\n"
        path.write_text(text, encoding="utf-8")
        found = judge_table(path)
        assert [(case.name, case.record["size"], case.cause) for case in found.cases] == [("m", "", "contradiction")]
        assert found.notes[1:] == ("columns not used: column 1 (without a name), colour",)


def test_the_same_solver_several_times_is_told_apart(tmp_path: Path) -> None:
    """By machine where that tells them apart, else by line."""
    rows = [{**claim("a", 5 + 40 * i, version="1"), "vm": vm} for i, vm in enumerate(("x", "y", "y"))]
    (case,) = compare_table(written(tmp_path, rows, (*HEADER, "vm")))
    assert case.who == ("a 1 on x", "a 1 (line 3)", "a 1 (line 4)")
    assert "machine" in case.tables["Claims"]
    (case,) = compare_table(written(tmp_path, rows[1:], (*HEADER, "vm")))
    assert "machine" not in case.tables["Claims"], "one machine tells nothing apart"


def test_an_assumed_gap_is_a_share() -> None:
    """Not-a-number and percentages are refused before anything is read."""
    for gap in (-0.1, 1.5, float("nan")):
        with pytest.raises(BadOption):
            compare_table(OEB, assume_gap=gap)


def test_a_large_table_is_judged_in_seconds(tmp_path: Path) -> None:
    """20,000 claims on one benchmark, a third of them alone; with a step that takes the square of that it would run for minutes."""
    rows = [claim(f"s{i % 50}", 5 if i % 3 else 10 + i, version=i) for i in range(20_000)]
    case = judged(tmp_path, *rows)
    assert (case.cause, len(case.who)) == ("contradiction", 6667)


# properties


VALUES = st.sampled_from([-1e6, -250.0, -1.0, 0.0, 1.0, 2.0, 99.887, 199.887, 250.0, 1000.0, 1001.0, 1002.5, 11000.0, 1e6])
ENDS = st.sampled_from([("ok", "optimal"), ("ok", "Optimal"), ("TO", "Timeout"), ("warning", "infeasible"), ("ER", ""), ("ok", "unknown")])
CLAIMS = st.builds(
    lambda solver, version, value, gap, ended: claim(solver, value, *ended, version=version, gap=gap),
    st.sampled_from("abcd"), st.sampled_from("12"), VALUES, st.sampled_from(["", 0.0, 1e-5, 2e-3, 0.5]), ENDS,
)  # fmt: skip
TABLES = st.lists(CLAIMS, min_size=1, max_size=9)


def gist(case: Case) -> tuple[object, ...]:
    """What a case says, lines of the file aside."""
    values = sorted(({**value, "line": 0} for value in case.record["values"]), key=repr)
    return case.cause, case.record["solvers"], repr(case.record["reference"]), repr(values)


@settings(max_examples=60, deadline=None)
@given(TABLES, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(tmp_path_factory: pytest.TempPathFactory, rows: list[Cells], order: random.Random) -> None:
    """Who is wrong does not depend on who is written first."""
    folder = tmp_path_factory.getbasetemp()
    before = judged(folder, *rows)
    order.shuffle(rows)
    assert gist(judged(folder, *rows)) == gist(before)


@settings(max_examples=60, deadline=None)
@given(TABLES, st.sampled_from([claim("zz", 77, "ER", ""), claim("zz", "", "ok", "optimal"), claim("zz", 77, "ok", "unknown")]))
def test_a_row_that_states_nothing_changes_nothing(tmp_path_factory: pytest.TempPathFactory, rows: list[Cells], silent: Cells) -> None:
    """But for the note that it states nothing."""
    folder = tmp_path_factory.getbasetemp()
    assert gist(judged(folder, *rows, silent)) == gist(judged(folder, *rows))


@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_another_unit_changes_no_verdict(tmp_path_factory: pytest.TempPathFactory, rows: list[Cells]) -> None:
    """All objectives times 1000: the same is flagged, by the same solvers; no power of ten is lost by it."""
    folder = tmp_path_factory.getbasetemp()
    one, other = judged(folder, *rows), judged(folder, *({**row, "objective": float(str(row["objective"])) * 1000} for row in rows))
    assert (one.exit_code, one.record["solvers"]) == (other.exit_code, other.record["solvers"])
    assert one.cause == other.cause or (one.cause, other.cause) == ("contradiction", "reading error")


@settings(max_examples=100, deadline=None)
@given(TABLES)
def test_camps_are_what_contradicts_nothing(tmp_path_factory: pytest.TempPathFactory, rows: list[Cells]) -> None:
    """By the judgement of two claims: no two of a camp contradict each other, whoever is left out contradicts one of it."""
    table = read_claims(written(tmp_path_factory.getbasetemp(), rows))
    compared = comparable(table.rows, 1e-4)
    for camp in camps(compared, 1e-4):
        for one, other in combinations(camp.rows, 2):
            assert not contradict(one.stated, other.stated)
        for row in set(compared) - set(camp.rows):
            assert any(contradict(row.stated, other.stated) for other in camp.rows)
    flagged = find(compared, 1e-4).cause in ("contradiction", "reading error")
    assert flagged == any(contradict(one.stated, other.stated) for one, other in combinations(compared, 2))


def test_intervals_meet_across_their_tolerance_whatever_their_ends(tmp_path: Path) -> None:
    """Infinite ends have no tolerance of their own: two unbounded claims agree, one beside an optimum does not."""
    endless = {"status": "warning", "termination": "unbounded"}
    assert judged(tmp_path, claim("a", "", **endless), claim("b", "", **endless)).cause == "same"
    assert judged(tmp_path, claim("a", 5), claim("b", 5), claim("c", "", **endless)).who == ("c",)
    rows = read_claims(tmp_path / "results.csv").rows
    first, _, last = (span(row, 0.0) for row in rows)
    assert first is not None
    assert last is not None
    assert apart(first, last) == float("inf")


@pytest.mark.parametrize(
    ("value", "cause"), [(6000, "reading error"), (15000, "reading error"), (5100, "contradiction"), (5001, "contradiction")]
)
def test_a_wrong_first_digit_is_a_reading_error_and_a_wrong_last_one_is_not(tmp_path: Path, value: float, cause: str) -> None:
    """Three say 5,000: 1,000 or 10,000 more is a digit read wrongly, 100 or 1 more is another answer."""
    case = judged(tmp_path, claim("highs", 5000), claim("scip", 5000), claim("cbc", 5000), claim("glpk", value), assume_gap=1e-6)
    assert (case.cause, case.who) == (cause, ("glpk",))
