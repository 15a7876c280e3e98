"""The pages docs/tables.md and docs/kpis.md, written from the tables' own definitions: `python -m planner.tables.docs docs`."""

from __future__ import annotations

import sys
from pathlib import Path

from planner.tables import TABLES
from planner.tables.kpis import FRAME, KPIS

TABLES_HEAD = """# The tables

Every table of a run, `run.tables[name]` and `tables/<name>.csv`: one row per index, in stable order, units in the column names.
Money is nominal M$ (`_musd`). All are read from the instance, the plan and the exact checker's ledger;
fractions become floats at the very end.
This page is written by `python -m planner.tables.docs docs`; a test holds it equal to the code.
"""

KPIS_HEAD = """# The key figures

Table `kpis` of a run, in order. Columns: `kpi`, `value` (a number), `text` (a period, a year or `none`), `unit`, `definition`.
This page is written by `python -m planner.tables.docs docs`; a test holds it equal to the code.

| kpi | unit | definition |
|---|---|---|
"""


def tables_page() -> str:
    """docs/tables.md."""
    parts = [TABLES_HEAD]
    for frame in (*(frame for frame, _ in TABLES), FRAME):
        cells = [f"| `{column.name}` | {column.kind} | {column.doc} |\n" for column in frame.columns]
        parts.append(f"\n## {frame.name}\n\n{frame.doc}\n\n| column | kind | meaning |\n|---|---|---|\n" + "".join(cells))
    return "".join(parts)


def kpis_page() -> str:
    """docs/kpis.md."""
    return KPIS_HEAD + "".join(f"| `{kpi.name}` | {kpi.unit} | {kpi.definition} |\n" for kpi in KPIS)


def write(folder: Path) -> None:
    """Write both pages into a folder."""
    (folder / "tables.md").write_text(tables_page(), encoding="utf-8")
    (folder / "kpis.md").write_text(kpis_page(), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
