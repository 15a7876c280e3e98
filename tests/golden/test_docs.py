"""What the documents show is what the code says: generated pages, the README's page and picture, its code and its links."""

from __future__ import annotations

import importlib.util
import os
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.golden.test_instances import solved
from tests.shipped import NAMES

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", "CONTRIBUTING.md", "docs/instance.md", "docs/tables.md", "docs/kpis.md", "docs/rolling.md", "docs/workbook.md",
         "docs/engine.md", "docs/generated.md", "docs/pipeline.md", "docs/sweep.md",
         "docs/proof.md", "models/MATHS.md", "benchmarks/README.md",
         *(f"instances/{name}/README.md" for name in NAMES)]  # fmt: skip


@pytest.fixture(scope="module")
def writer() -> ModuleType:
    """docs/write.py."""
    spec = importlib.util.spec_from_file_location("docs_write", ROOT / "docs" / "write.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_up_to_date(writer: ModuleType) -> None:
    """`make docs` would change nothing: the README's output is what `make demo` prints now."""
    pages = writer.pages(solved("rockdale"), (ROOT / "README.md").read_text())
    assert [name for name, text in pages.items() if (ROOT / name).read_text() != text] == []


def test_the_library_example_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The README's Python block, as it stands."""
    code = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    assert code is not None
    monkeypatch.chdir(ROOT)
    scope: dict[str, Any] = {}
    exec(code[1], scope)
    assert capsys.readouterr().out.startswith(("optimal", "within_gap"))
    assert len([line for line in code[1].splitlines() if line]) == 5


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    """Every relative link of the documents exists."""
    text = (ROOT / page).read_text()
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if not re.match(r"https?://", target):
            assert os.path.exists((ROOT / page).parent / target), target
