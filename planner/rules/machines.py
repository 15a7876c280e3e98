"""Rules and states of machines: hashing, GPU clusters, fleets and hosting (sections 3, 5 and 14 of MATHS.md)."""

from __future__ import annotations

from planner.rules.record import Rule, State

# fmt: off
RULES: tuple[Rule, ...] = (
    Rule("3.5", "hosted_limit", "MW", "the plan plugs in", "the machines there draw",
         plain="mining machines on hand", one_more="MW"),
    Rule("3.6", "run_limit", "MW", "the plan runs", "the machines plugged in can run",
         plain="hours in which machines can run"),
    Rule("3.7", "run_floor", "MW", "the plan runs", "the least that keeps running,",
         plain="machines that operations fail to stop in dear hours"),
    Rule("3.8", "lot_balance", "MW",
         plain="machines come in whole lots"),
    Rule("5.4", "sold_limit", "MW", "the plan sells the hours of", "the clusters in service have",
         plain="GPU clusters on hand"),
    Rule("5.5", "market_limit", "MW", "the plan sells the hours of", "the market takes",
         plain="demand for GPU-hours", one_more="MW IT"),
    Rule("14.4", "stock_limit", "MW", "resold and withdrawn less placed are", "stood there",
         plain="machines on hand that end their life together, to resell or to move"),
    Rule("14.5", "pool_limit", "MW", "the plan has placed", "have reached the pool",
         plain="machines that have left other sites"),
    Rule("14.6", "resale_limit", "MW", "the plan resells", "the second-hand market takes",
         plain="demand for used machines", one_more="MW"),
    Rule("14.7", "ended_choice", "times", "the plan ends it", "a contract can end",
         plain="a hosting contract ends only once"),
    Rule("14.8", "guest_balance", "MW",
         plain="machines of others that a hosting contract is for"),
)
# fmt: on

STATES: tuple[State, ...] = (
    State("installed_mw", "3.4"),
    State("cluster_mw", "5.3"),
)
