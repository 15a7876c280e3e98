"""Rules and states of energy, own generation, power contracts, charges and demand response (sections 7, 12 and 13 of MATHS.md)."""

from __future__ import annotations

from planner.rules.record import Rule, State

# fmt: off
RULES: tuple[Rule, ...] = (
    Rule("7.3", "supply_balance", "MW", "own supply that is neither exported nor resold is", "own machines and tenants draw",
         plain="own supply and load in a block"),
    Rule("7.4", "import_limit", "MW", "own machines and tenants bring over the meter", "the grid in service carries",
         plain="grid connection in a block of prices", one_more="MW"),
    Rule("12.2", "unit_limit", "units", "the plan keeps in service", "the site can have of the type",
         plain="the most generators that a site can have", one_more="units", lumpy=True),
    Rule("12.5", "generated_limit", "MW", "the plan generates", "the units in service can make",
         plain="own generators on hand", one_more="MW"),
    Rule("12.6", "export_limit", "MW", "the plan exports", "the generators of the site make",
         plain="own generation to export"),
    Rule("13.4", "taken_limit", "MW", "the plan takes", "the contract delivers",
         plain="size of a power contract", one_more="MW"),
    Rule("13.5", "remarketed_limit", "MW", "the plan resells", "it takes under the contract",
         plain="contract power to resell"),
    Rule("13.6", "unused_floor", "GWh",
         plain="take or pay of a power contract"),
    Rule("13.7", "billed_floor", "MW",
         plain="own peak that is billed"),
    Rule("13.8", "minimum_floor", "MW",
         plain="least MW that are billed"),
    Rule("13.11", "response_limit", "MW", "machines that run and load registered to stay off are", "the machines plugged in can run",
         plain="mining load to register for demand response"),
    Rule("13.12", "programme_limit", "MW", "the plan registers", "the programme takes",
         plain="the most that a demand response programme takes", one_more="MW"),
)
# fmt: on

STATES: tuple[State, ...] = (
    State("energy_cost_musd", "7.1"),
    State("tenant_draw_mw", "7.2"),
    State("spot_mw", "7.3"),
    State("meter_mw", "7.5"),
    State("generating_mw", "12.3"),
    State("dependable_mw", "12.4"),
    State("unused_gwh", "13.6", loose="above"),
    State("billed_mw", "13.7", loose="above"),
    State("charges_musd", "13.9"),
)
