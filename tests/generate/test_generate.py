"""Generated instances are valid, silent, the same for ever, and the first sites of a large one are those of a small one."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.errors import BadOption
from planner.generator import GENERATOR, generate, ranges
from planner.generator.page import table
from planner.instance import examine, write
from planner.instance.doubtful import doubtful
from planner.instance.inert import inert
from planner.instance.plausible import implausible
from planner_models.schema import Instance

ROOT = Path(__file__).parents[2]
Tell = Callable[[str, object], None]
Size = tuple[int, int, int]
"""Sites, periods and leases on offer."""
SIZES: dict[Size, int] = {(1, 1, 1): 8, (1, 2, 2): 8, (1, 3, 2): 12, (3, 5, 4): 12, (12, 10, 15): 8, (50, 12, 60): 2, (3, 60, 5): 4}
"""How many seeds of each size are tried."""
FROZEN = {
    (1, 3, 2, 0): "8cd7e1be18566f18",
    (3, 5, 4, 7): "5cec557210187840",
    (12, 10, 15, 1): "608d5d9bc0a7a2bb",
    (60, 12, 80, 2): "01b0f55208bcd847",
}
"""SHA-256 of what is set in an instance, by sites, periods, leases and seed. Who changes one raises GENERATOR."""
SITE_TABLES = ("sites", "grid", "opening", "ppas", "charges")


def digest(sites: int, periods: int, leases: int, seed: int) -> str:
    """What the generator says, without the defaults and the order of fields of the schema, which may grow."""
    said = generate(sites, periods, leases, seed).model_dump(mode="json", exclude_unset=True)
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def remarks(instance: Instance) -> list[str]:
    """Every notice that `planner check` would give."""
    return [
        f"{item.table} {item.field}: {item.found}; {item.reason}"
        for item in (*inert(instance), *doubtful(instance), *implausible(instance))
    ]


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_every_instance_is_valid_and_nothing_in_it_is_without_influence(size: Size, record_property: Tell) -> None:
    """Generating validates; not one notice is left either."""
    for seed in range(SIZES[size]):
        assert remarks(generate(*size, seed)) == []
    record_property("tries", SIZES[size])


def test_a_written_instance_reads_back_equal_and_without_a_notice(tmp_path: Path) -> None:
    """Through the files, as the command and its reader go."""
    instance = generate(12, 10, 15, 3)
    write(instance, tmp_path / "made")
    report = examine(tmp_path / "made")
    assert (report.instance, report.problems, report.notices) == (instance, (), ())


@pytest.mark.parametrize("four", FROZEN, ids=str)
def test_the_instances_of_a_generator_never_change(four: tuple[int, int, int, int]) -> None:
    """A changed figure, draw or order of draws shows here."""
    assert digest(*four) == FROZEN[four]


def test_neither_hashing_nor_the_process_matters() -> None:
    """Another process with another hash seed makes the same."""
    code = "from tests.generate.test_generate import digest; print(digest(12, 10, 15, 1))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "models")]), "PYTHONHASHSEED": "4242"}
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment, cwd=ROOT)
    assert out.stdout.strip() == FROZEN[12, 10, 15, 1]


def test_the_first_sites_of_a_large_instance_are_those_of_a_small_one() -> None:
    """Each site has a stream of its own."""
    small, large = generate(4, 8, 3, 5), generate(15, 8, 40, 5)
    names = {site.id for site in small.sites}
    for name in SITE_TABLES:
        rows = [row for row in getattr(large, name) if (row.id if name == "sites" else row.site) in names]
        assert rows == list(getattr(small, name)), name
    assert {row.id for row in large.sites} > names


def test_seeds_differ() -> None:
    """No two seeds give the same sites."""
    made = [generate(3, 5, 4, seed) for seed in range(10)]
    assert all(one.sites != other.sites for one, other in itertools.combinations(made, 2))


def test_names_say_the_size_the_seed_and_the_generator() -> None:
    """So that a result can be traced to its instance."""
    instance = generate(2, 3, 1, 9)
    assert instance.name == f"generated{GENERATOR}_2x3_1_seed9"
    assert instance.title == f"Generated: 2 sites, 3 years, 1 lease on offer, seed 9 (generator {GENERATOR})"
    assert [row.id for row in instance.sites] == ["site_001", "site_002"]


@pytest.mark.parametrize(("sites", "leases"), [(1, 0), (12, 15), (60, 80)])
def test_so_many_leases_are_on_offer_as_asked_for(sites: int, leases: int) -> None:
    """From three years on; tenants who are there already come on top."""
    for seed in range(3):
        instance = generate(sites, 3, leases, seed)
        assert sum(row.delivered is None for row in instance.leases) == leases


def test_a_lease_fits_a_handful_of_sites_of_one_market() -> None:
    """So a large instance does not list every site in every lease, and leases compete for the same sites."""
    instance = generate(60, 10, 90, 1)
    markets = {site.id: site.market for site in instance.sites}
    accepted = Counter(row.lease for row in instance.lease_sites)
    assert max(accepted.values()) <= 4
    assert sum(count > 1 for count in accepted.values()) > len(instance.leases) / 3
    assert all(len({markets[row.site] for row in instance.lease_sites if row.lease == name}) == 1 for name in accepted)
    assert max(Counter(row.site for row in instance.lease_sites).values()) > 1


def test_every_part_of_the_business_occurs() -> None:
    """In a hundred sites: each market, way to hold a site, kind of grid, contract, plant, stage of a lease and facility."""
    instance = generate(100, 10, 130, 2)
    assert {site.market for site in instance.sites} == set(ranges.MARKETS)
    assert any(site.option_price_musd is not None for site in instance.sites)
    assert any(site.sale_musd_per_mw is not None for site in instance.sites)
    assert {row.kind for row in instance.grid} == {"energised", "approved", "upgrade"}
    assert {row.service for row in instance.grid} == {"firm", "interruptible"}
    assert {row.signed for row in instance.ppas} == {True, False}
    assert {row.id for row in instance.generators} == {"engines", "cells"}
    assert {row.stage for row in instance.leases} == {"signed", "loi", "rofr", "pipeline"}
    assert {row.product for row in instance.leases} == {"turnkey", "powered_shell"}
    assert {row.id for row in instance.debt} == {"converts", "notes", "machine_loan"}
    assert any(row.block_it_mw for row in instance.leases)
    assert all(getattr(instance, name) for name in ("lease_deliveries", "gpu_contracts", "policies", "slots", "budgets", "charges"))


@pytest.mark.parametrize(
    ("four", "words"),
    [
        ((0, 5, 3, 1), "sites: found 0; allowed: a whole number from 1 to 10000"),
        ((3, 0, 3, 1), "periods: found 0; allowed: a whole number from 1 to 60"),
        ((3, 61, 3, 1), "periods: found 61; allowed: a whole number from 1 to 60"),
        ((3, 5, -1, 1), "leases: found -1; allowed: a whole number from 0 to 20000"),
        ((3, 5, 3, -1), "seed: found -1; allowed: a whole number from 0 to 2147483647"),
        ((3.0, 5, 3, 1), "sites: found 3.0; allowed: a whole number from 1 to 10000"),
        ((True, 5, 3, 1), "sites: found True; allowed: a whole number from 1 to 10000"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(four: tuple[int, int, int, int], words: str) -> None:
    """In the words of every other option."""
    with pytest.raises(BadOption) as error:
        generate(*four)
    assert str(error.value) == words


def test_the_page_shows_the_ranges() -> None:
    """docs/generated.md holds the table of the one file of figures."""
    assert table() in (ROOT / "docs" / "generated.md").read_text(encoding="utf-8")
    assert all(figure.source and figure.unit and figure.what for figure in vars(ranges).values() if isinstance(figure, ranges.Range))
