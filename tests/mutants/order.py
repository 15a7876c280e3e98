"""Which tests have to catch a mutant: those of the folders of its side, and first those that mention the rule."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pytest

from tests.mutants.deletion import Mutant

FOLDERS: Mapping[str, tuple[str, ...]] = {
    "model": (
        "tests/properties/test_agreement.py",
        "tests/properties/test_past.py",
        "tests/solved",
        "tests/solver",
        "tests/properties",
        "tests/published",
        "tests/golden/test_instances.py",
        "tests/roll",
    ),
    "checker": ("tests/check", "tests/solved"),
    "fault": ("tests/instance",),
    "notice": ("tests/instance",),
}
"""Whose tests have to catch a mutant, by the first word of its side, in the order in which they are tried.

None of them holds how the project is written, names or pages: that they fail shows that the rule works.
"""
LIKELY = 0.1
"""A test that is one of ten or fewer to mention a word of a mutant comes before those of the folders before its own."""
LIKELIEST = 40
"""Tests that come before those that were written for rules that nothing else holds."""
WHOLE_WORD = re.compile(r"[\w.]+")
PART = re.compile(r"\w+")


def ordered(items: Sequence[pytest.Item], mutant: Mutant) -> list[pytest.Item]:
    """The tests that have to catch a mutant, the likeliest first: what few tests mention tells more than what many do.

    Those that were written for rules that nothing else holds, in files named test_deleted_*, come behind the first few.
    """
    folders = FOLDERS[mutant.side.split()[0]]
    fitting = [item for item in items if _place(item, folders) < len(folders)]
    scores = dict.fromkeys(fitting, 0.0)
    stems = mutant.words[-1].split("_")
    told = [[item for item in fitting if word in _words(item)] for word in sorted(_split(" ".join((mutant.number, *mutant.words))))]
    told += [[item for item in fitting if stem in item.path.stem] for stem in stems]
    for mentioned in told:
        for item in mentioned:
            scores[item] += 1 / len(mentioned)
    likely = sorted(fitting, key=lambda item: (scores[item] < LIKELY, _place(item, folders), -scores[item]))
    wanted = [item for item in likely if item.path.stem.startswith("test_deleted")]
    return list(dict.fromkeys((*likely[:LIKELIEST], *wanted, *likely)))


def _place(item: pytest.Item, folders: Sequence[str]) -> int:
    """The number of the folder in which a test stands; their count for one that stands elsewhere."""
    return next((i for i, folder in enumerate(folders) if item.nodeid.startswith(f"{folder.removesuffix('.py')}")), len(folders))


@cache
def _words(item: pytest.Item) -> frozenset[str]:
    """The words of the test function and of its parameters."""
    function: Any = getattr(item, "function", None)
    return _source_words(function) | _split(item.nodeid)


@cache
def _source_words(function: Any) -> frozenset[str]:
    if function is None:
        return frozenset()
    return _split(inspect.getsource(inspect.unwrap(function)))


def _split(text: str) -> frozenset[str]:
    """Its words, and the parts of those with dots: `finance.tax_rate_fraction` may be told as a whole or by its last part."""
    return frozenset((*WHOLE_WORD.findall(text), *PART.findall(text)))
