"""Rules and states of debt, cash, tax, value and the bitcoin treasury (sections 8, 9 and 15 of MATHS.md)."""

from __future__ import annotations

from planner.rules.record import Rule, State

# fmt: off
RULES: tuple[Rule, ...] = (
    Rule("8.3", "debt_balance", "M$", "the balance at the end of the period is", "may be owed then",
         plain="limit and maturity of the debt"),
    Rule("8.4", "advance_limit", "M$", "the draws rest on capex of", "the capex paid",
         plain="share of capex that the lender funds", one_more="M$"),
    Rule("8.7", "cash_floor", "M$", "cash ends at", "the floor of",
         plain="cash floor (one lower)", one_more="M$"),
    Rule("8.8", "budget_limit", "M$", "capex paid is", "the budget",
         plain="capex budget of the year", one_more="M$", lumpy=True, yearly=True, nearly_fraction=0.05),
    Rule("9.2", "use_limit", "M$",
         plain="share of income that carried losses may offset"),
    Rule("9.4", "carry_limit", "M$",
         plain="tax losses carried in"),
    Rule("9.7", "exit_tax_floor", "M$",
         plain="tax on exit"),
    Rule("9.8", "equity_value", "M$",
         plain="the value that the solver claims"),
    Rule("15.4", "kept_limit", "BTC", "the plan keeps", "are mined then",
         plain="bitcoin that are mined"),
    Rule("15.5", "treasury_limit", "BTC", "the treasury ends with", "the company allows itself",
         plain="cap on the bitcoin treasury", one_more="BTC"),
)
# fmt: on

STATES: tuple[State, ...] = (
    State("debt_musd", "8.3"),
    State("interest_musd", "8.9"),
    State("facility_interest_musd", "8.9", part=True),
    State("facility_fee_musd", "8.9", part=True),
    State("cash_musd", "8.6"),
    State("profit_musd", "9.1"),
    State("loss_musd", "9.1"),
    State("used_musd", "9.2"),
    State("pool_musd", "9.3"),
    State("tax_musd", "9.5"),
    State("terminal_value_musd", "9.6"),
    State("exit_tax_musd", "9.7"),
    State("equity_value", "9.8"),
    State("mined_btc", "15.1"),
    State("treasury_musd", "15.6"),
    State("gain_musd", "15.7"),
    State("bitcoin_musd", "15.8"),
    State("bitcoin_gain_musd", "15.9"),
)
