"""The rows of MATHS.md that a plan can break: name, unit, and how an excess is put into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Rule:
    """A row `left <= right`: `what` is followed by the left side and `limit` by the right side in the words of a violation."""

    name: str
    unit: str
    what: str
    limit: str


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "2.4": Rule("cohort_limit", "modules", "the plan retires and converts", "stand there"),
        "2.5": Rule("conversion_limit", "lots", "the plan converts", "the site allows"),
        "2.9": Rule("land_limit", "MW", "halls standing or under construction hold", "the land can take"),
        "2.10": Rule("resident_limit", "MW", "tenants and clusters occupy", "the modules that stand all through the period hold"),
        "2.11": Rule("occupied_limit", "MW", "tenants, clusters and miners occupy", "the modules hold on average"),
        "3.5": Rule("hosted_limit", "MW", "the plan plugs in", "the machines there draw"),
        "3.6": Rule("run_limit", "MW", "the plan runs", "the machines plugged in can run"),
        "4.2": Rule("lease_choice", "starts", "the plan makes", "a lease can have"),
        "4.5": Rule("lease_module_limit", "modules", "the lease fills", "stand all through the period"),
        "4.6": Rule("lease_grid_limit", "MW", "the lease alone draws", "the grid in service carries"),
        "4.7": Rule("lease_transformer_limit", "MVA", "the lease alone loads", "the transformers in service carry"),
        "4.8": Rule("tail_limit", "MW", "leases that outlive the plan take", "the halls that stand to their end hold"),
        "5.4": Rule("sold_limit", "MW", "the plan sells the hours of", "the clusters in service have"),
        "5.5": Rule("market_limit", "MW", "the plan sells the hours of", "the market takes"),
        "6.2": Rule("upgrade_choice", "times", "the plan upgrades", "an upgrade can be made"),
        "6.4": Rule("grid_limit", "MW", "the load at peak is", "the grid in service carries"),
        "6.7": Rule("transformer_limit", "MVA", "the load at peak is", "the transformers in service carry"),
        "6.8": Rule("slot_limit", "units", "the plan takes delivery of", "the supplier has slots for"),
        "8.3": Rule("debt_balance", "M$", "the balance at the end of the period is", "may be owed then"),
        "8.4": Rule("advance_limit", "M$", "the draws rest on capex of", "the capex paid"),
        "8.8": Rule("budget_limit", "M$", "capex paid is", "the budget"),
    }
)
"""By number in MATHS.md; (4.3), (8.7) and the lower bound of (8.3) have words of their own where they are checked."""
