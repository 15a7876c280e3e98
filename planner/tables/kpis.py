"""The key figures of a plan: each with its unit, its definition and the function that computes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from planner.tables import figures
from planner.tables.facts import Facts
from planner.tables.frame import Cell, Column, Frame, Row, text

NONE = "none"
LAST_MONTH = "that still run in the last month of the plan"

FRAME = Frame(
    "kpis",
    "The key figures of the plan.",
    (
        text("kpi", "Name."),
        Column("value", "The number; blank where the figure is a text or does not exist."),
        text("text", "The figure where it is a text, `none` where it does not exist, blank beside a number."),
        text("unit", "Unit."),
        text("definition", "What it means."),
    ),
)


@dataclass(frozen=True)
class Kpi:
    """One key figure."""

    name: str
    unit: str
    value: Callable[[Facts], Cell]
    definition: str


def rows(facts: Facts) -> Iterator[Row]:
    """One row per key figure; one that does not exist is `none`."""
    for kpi in KPIS:
        found = kpi.value(facts)
        number, words = (None, found) if isinstance(found, str) else (found, "" if found is not None else NONE)
        yield {"kpi": kpi.name, "value": number, "text": words, "unit": kpi.unit, "definition": kpi.definition}


_VALUE = (
    Kpi(
        "equity_value_musd", "M$", figures.equity,
        "Present value of dividends less new shares, of final cash less debt and money paid ahead, and of terminal value after tax; less "
        "what may not come true of leases and contracts still to be signed, where their probability is given.",
    ),
    Kpi(
        "value_signed_leases_musd", "M$", figures.part("signed leases"),
        "Part of equity value: rent of signed leases less direct cost, penalty and break fees, and their terminal value after exit cost; "
        "before capex, halls and tax.",
    ),
    Kpi(
        "value_unsigned_leases_musd", "M$", figures.part("leases still to be signed"),
        "The same for leases that the plan takes but that are still to be signed, counted in full.",
    ),
    Kpi(
        "value_hashing_musd", "M$", figures.part("hashing"),
        "Part of equity value: mining revenue less energy at the price of buying, repair, staff and moves, and what machines bring "
        "when resold and are worth at the horizon after exit cost; before capex and tax.",
    ),
    Kpi("value_hosting_musd", "M$", figures.part("hosting"), "Part of equity value: fees of hosted machines less their energy."),
    Kpi("value_hpc_musd", "M$", figures.part("hpc"), "The same as for hashing for own GPU clusters, compute contracts included."),
    Kpi(
        "value_power_musd", "M$", figures.part("power"),
        "Part of equity value: what PPAs, own generation, exports, resale and demand response bring over buying at spot, less charges, "
        "and what generators are worth at the horizon after exit cost, with charges still to be billed then; before capex and tax.",
    ),
    Kpi(
        "value_new_shares_musd", "M$", figures.part("new shares"),
        "Part of equity value: what new shares bring after fees less what they are worth.",
    ),
    Kpi(
        "value_prepayments_musd", "M$", figures.part("prepayments"),
        "Part of equity value: what it is worth to have the money of tenants and customers before it is earned.",
    ),
    Kpi(
        "value_probability_musd", "M$", figures.part("probability"),
        "Part of equity value: what of leases and contracts still to be signed may not come true, after tax, by their probability.",
    ),
    Kpi(
        "value_shared_musd", "M$", figures.part("shared"),
        "The rest of equity value: opening cash, capex, halls, grid, sites, overhead, debt, tax and cash held. The ten parts add up.",
    ),
    Kpi(
        "terminal_share_fraction", "fraction", figures.terminal_share,
        "Share of equity value that is terminal value after exit cost and exit tax.",
    ),
    Kpi(
        "equity_usd_per_w_gross", "USD/W", figures.per_w_gross,
        "Equity value / gross MW in the last period: utility MW in service and dependable MW of own generation.",
    ),
    Kpi(
        "equity_usd_per_share_diluted", "USD", figures.per_share,
        "Equity value per share: (equity value + exercise money) / (shares at the start + warrants), over all warrants outstanding, and "
        "those of the leases taken, whose strike lies below it. What new shares are worth is not in equity value, so they do not count "
        "here either. `none` without `shares_count`.",
    ),
    Kpi("equity_usd_per_w_it", "USD/W", figures.per_w_it, "Equity value / IT MW of halls that stand in the last period."),
    Kpi(
        "development_margin_usd_per_w", "USD/W", figures.development_margin,
        "(First-year rent of all leases taken, after direct cost, upkeep and property tax, / their cap rates - capex of halls, "
        "conversions, grid, equipment, generators and sites) / gross MW (grid and own dependable) in the last period; undiscounted. "
        "`none` without a lease, or when one has no cap rate.",
    ),
)  # fmt: skip

_RETURN = (
    Kpi(
        "irr_fraction", "fraction per year", figures.irr,
        "Rate at which the cash flows of the whole company are worth nothing: each period's cash flow before dividends at mid-period, "
        "and terminal value, bitcoin and security less exit tax, debt and money paid ahead at the horizon; opening cash left out, new "
        "shares as what owners pay in, leases and contracts to be signed in full. It is NOT the return on "
        "new orders: the cash of what stands at the opening counts in full, with no investment against it. `none` unless the flows, or "
        "their running total, change sign exactly once.",
    ),
    Kpi(
        "value_without_orders_musd", "M$", figures.value_without_orders,
        "Equity value of the best plan that orders nothing: no hall is built or converted, no machine, cluster, equipment, upgrade, plant "
        "or site is bought; leases may still be taken in what stands or is on order. A second solve; text where there is no such plan.",
    ),
    Kpi("orders_value_musd", "M$", figures.orders_value, "What new orders add: equity value less value_without_orders_musd."),
    Kpi(
        "orders_irr_fraction", "fraction per year", figures.orders_irr,
        "Return on new orders: the rate at which the difference between the cash flows to owners of this plan and of the best plan without "
        "new orders is worth nothing, flows as for irr_fraction. `none` unless these differences begin below zero and they, or their "
        "running total, change sign exactly once.",
    ),
    Kpi(
        "orders_payback_year", "year", figures.orders_payback,
        "First year from which the running total of these differences stays at or above zero, without the one at the horizon; `none` "
        "where they are not paid back before.",
    ),
    Kpi(
        "payback_year", "year", figures.payback,
        "First year from which the running total of cash flows before dividends, without opening cash, stays at or above zero; "
        "the cash of what stands at the opening counts in it too.",
    ),
    Kpi("capex_total_musd", "M$", figures.capex, "Capex paid over the plan."),
    Kpi("peak_capex_musd", "M$", figures.peak_capex, "Largest capex of a fiscal year."),
    Kpi("peak_capex_year", "year", figures.peak_year, "That year."),
)  # fmt: skip

_LIQUIDITY = (
    Kpi("minimum_cash_musd", "M$", figures.lowest_cash, "Lowest cash at the end of a period, without what lenders hold back."),
    Kpi("minimum_cash_period", "period", figures.lowest_period, "The first period that ends within one dollar of it."),
    Kpi("cash_headroom_musd", "M$", figures.lowest_headroom, "Lowest cash less the cash floor: the headroom of the covenant on cash."),
    Kpi(
        "drawable_at_minimum_cash_musd", "M$", figures.lowest_drawable,
        "Debt that could be drawn besides in the period of the lowest cash, under all facilities together: within limit and dates of "
        "each, and within what its kind rests on (a share of capex that it funds, contracted income); `none` without a facility.",
    ),
    Kpi(
        "limit_not_used_min_musd", "M$", figures.least_limit_left,
        "Least difference between limits and debt at the end of a period, over all facilities open in it; draws are also held to a "
        "share of capex, so this is not what can be drawn. `none` without one.",
    ),
    Kpi(
        "covenant_headroom_min_musd", "M$", figures.covenant_headroom,
        "Least headroom of a covenant at the end of a period in which it is tested, as M$ of debt (leverage), EBITDA of twelve months "
        "(coverage) or cash (liquidity). `none` where none is tested.",
    ),
    Kpi("covenant_tightest", "covenant", figures.covenant_tightest, "That covenant, with the period."),
    Kpi(
        "debt_to_ebitda_max", "x", figures.leverage,
        "Highest debt / EBITDA of the twelve months before, at period ends with debt of which plan and `history` hold all twelve; sales of "
        "sites and machines are not in EBITDA. `none` without debt, and text where EBITDA was not positive.",
    ),
)  # fmt: skip

_MW = tuple(
    kpi
    for name, use, contracted, words, when in (
        ("hashing", "hashing", False, "own mining machines", "in the last period"),
        ("hosting", "hosting", False, "hosted machines of others", "in the last period"),
        ("colocation_contracted", "colocation", True, "signed leases", LAST_MONTH),
        ("colocation_uncontracted", "colocation", False, "leases still to be signed", LAST_MONTH),
        ("hpc", "hpc", False, "own GPU clusters", "still in service in the last month of the plan"),
        ("idle", "idle", False, "halls without use", "in the last period: its halls less the other five"),
    )
    for kpi in (
        Kpi(f"it_mw_{name}_start", "MW", figures.mw_start(use, contracted), f"IT MW of {words} in the first period."),
        Kpi(f"it_mw_{name}_end", "MW", figures.mw_end(use, contracted), f"IT MW of {words} {when}."),
    )
)

_SIZE = (
    Kpi("utility_mw_end", "MW", lambda facts: facts.utility_mw, "Utility MW in service in the last period."),
    Kpi(
        "gross_mw_end",
        "MW",
        lambda facts: facts.gross_mw,
        "Gross MW in the last period: utility MW in service and dependable MW of own generation.",
    ),
    Kpi("halls_it_mw_end", "MW", lambda facts: facts.halls_mw, "IT MW of halls that stand in the last period."),
    Kpi(
        "revenue_share_hashing_fraction",
        "fraction",
        figures.revenue_share("hashing"),
        "Share of revenue from hashing, undiscounted; sales of machines and sites are left out.",
    ),
    Kpi("revenue_share_colocation_fraction", "fraction", figures.revenue_share("lease"), "The same for rent."),
    Kpi("revenue_share_hpc_fraction", "fraction", figures.revenue_share("gpu", "contract"), "The same for GPU-hours."),
    Kpi("hashrate_eh_max", "EH/s", figures.peak_hashrate, "Highest mean hashrate of a period."),
)

_POWER = (
    Kpi(
        "power_cost_usd_per_mwh", "USD/MWh", figures.power_cost,
        "What own energy costs, all in, / MWh of own use and of hosted machines, as if there were no own generation (what that earns is "
        "in value_power_musd): at the price of buying (spot, basis, losses, adder), less what PPAs save against spot and bring when resold "
        "(where tenants draw too, the share of own MWh in all MWh drawn at the site in the year), less demand response, plus charges on "
        "own draw. Table `power_cost` has it by site and year. Undiscounted; sites and years without own use are left out, `none` if all.",
    ),
    Kpi(
        "generation_share_fraction", "fraction", figures.generation_share,
        "Own generation that is not exported / all MWh drawn, tenants included. `none` without generators.",
    ),
    Kpi("response_revenue_musd", "M$", figures.response_revenue, "Demand response, undiscounted. `none` without a programme."),
    Kpi(
        "power_credits_musd", "M$", figures.power_credits,
        "Demand response, resale of PPA energy and exports, undiscounted. `none` where none of them is possible.",
    ),
)  # fmt: skip

KPIS: tuple[Kpi, ...] = (*_VALUE, *_RETURN, *_LIQUIDITY, *_MW, *_SIZE, *_POWER)
"""Every key figure, in the order of the table."""
