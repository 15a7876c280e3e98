"""All tables together: types, order, documentation, and plans that break the rules."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.plan import Plan
from planner.tables import TABLES, tables
from planner.tables.docs import kpis_page, tables_page, write
from planner.tables.facts import Facts
from planner.tables.frame import Column, Frame, text, to_pandas
from planner.tables.kpis import FRAME as KPI_FRAME
from planner.tables.kpis import rows as kpi_rows
from tests.tables import committed
from tests.tables.sample import book, book_of, certificate, instance, plan

DOCS = Path(__file__).parents[2] / "docs"
UNITS = (
    "fraction", "blocks", "tranches", "musd", "mw", "mwh", "mva", "usd", "eh", "btc", "hours", "days", "months", "units", "usd_per_mwh",
    "usd_per_ph_day", "j_per_th",
)  # fmt: skip


def test_every_number_has_its_unit_in_its_name() -> None:
    """Columns of numbers end in a unit; some say it in a column beside them (orders, on_order, kpis, covenants, changes, policies)."""
    beside = {("orders", "quantity"), ("on_order", "quantity"), ("on_order", "cancelled"), ("kpis", "value")}
    beside |= {("covenants", name) for name in ("actual", "level", "headroom")} | {("changes", name) for name in ("before", "now")}
    beside |= {("policies", name) for name in ("counted", "floor", "cap", "headroom")}
    for frame, _ in TABLES:
        for column in frame.columns:
            if column.kind in ("number", "whole") and (frame.name, column.name) not in beside:
                assert column.name.endswith(UNITS), (frame.name, column.name)


def test_frames_are_the_exact_rows_as_floats() -> None:
    """The pandas tables hold what the rows hold, in order, each number the float nearest to its fraction."""
    made = tables(instance(), plan(), certificate().ledger)
    figures = (KPI_FRAME, lambda of: kpi_rows(Facts(of)))
    assert list(made) == [frame.name for frame, _ in (*TABLES, figures)]
    for frame, rows in (*TABLES, figures):
        exact = list(rows(book()))
        assert len(made[frame.name]) == len(exact)
        for column in frame.columns:
            for cell, told in zip(made[frame.name][column.name], exact, strict=True):
                value = told[column.name]
                assert pd.isna(cell) if value is None else cell == (float(value) if column.kind == "number" else value)


def test_every_table_has_rows_where_the_instance_uses_it() -> None:
    """The plan that uses every table leaves none empty; the plain one leaves out what its company does not have."""
    of = committed.book()
    assert [name for name, frame in tables(of.instance, of.plan, of.ledger).items() if frame.empty] == []
    plain = tables(instance(), plan(), certificate().ledger)
    assert [name for name, frame in plain.items() if frame.empty] == [
        "on_order", "changes", "contracts", "hosting", "treasury", "generators", "generation", "ppas", "charges", "covenants",
        "policies"]  # fmt: skip


def test_columns_have_types_even_without_rows() -> None:
    """An empty table keeps its columns: text, floats and booleans, so that code that reads it does not break."""
    bare = instance(leases=[], lease_sites=[])
    frame = tables(bare, Plan("sample"), book_of(bare, Plan("sample")).ledger)["leases"]
    assert frame.empty
    assert frame["taken"].dtype == bool
    assert frame["it_mw"].dtype == float
    assert frame["term_months"].dtype == int


def test_a_row_with_other_columns_is_refused() -> None:
    """A missing, extra or misplaced column is an error of the table, not a blank."""
    frame = Frame("pair", "A pair.", (text("site", "Site."), Column("it_mw", "MW.")))
    assert to_pandas(frame, [{"site": "alpha", "it_mw": Fraction(1, 3)}])["it_mw"][0] == 1 / 3
    one = Fraction(1)
    wrong: list[Any] = [{"site": "alpha"}, {"it_mw": one, "site": "alpha"}, {"site": "alpha", "it_mw": one, "mw": one}]
    for row in wrong:
        with pytest.raises(ValueError, match="table pair"):
            to_pandas(frame, [row])


def test_a_plan_that_breaks_rules_still_has_tables() -> None:
    """Decisions that do not exist count as zero, as in the checker's ledger; the others are shown, however wrong."""
    wrong = plan(
        built_modules={("nowhere", "shell", "2027Q4"): 2, ("beta", "shell", "1999"): 1},
        started={("anchor", "alpha", "shell", "2027Q3"): 2, ("option", "beta", "shell", "2028"): 1, ("ghost", "beta", "shell", "2028"): 1},
        sold_mw={("alpha", "room", "b200", "2028"): -3},
        upgraded={("alpha_now", "2028"): 1},
        bogus={("x",): 1},
    )
    of = book_of(instance(), wrong)
    made = tables(instance(), wrong, of.ledger)
    assert made["allocation"]["it_mw"].notna().all()
    assert set(made["orders"]["item"]) == {"s21", "refit", "tr40", "mine", "b200"}
    cash = made["cash_flow"].drop(columns=["period", "closing_cash_musd"]).sum(axis=1)
    assert cash.to_list() == pytest.approx(made["cash_flow"]["closing_cash_musd"].to_list())


def test_documentation_is_what_the_code_says(tmp_path: Path) -> None:
    """docs/tables.md and docs/kpis.md equal the definitions; `python -m planner.tables.docs docs` writes them."""
    assert (DOCS / "tables.md").read_text(encoding="utf-8") == tables_page()
    assert (DOCS / "kpis.md").read_text(encoding="utf-8") == kpis_page()
    write(tmp_path)
    assert (tmp_path / "tables.md").read_text(encoding="utf-8") == tables_page()
    assert (tmp_path / "kpis.md").read_text(encoding="utf-8") == kpis_page()
    for frame, _ in TABLES:
        assert all(f"| `{column.name}` |" in tables_page() for column in frame.columns)
