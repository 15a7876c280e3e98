"""Rules and states of sites on offer and for sale (section 11 of MATHS.md)."""

from __future__ import annotations

from planner.rules.record import Rule, State

# fmt: off
RULES: tuple[Rule, ...] = (
    Rule("11.1", "opening_choice", "times", "the plan buys the site", "it can be bought",
         plain="a site can be bought only once"),
    Rule("11.2", "sale_choice", "times", "the plan sells the site", "it can be sold",
         plain="a site can be sold or closed only once"),
    Rule("11.4", "upgrade_held_limit", "upgrades", "the plan orders", "follow the purchase of the site",
         plain="grid upgrades are ordered after the site is bought"),
    Rule("11.5", "unit_held_limit", "units", "the plan commissions", "follow the purchase of the site",
         plain="generators are ordered after the site is bought"),
    Rule("11.6", "held_land_limit", "MW", "halls standing or under construction hold", "the land held by then can take",
         plain="halls need a site that is bought"),
    Rule("11.7", "full_limit", "modules",
         plain="modules that stand all through the period at a site for sale"),
    Rule("11.7", "full_held_limit", "modules",
         plain="no module stands all through a period after a sale"),
    Rule("11.8", "average_limit", "modules",
         plain="mean modules at a site for sale"),
    Rule("11.8", "average_held_limit", "modules",
         plain="no module stands after a sale"),
    Rule("11.8", "average_floor", "modules",
         plain="modules at a site for sale cost their upkeep until a sale"),
    Rule("11.9", "final_limit", "modules",
         plain="modules of a site for sale that outlive the plan"),
    Rule("11.9", "final_held_limit", "modules",
         plain="no module of a site that is sold outlives the plan"),
    Rule("11.10", "raw_limit", "MW",
         plain="grid at a site for sale"),
    Rule("11.10", "grid_held_limit", "MW",
         plain="no grid after a sale"),
    Rule("11.10", "grid_floor", "MW",
         plain="grid at a site for sale stays until a sale"),
    Rule("11.11", "firm_raw_limit", "MW",
         plain="firm grid at a site for sale"),
    Rule("11.11", "firm_held_limit", "MW",
         plain="no firm grid after a sale"),
    Rule("11.12", "sale_limit", "M$",
         plain="proceeds of energised MW"),
    Rule("11.12", "sale_held_limit", "M$",
         plain="proceeds only at a sale"),
    Rule("11.13", "entry_limit", "things", "the plan brings into service or retires", "may before the site is bought or once it is sold",
         plain="nothing enters a site that is not bought yet, or enters or is retired at one that is sold"),
    Rule("11.14", "purchase_limit", "MW", "the machines bought are", "may come to the site while it is held",
         plain="machines are bought for a site that is held"),
)
# fmt: on

STATES: tuple[State, ...] = (
    State("held", "11.3"),
    State("proceeds_musd", "11.12", loose="below"),
)
