"""Rules and states of power (section 6 of MATHS.md)."""

from __future__ import annotations

from planner.rules.record import Rule, State

# fmt: off
RULES: tuple[Rule, ...] = (
    Rule("6.2", "upgrade_choice", "times", "the plan upgrades", "an upgrade can be made",
         plain="a grid upgrade can be made only once", one_more="upgrade", lumpy=True),
    Rule("6.4", "grid_limit", "MW", "the load at peak is", "grid and own generation in service carry",
         plain="grid connection", one_more="MW"),
    Rule("6.7", "equipment_limit", "MVA", "the load at peak is", "the equipment in service carries",
         plain="transformers, breakers and switchgear", one_more="MVA"),
    Rule("6.8", "slot_limit", "units", "the plan takes delivery of", "the supplier has slots for",
         plain="delivery slots of the equipment supplier", one_more="units", lumpy=True, yearly=True),
    Rule("6.10", "firm_limit", "MW", "halls that are not for mining draw at peak", "firm grid and own generation carry",
         plain="firm power for AI halls", one_more="MW"),
    Rule("6.11", "approval_limit", "MW", "the grid in service is", "the utility has approved",
         plain="MW that the utility has approved", one_more="MW", lumpy=True),
    Rule("6.13", "present_limit", "units",
         plain="types of equipment that are there"),
    Rule("6.14", "redundant_limit", "MW",
         plain="N+1 halls that are in use"),
    Rule("6.15", "reserve_floor", "MVA",
         plain="the largest unit kept in reserve"),
    Rule("6.17", "spare_limit", "MW",
         plain="grid to spare at the horizon"),
    Rule("6.17", "spare_power_limit", "MW",
         plain="grid to spare at the horizon, after leases and own generation"),
)
# fmt: on

STATES: tuple[State, ...] = (
    State("grid_mw", "6.3"),
    State("firm_mw", "6.9", loose="below"),
    State("installed_mva", "6.6"),
    State("reserve_mva", "6.15", loose="above"),
    State("posted_musd", "6.16"),
    State("spare_mw", "6.17", loose="below"),
)
