"""An installed wheel works in a folder that has its own `models.py` and its own `models/` package."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

USER_CODE = """
import models
assert models.MINE == 'the user', models
import planner, planner_models, pathlib
where = pathlib.Path(planner_models.__file__).resolve()
assert 'installed' in where.parts, where
instance = planner.Instance(name='embedded', start='2027-01', periods=[{'months': 12, 'count': 1}],
                            finance={'discount_rate_fraction': 0.0, 'opening_cash_musd': 5.0})
run = planner.solve(instance)
print(run.outcome, run.value_musd)
"""


@pytest.mark.parametrize("form", ["module", "package"])
def test_a_users_own_models_is_not_in_the_way(tmp_path: Path, wheel: Path, form: str) -> None:
    """The formulation is importable beside `models.py` and `models/`: its import name is planner_models."""
    installed, project = tmp_path / "installed", tmp_path / "project"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    project.mkdir()
    if form == "module":
        (project / "models.py").write_text("MINE = 'the user'\n")
    else:
        (project / "models").mkdir()
        (project / "models" / "__init__.py").write_text("MINE = 'the user'\n")
    checkout = [str(ROOT), str(ROOT / "models")]
    code = f"import sys; sys.path[:] = [{str(installed)!r}, *(p for p in sys.path if p not in {checkout!r})]\n{USER_CODE}"
    done = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["optimal", "5.0"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built from a copy so that nothing old is packed."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("planner", "models"):
        shutil.copytree(ROOT / name, source / name)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", str(target), str(source)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return next(target.glob("megawatt_planner-*.whl"))


def test_the_wheel_holds_both_packages_and_nothing_else(wheel: Path) -> None:
    """planner and planner_models; no top-level `models`, `tests` or `instances` in anybody's site-packages."""
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"planner", "planner_models"}
