"""Rules and states of leases and compute contracts (sections 4 and 5 of MATHS.md)."""

from __future__ import annotations

from planner.rules.record import Rule, State

# fmt: off
RULES: tuple[Rule, ...] = (
    Rule("4.2", "lease_choice", "blocks", "the plan starts", "the lease has",
         plain="a lease can be taken only once"),
    Rule("4.3", "mandatory_balance", "blocks",
         plain="a lease that has to be delivered"),
    Rule("4.10", "break_balance", "blocks",
         plain="a signed lease is delivered or bought off"),
    Rule("4.5", "lease_module_limit", "modules", "the lease fills", "stand all through the period",
         plain="whole hall modules for one lease", one_more="modules"),
    Rule("4.6", "lease_grid_limit", "MW", "the lease alone draws", "grid and own generation in service carry",
         plain="grid for one lease", one_more="MW"),
    Rule("4.7", "lease_equipment_limit", "MVA", "the lease alone loads", "the equipment in service carries",
         plain="transformers, breakers and switchgear for one lease", one_more="MVA"),
    Rule("4.8", "tail_limit", "MW", "leases that outlive the plan take", "the halls that stand to their end hold",
         plain="halls that outlast a long lease", one_more="MW IT"),
    Rule("5.6", "contract_choice", "starts", "the plan makes", "a contract can have",
         plain="a compute contract can be taken only once"),
    Rule("5.7", "contract_balance", "starts",
         plain="a compute contract that has to be delivered"),
)
# fmt: on

STATES: tuple[State, ...] = (
    State("leased_mw", "4.4"),
    State("capitalised_mw", "4.9"),
    State("broken_musd", "4.11"),
    State("contracted_mw", "5.8"),
)
