"""States of time and of the ports between the components (sections 1 and 10 of MATHS.md)."""

from __future__ import annotations

from planner.rules.record import State

STATES: tuple[State, ...] = (
    State("discount_mid", "1"),
    State("discount_end", "1"),
    State("hashprice", "1"),
    State("resident_mw", "10.1"),
    State("movable_mw", "10.2"),
    State("load_mw", "10.3"),
    State("draw_mw", "10.4"),
    State("revenue_musd", "10.5"),
    State("operating_musd", "10.6"),
    State("capex_musd", "10.7"),
    State("depreciation_musd", "10.8"),
    State("terminal_musd", "10.9", loose="below"),
    State("final_basis_musd", "10.10"),
    State("supplied_mw", "10.11"),
    State("behind_mw", "10.12"),
    State("prepaid_musd", "10.13"),
    State("doubt_musd", "10.14"),
    State("machine_capex_musd", "10.15"),
    State("one_off_musd", "10.16"),
    State("use_revenue_musd", "10.17"),
)
