"""Write the pages, the picture and the README's output that come from the code: `make docs`."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import planner
from planner.instance import documentation, json_schema
from planner.report import plain, svg
from planner.runs import Run
from planner.tables.docs import kpis_page, tables_page

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- page: written by `make docs` -->\n", "<!-- end of page -->\n"


def readme(text: str, run: Run) -> str:
    """The README with the page of a run between its marks, up to the certificate, whose times differ from run to run."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    page = plain(run).partition("\nCertificate")[0].rstrip()
    return f"{before}{BEGIN}\n```\n{page}\n\nCertificate\n  ...\n```\n\n{END}{after}"


def notebook(text: str) -> str:
    """A notebook with what its cells print now."""
    found, scope = json.loads(text), dict[str, Any]()
    with contextlib.chdir(ROOT / "docs"):
        for count, cell in enumerate((cell for cell in found["cells"] if cell["cell_type"] == "code"), start=1):
            said = io.StringIO()
            with contextlib.redirect_stdout(said):
                exec("".join(cell["source"]), scope)
            told = said.getvalue().splitlines(keepends=True)
            cell["execution_count"] = count
            cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": told}] if told else []
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def pages(run: Run, text: str) -> dict[str, str]:
    """Every generated file by its path in the repository."""
    return {
        "README.md": readme(text, run),
        "docs/instance.md": documentation(),
        "docs/instance.schema.json": json.dumps(json_schema(), indent=2) + "\n",
        "docs/tables.md": tables_page(),
        "docs/kpis.md": kpis_page(),
        "docs/rockdale.svg": svg(run),
        "docs/compare.ipynb": notebook((ROOT / "docs" / "compare.ipynb").read_text(encoding="utf-8")),
    }


def main() -> None:
    """Solve the README's instance and write everything."""
    run = planner.solve(planner.load(ROOT / "instances" / "rockdale"), planner.SolveOptions(baseline=True))
    for name, text in pages(run, (ROOT / "README.md").read_text(encoding="utf-8")).items():
        (ROOT / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
