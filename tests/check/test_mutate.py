"""The mutations that are derived from any valid plan are rejected by the rule that they name."""

from __future__ import annotations

from planner.check import verify
from tests.check.breaches import BREACHES
from tests.check.mutate import mutations
from tests.check.portfolio import portfolio, valid_plan


def test_every_mutation_is_rejected_by_the_rule_that_it_names() -> None:
    instance, plan = portfolio(), valid_plan()
    certificate = verify(instance, plan)
    for tag, mutated in mutations(instance, plan, certificate):
        assert tag in {violation.tag for violation in verify(instance, mutated).violations}


def test_the_mutations_reach_every_rule_that_the_portfolio_exercises() -> None:
    """Its valid plan leaves no lease short of power when upgrades or units are left out, so 4.6 and 4.7 yield nothing here."""
    instance, plan = portfolio(), valid_plan()
    reached = {tag for tag, _ in mutations(instance, plan, verify(instance, plan))}
    assert {breach.tag for breach in BREACHES} - reached == {"4.6", "4.7"}
