"""The runs under a folder as a frame."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from planner.index.choice import figure, with_figures
from planner.index.entry import FIELDS


def list_runs(root: str | Path, kpis: Iterable[str] = ()) -> pd.DataFrame:
    """All runs under a folder, a row each: path, saved, outcome, value_musd and so on, then the named key figures of `tables/kpis.csv`.

    A run that cannot be read has its reason in `unreadable`, and nothing but path and saved besides. Raises NoRoot or NoSuchRun (both
    PlannerErrors) where the folder does not exist or is a run itself, or where no run has a key figure of that name.
    """
    names = tuple(kpis)
    entries = with_figures(root, names).entries
    return pd.DataFrame([[figure(entry, name) for name in (*FIELDS, *names)] for entry in entries], columns=[*FIELDS, *names])
