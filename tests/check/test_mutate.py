"""The mutations that are derived from any valid plan are rejected by the rule that they name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from planner.check import verify
from tests.check.case import Mutation
from tests.check.mutate import mutations
from tests.check.suites import SUITES, Suite


def mutated(suite: Suite) -> Iterator[Mutation]:
    """Every mutation of the plan of a suite."""
    return mutations(suite.instance, suite.plan, verify(suite.instance, suite.plan))


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_every_mutation_is_rejected_by_the_rule_that_it_names(suite: Suite) -> None:
    for tag, plan in mutated(suite):
        assert tag in {violation.tag for violation in verify(suite.instance, plan).violations}, tag


def test_the_mutations_reach_every_rule_that_the_suites_exercise() -> None:
    """Their valid plans leave no lease short of power when upgrades or units are left out, so 4.6 and 4.7 yield nothing here."""
    reached = {tag for suite in SUITES for tag, _ in mutated(suite)}
    assert {breach.tag for suite in SUITES for breach in suite.breaches} - reached == {"4.6", "4.7"}
