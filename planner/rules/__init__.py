"""Every rule and every state of MATHS.md, once: the checker, what binds and the pages read their names, units and words here.

A new rule or state is one record in the file of its subject, in the order of MATHS.md; a file holds whole sections.
Nothing of the project is imported here, so that the exact checker may read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from planner.rules import energy, halls, machines, money, ports, power, sites, tenants
from planner.rules.record import Rule, State

_RULES = (*halls.RULES, *machines.RULES, *tenants.RULES, *power.RULES, *energy.RULES, *money.RULES, *sites.RULES)
_STATES = (*halls.STATES, *machines.STATES, *tenants.STATES, *power.STATES, *energy.STATES, *money.STATES, *sites.STATES, *ports.STATES)

RULES: Mapping[str, Rule] = MappingProxyType({rule.name: rule for rule in _RULES})
"""Every rule by name."""
NUMBERED: Mapping[str, Rule] = MappingProxyType({rule.number: rule for rule in sorted(_RULES, key=lambda rule: bool(rule.what))})
"""The rule that a plan breaks by its number in MATHS.md; rows of one number that only tie a state to a decision come behind it."""
STATES: Mapping[str, State] = MappingProxyType({state.name: state for state in _STATES})
"""Every state of the ledger by name."""

__all__ = ["NUMBERED", "RULES", "STATES", "Rule", "State"]
