"""Whatever the bytes of a folder are, it is read or refused with problems; a large portfolio is checked in seconds."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from planner.errors import InvalidInstance
from planner.instance import examine, load
from planner_models.consistency import faults
from planner_models.rows import Grid, Lease, LeaseSite, Opening, PowerPrice
from tests.instance.case import FILES, Folder
from tests.instance.full import TABLES, fill
from tests.instance.fuzz import run

PIECES = st.one_of(
    st.binary(max_size=6),
    st.sampled_from(
        [
            b",",
            b"\n",
            b'"',
            b";",
            b"\t",
            b"-",
            b".",
            b"e9",
            b"0",
            b"9" * 30,
            b"nan",
            b": ",
            b"- ",
            b"{",
            b"[",
            b"&a ",
            b"*a",
            b"!!x ",
            b"|",
            b"%",
            b"\xef\xbb\xbf",
        ]
    ),
)
CUTS = st.tuples(st.sampled_from(sorted({*FILES, *TABLES})), st.floats(0, 1), st.integers(0, 12), PIECES)


@settings(max_examples=250, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(CUTS, min_size=1, max_size=4))
@example(cuts=[("instance.yaml", 0.0, 12, b"")])
def test_any_bytes_are_read_or_refused(folder: Folder, cuts: list[tuple[str, float, int, bytes]], record_property: Any) -> None:
    record_property("tries", 1)
    for name, text in FILES.items():
        folder.put(name, text)
    fill(folder)
    for name, where, length, piece in cuts:
        data = (folder.path / name).read_bytes()
        at = int(where * len(data))
        folder.put(name, data[:at] + piece + data[at + length :])
    try:
        instance = load(folder.path)
    except InvalidInstance as error:
        problems, words = error.problems, str(error)
    else:
        assert examine(folder.path).instance == instance
        return
    assert problems
    assert all(problem.file and problem.found and problem.allowed for problem in problems)
    assert "pydantic" not in words
    assert "validation error" not in words


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.prove) for seed in range(1, 9))])
def test_any_change_of_cells_keys_rows_and_columns_is_read_or_refused(seed: int, record_property: Any) -> None:
    """The structure of folders and workbooks is changed, a cell, row or column at a time; `fuzz.py` says how, and goes on for an hour."""
    tally = run(seed, tries=60 if seed == 0 else 250)
    assert tally.failures == []
    assert tally.counts["refused"] > 10
    assert tally.counts["accepted"] > 3
    record_property("tries", tally.counts["tried"])


def large(folder: Folder, sites: int) -> Any:
    """A portfolio of many sites with their grid, halls, leases and prices."""
    base = load(folder.path)
    names = [f"site{i}" for i in range(sites)]
    leases = [base.leases[0].model_copy(update={"id": f"lease{i}"}) for i in range(5 * sites)]
    prices = [
        PowerPrice(market=f"m{m}", from_year=2027 + y, block=f"b{b}", hours_fraction=0.125, usd_per_mwh=30)
        for m in range(10) for y in range(5) for b in range(8)
    ]  # fmt: skip
    tables: dict[str, tuple[Any, ...]] = {
        "sites": tuple(base.sites[0].model_copy(update={"id": name, "market": f"m{i % 10}"}) for i, name in enumerate(names)),
        "grid": tuple(Grid(id=f"g{i}_{k}", site=name, kind="upgrade", mw=10) for i, name in enumerate(names) for k in range(3)),
        "opening": tuple(Opening(id=f"o{i}", site=name, item="shed", count=4, in_service="2022-01") for i, name in enumerate(names)),
        "leases": tuple(leases),
        "lease_sites": tuple(LeaseSite(lease=row.id, site=names[(7 * i + k) % sites]) for i, row in enumerate(leases) for k in range(4)),
        "power_prices": tuple(prices),
        "halls": tuple(hall.model_copy(update={"sites": ()}) for hall in base.halls),
        "conversions": (base.conversions[0].model_copy(update={"site": None}),),
    }
    assert all(isinstance(row, Lease) for row in leases)
    return base.model_copy(update=tables)


def test_a_thousand_sites_are_checked_in_seconds(folder: Folder) -> None:
    instance = large(folder, 1000)
    begin = time.process_time()
    assert faults(instance) == []
    assert time.process_time() - begin < 3


@pytest.mark.parametrize("wrong", ["sites", "leases"])
def test_a_thousand_sites_at_fault_are_checked_in_seconds(folder: Folder, wrong: str) -> None:
    instance = large(folder, 1000)
    rows = tuple(row.model_copy(update={"id": f"x_{row.id}"}) for row in getattr(instance, wrong))
    begin = time.process_time()
    assert len(faults(instance.model_copy(update={wrong: rows}))) >= 20_000
    assert time.process_time() - begin < 6
