"""Rules expanded at once and rows written out one by one give the same program, on every shipped instance and a generated one."""

from __future__ import annotations

from pathlib import Path

import pyomo.environ as pyo
import pytest

import planner
from planner.compile import compile_model, written_out
from planner.compiling.assemble import assembled, no_templates
from planner.compiling.expand import NoTemplate
from planner.highs import Settings, maximise
from planner_models.build import build
from planner_models.declared import Indices, Rows
from tests.compiling.same import differences
from tests.example import committed, everything
from tests.shipped import FOLDER, NAMES


def models(name: str) -> pyo.ConcreteModel:
    """The model of a shipped instance, of one that uses every rule, or of a generated one."""
    made = {"everything": everything, "committed": committed, "generated": lambda: planner.generate(8, 6, 10, 1)}
    return build(made[name]() if name in made else planner.load(Path(FOLDER / name)))


@pytest.mark.parametrize("name", ["everything", "committed", "generated", *NAMES])
def test_both_routes_give_the_same_program(name: str) -> None:
    """To the order of rows and columns; no rule has to be written out, so none makes a large program slow."""
    model = models(name)
    assert no_templates(model) == []
    assert differences(assembled(model), written_out(model)) == []


@pytest.mark.prove
def test_both_routes_give_the_same_large_program() -> None:
    """30 sites over 12 years with 40 leases, and two smaller ones with other seeds."""
    for sites, years, leases, seed in ((30, 12, 40, 3), (12, 8, 15, 2), (6, 10, 9, 5)):
        model = build(planner.generate(sites, years, leases, seed))
        assert no_templates(model) == []
        assert differences(assembled(model), written_out(model)) == []


def test_the_comparison_sees_a_difference() -> None:
    """A bound, a coefficient and a label are each found."""
    ours, other = compile_model(models("one_site")), compile_model(models("one_site"))
    assert differences(ours, other) == []
    other.data[3] *= 1 + 1e-9
    other.upper[0] = -1.0
    other.row_labels[0] = other.row_labels[1]
    assert differences(ours, other) == ["upper", "data", "row_labels"]


def test_what_is_no_template_is_written_out() -> None:
    """A rule that looks at its index, a row that was changed and a decision that is fixed: the program is Pyomo's own."""
    looking = models("one_site")
    land = next(iter(looking.halls.land_mw.values()))

    def odd(_: pyo.Block, name: str) -> object:
        return land <= 1.0 if name == "a" else 2.0 * land <= 5.0

    looking.halls.ODD = Indices(dimen=1, initialize=["a", "b"])
    looking.halls.add_component("odd_limit", Rows(looking.halls.ODD, rule=odd, doc="(0.0) odd"))
    changed, fixed = models("one_site"), models("one_site")
    first = next(iter(changed.halls.land_limit.index_set()))
    changed.halls.land_limit[first].set_value(changed.halls.land_mw[first] <= 1.0)
    next(iter(fixed.halls.built_modules.values())).fix(0)
    for model, why in ((looking, "odd_limit"), (changed, "changed"), (fixed, "fixed")):
        with pytest.raises(NoTemplate, match=None if why == "odd_limit" else why):
            assembled(model)
        assert differences(compile_model(model), written_out(model)) == []
    assert [text.partition(":")[0] for text in no_templates(looking)] == ["halls.odd_limit"]
    assert [text for text in no_templates(changed)] == ["halls.land_limit: one of its rows was changed"]
    assert compile_model(fixed).columns == compile_model(models("one_site")).columns - 1


def test_a_rule_that_is_switched_off_is_left_out() -> None:
    """Of the whole rule, or of one row of it; both routes agree, and the program has fewer rows."""
    rows = compile_model(models("one_site")).rows
    off, one = models("one_site"), models("one_site")
    off.halls.land_limit.deactivate()
    next(iter(one.halls.land_limit.values())).deactivate()
    assert [compile_model(model).rows for model in (off, one)] == [rows - len(off.halls.land_limit), rows - 1]
    assert differences(compile_model(off), written_out(off)) == differences(compile_model(one), written_out(one)) == []


def test_what_was_changed_counts() -> None:
    """A bound that somebody sets on a decision is the program's, without another route."""
    model = models("one_site")
    before = maximise(compile_model(model), Settings()).objective
    model.halls.built_modules.setub(0)
    after = maximise(assembled(model), Settings()).objective
    assert before is not None
    assert after is not None
    assert after < before - 1.0
