"""Every row and column knows its site, and no row of a site reads what belongs to another."""

from __future__ import annotations

import numpy as np
import pytest

import planner
from planner.compile import Arrays, compile_model
from planner.places import site_of, sites_of
from planner.plan import FAMILIES
from planner_models.build import build
from planner_models.schema import Instance
from tests.example import committed
from tests.shipped import FOLDER, NAMES


def instance(name: str) -> Instance:
    """A shipped instance, one that uses every rule, or a generated one."""
    return {"committed": committed, "generated": lambda: planner.generate(8, 6, 10, 1)}.get(name, lambda: planner.load(FOLDER / name))()


@pytest.fixture(scope="module", params=["committed", "generated", *NAMES])
def case(request: pytest.FixtureRequest) -> tuple[Instance, Arrays]:
    """An instance and its program."""
    made = instance(request.param)
    return made, compile_model(build(made))


def test_no_row_of_a_site_reads_another_site(case: tuple[Instance, Arrays]) -> None:
    """A decomposition by site rests on it: what ties sites is a row of the company."""
    made, arrays = case
    columns, rows = (np.array(sites_of(spans, made), dtype=object) for spans in (arrays.variables, arrays.constraints))
    column, row = np.repeat(columns, np.diff(arrays.starts)), rows[arrays.indices]
    wrong = [x is not None and y is not None and x != y for x, y in zip(column, row, strict=True)]
    assert [str(arrays.row_labels[at]) for at in arrays.indices[wrong]] == []
    assert {site for site in columns if site is not None} == {row.id for row in made.sites}


def test_a_label_and_its_place_say_the_same(case: tuple[Instance, Arrays]) -> None:
    """One by one, or all at once."""
    made, arrays = case
    of = site_of(made)
    assert [of(label) for label in arrays.column_labels] == sites_of(arrays.variables, made)
    assert [of(label) for label in arrays.row_labels] == sites_of(arrays.constraints, made)


def test_every_index_has_a_letter_for_each_part(case: tuple[Instance, Arrays]) -> None:
    """The docs of the index sets say which part is the site, so each must be complete."""
    _, arrays = case
    labels = [*arrays.column_labels, *arrays.row_labels]
    assert [str(label) for label in labels if len(label.letters) != len(label.index)] == []


def test_a_decision_that_names_its_site_belongs_there(case: tuple[Instance, Arrays]) -> None:
    """The keys of the plan say it another way."""
    made, arrays = case
    for label, site in zip(arrays.column_labels, sites_of(arrays.variables, made), strict=True):
        keys = FAMILIES[label.rule].keys if label.rule in FAMILIES else ()
        if "site" in keys:
            assert site == label.index[keys.index("site")], label


def test_what_does_not_name_its_site_belongs_to_that_of_its_row() -> None:
    """Halls of the opening, upgrades, charges, hosting and power contracts; a sum over all sites is the company's."""
    made = committed()
    arrays, of = compile_model(build(made)), site_of(made)
    owners = {
        "retired_modules": made.opening, "cancelled_units": made.opening, "upgraded": made.grid, "billed_mw": made.charges,
        "guest_mw": made.hosting, "taken_mw": made.ppas, "accepted": made.ppas,
    }  # fmt: skip
    for name, table in owners.items():
        sites = {row.id: row.site for row in table}
        found = {label: of(label) for label in arrays.column_labels if label.rule == name}
        assert found, name
        assert all(site == sites[label.index[0]] for label, site in found.items()), name
    rows = {label.rule: of(label) for label in arrays.row_labels}
    assert [rows[name] for name in ("cash_balance", "lease_choice", "slot_limit", "debt_balance", "policy_limit")] == [None] * 5
    assert {of(label) for label in arrays.row_labels if label.rule == "started_limit" and label.index[0] == "*"} == {None}


def test_what_changes_a_plan_belongs_where_the_decision_does() -> None:
    """(17.1): more or fewer halls at a site are the site's, whatever the index is written like."""
    made = committed()
    arrays, of = compile_model(build(made)), site_of(made)
    changed = {label.index: of(label) for label in arrays.column_labels if label.rule == "changed"}
    named = {index: index[1].split("/")[0] for index in changed if FAMILIES[index[0]].keys[0] == "site"}
    assert named
    assert {index: changed[index] for index in named} == named
