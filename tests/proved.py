"""Parameters of a test: the first few for every run of the tests, the rest for the long proof."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest


def mostly_proved(values: Sequence[object], kept: int) -> list[Any]:
    """All values as parameters, those after the first `kept` marked for the long proof."""
    return [pytest.param(value, marks=[] if i < kept else [pytest.mark.prove]) for i, value in enumerate(values)]
