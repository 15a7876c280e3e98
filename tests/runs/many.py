"""Small runs under one folder, and processes that list, save and remove them."""

from __future__ import annotations

import dataclasses
import os
import random
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pandas as pd

from planner.check import Certificate
from planner.check.ledger import Ledger
from planner.index import listing
from planner.index.prune import prune
from planner.runs import Run
from tests.tables.sample import run

WHOLE = run()
HASHES = {"instance": "a" * 64, "model": "b" * 64}


def small(
    value_musd: float = 100.0, *, name: str = "mine", seed: int = 0, kpis: Mapping[str, float | str] | None = None, **parts: Any
) -> Run:
    """A run of few files, worth as much, with key figures of its own; `parts` replace fields of it."""
    figures = {"equity_value_musd": value_musd} | dict(kpis or {})
    rows = [(kpi, value, "", "M$") if isinstance(value, float) else (kpi, None, value, "year") for kpi, value in figures.items()]
    fields: dict[str, Any] = {
        "instance": WHOLE.instance.model_copy(update={"name": name}),
        "certificate": Certificate(True, (), value_musd, Ledger({}, ())),  # type: ignore[arg-type]
        "objective_musd": value_musd,
        "bound_musd": value_musd,
        "settings": {"seed": seed},
        "hashes": HASHES,
        "tables": {"kpis": pd.DataFrame(rows, columns=["kpi", "value", "text", "unit"]).astype({"value": "float64"})},
    }
    return dataclasses.replace(WHOLE, **(fields | parts))


def save(run: Run, folder: Path, saved_s: float | None = None) -> None:
    """Save a run, as of a time in seconds since 1970."""
    run.save(folder)
    if saved_s is not None:
        os.utime(folder / "run.json", (saved_s, saved_s))


def save_many(root: Path, number: int, times: int) -> None:
    """Save runs at a few places under a root, again and again."""
    dice = random.Random(number)
    for time in range(times):
        save(small(float(time), seed=time), root / f"group{dice.randrange(3)}" / f"run{dice.randrange(4)}")


def list_many(root: Path, number: int, out: Connection) -> None:
    """List, and every third time rebuild, until the parent asks for it: how often, and what was said that should not be."""
    looks, faults = 0, []
    while not out.poll():
        found = listing(root, anew=(looks + number) % 3 == 0)
        looks += 1
        faults += [entry.unreadable for entry in found.entries if entry.unreadable] + list(found.notes)
        faults += [f"{e.path} mixes two runs" for e in found.entries if not e.value_musd == e.seed == e.kpis["equity_value_musd"].value]
    out.send((looks, faults))


def rebuild(root: Path) -> None:
    """Rebuild the index once."""
    listing(root, anew=True)


def rebuild_for_ever(root: Path) -> None:
    """Rebuild the index until killed."""
    while True:
        rebuild(root)


def remove_all(root: Path) -> None:
    """Remove every run."""
    found = listing(root, ())
    prune(found, found.entries, delete=True)


def list_as_nobody(root: str, out: Connection) -> None:
    """List as somebody who may not write there."""
    b"x".decode("utf-8-sig")  # nobody may not be allowed to import it
    if os.getuid() == 0:
        os.setuid(65534)
    found = listing(root)
    out.send(([entry.path for entry in found.entries], found.notes))
