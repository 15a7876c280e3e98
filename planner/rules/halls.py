"""Rules and states of halls, land and what builders can start (section 2 of MATHS.md)."""

from __future__ import annotations

from planner.rules.record import Rule, State

# fmt: off
RULES: tuple[Rule, ...] = (
    Rule("2.4", "cohort_limit", "modules", "the plan retires and converts", "stand there",
         plain="all modules of an existing hall are already converted or retired", one_more="modules", lumpy=True),
    Rule("2.5", "conversion_limit", "lots", "the plan converts", "the site allows",
         plain="the most conversions that the site allows", one_more="lots", lumpy=True),
    Rule("2.9", "land_limit", "MW", "halls standing or under construction hold", "the land can take",
         plain="land for halls", one_more="MW IT"),
    Rule("2.10", "resident_limit", "MW", "tenants and clusters occupy", "the modules that stand all through the period hold",
         plain="halls that stand all through the period, for tenants and GPU clusters", one_more="MW IT"),
    Rule("2.11", "occupied_limit", "MW", "tenants, clusters and miners occupy", "the modules hold on average",
         plain="hall space", one_more="MW IT"),
    Rule("2.12", "ai_limit", "MW", "tenants, clusters and machines in halls that are not for mining occupy", "the site may give to them",
         plain="IT MW that a site may give to AI", one_more="MW IT"),
    Rule("2.13", "started_limit", "MW", "the plan starts to build", "builders can start",
         plain="what builders can start in one period", one_more="MW IT", lumpy=True),
)
# fmt: on

STATES: tuple[State, ...] = (
    State("full_modules", "2.6", loose="below"),
    State("average_modules", "2.7"),
    State("final_modules", "2.8", loose="below"),
    State("land_mw", "2.9"),
)
