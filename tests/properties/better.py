"""Every field of the schema of which more, or less, can never hurt: which way, and where that does not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from planner_models.schema import TABLES, Finance, Instance

Doubt = Callable[[Instance, Any], bool]
"""Of an instance and a row: whether the direction does not hold there."""


@dataclass(frozen=True)
class Better:
    """How a value gets better, and where it does not; a blank is left alone."""

    step: Callable[[Any], Any]
    unless: Doubt = lambda instance, row: False


def _more(value: float) -> float:
    return value + 1 if isinstance(value, int) else 1.5 * value + 0.1


def _less(value: float) -> float:
    return value // 2 if isinstance(value, int) else value / 2


def _nearer_one(value: float) -> float:
    return (1 + value) / 2


def _months(months: int) -> Callable[[Any], Any]:
    def moved(day: Any) -> Any:
        count = 12 * day.year + day.month - 1 + months
        return day.replace(year=count // 12, month=count % 12 + 1)

    return moved


def _counted(instance: Instance, row: Any) -> bool:
    """A policy counts revenue, so more of it may be too much."""
    return any(rule.measure == "revenue_musd" for rule in instance.policies)


def _minimum(instance: Instance, row: Any) -> bool:
    """A share of the grid is billed whatever is drawn, or the grid is at most what is approved."""
    approved = row.kind != "approved" and any(other.kind == "approved" for other in instance.grid)
    return approved or any(charge.minimum_fraction for charge in instance.charges)


def _supplied(instance: Instance, row: Any) -> bool:
    """Own supply sells to tenants at the price that falls."""
    return bool(instance.generators or instance.ppas)


def _fee(instance: Instance, row: Any) -> bool:
    """What may be drawn costs a fee, or is tested."""
    return bool(row.commitment_fee_fraction or instance.covenants or not row.advance_fraction)


def _uncertain(instance: Instance, row: Any) -> bool:
    """What may not come true counts at once, though its cash may be locked up; and revenue may be too much."""
    return row.probability_fraction < 1 or _counted(instance, row)


def _doubted(instance: Instance, row: Any) -> bool:
    """The same for a lease that is somewhere else in the tables."""
    return _counted(instance, row) or any(lease.probability_fraction < 1 for lease in instance.leases)


def _received(instance: Instance, row: Any) -> bool:
    """The money came before the start, so it is owed."""
    return row.prepaid is not None or row.delivered is not None or not row.prepayment_musd


def _not(**wanted: str) -> Doubt:
    """Only rows of this kind."""
    return lambda instance, row: any(getattr(row, field) != value for field, value in wanted.items())


MORE, LESS, SHARE = Better(_more), Better(_less), Better(_nearer_one)
LATER, EARLIER = Better(_months(3)), Better(_months(-3))
EARNED = Better(_more, _counted)
NONE_NOW = Better(lambda value: False)
FREE = Better(lambda value: None)

BETTER: tuple[tuple[str, Better], ...] = (
    ("sites.land_it_mw", MORE),
    ("sites.max_ai_it_mw", MORE),
    ("sites.export_mw", MORE),
    ("sites.loading_limit_fraction", SHARE),
    ("sites.power_factor", SHARE),
    ("sites.fixed_cost_musd_per_year", LESS),
    ("sites.property_tax_fraction", LESS),
    ("sites.energised_musd_per_mw", MORE),
    ("sites.option_price_musd", LESS),
    ("sites.offer_from", FREE),
    ("sites.offer_to", FREE),
    ("sites.sale_musd_per_mw", EARNED),
    ("sites.sale_from", FREE),
    ("sites.closing_cost_musd", LESS),
    ("sites.capture_fraction", SHARE),
    ("sites.export_haircut_usd_per_mwh", Better(_less, _counted)),
    ("sites.ai_eligible_from", FREE),
    ("sites.energy_adder_usd_per_mwh", Better(_less, _supplied)),
    ("grid.mw", Better(_more, _minimum)),
    ("grid.cost_musd", LESS),
    ("grid.security_musd", Better(_less, _not(kind="upgrade"))),
    ("grid.security_months", Better(_less, _not(kind="upgrade"))),
    ("grid.due_musd", LESS),
    ("equipment.mva", MORE),
    ("equipment.cost_musd", LESS),
    ("equipment.units_per_mw", LESS),
    ("slots.units", MORE),
    ("generators.max_units", MORE),
    ("generators.unit_mw", MORE),
    ("generators.dependable_fraction", SHARE),
    ("generators.availability_fraction", SHARE),
    ("generators.variable_usd_per_mwh", LESS),
    ("generators.fixed_musd_per_unit_year", LESS),
    ("generators.heat_rate_mmbtu_per_mwh", LESS),
    ("generators.residual_fraction", SHARE),
    ("generators.sites", Better(lambda value: ())),
    ("availability.availability_fraction", SHARE),
    ("fuel_prices.usd_per_mmbtu", LESS),
    ("halls.capex_musd_per_module", LESS),
    ("halls.contingency_fraction", LESS),
    ("halls.fixed_cost_musd_per_module_year", LESS),
    ("halls.assessed_musd_per_module", LESS),
    ("halls.residual_musd_per_module", MORE),
    ("halls.sites", Better(lambda value: ())),
    ("conversions.max_lots", MORE),
    ("conversions.capex_musd_per_lot", LESS),
    ("conversions.contingency_fraction", LESS),
    ("conversions.site", FREE),
    ("delivery_limits.started_it_mw", MORE),
    ("asic_models.order_from", FREE),
    ("asic_models.order_to", FREE),
    ("asic_models.opex_usd_per_mwh", LESS),
    ("asic_models.pool_fee_fraction", Better(_less, _counted)),
    ("asic_models.residual_fraction", SHARE),
    ("asic_prices.resale_usd_per_th", EARNED),
    ("asic_prices.resale_mw_per_year", MORE),
    ("moves.out_musd_per_mw", LESS),
    ("moves.in_musd_per_mw", LESS),
    ("moves.out_months", LESS),
    ("gpu_models.order_from", FREE),
    ("gpu_models.order_to", FREE),
    ("gpu_models.utilisation_fraction", Better(_nearer_one, _counted)),
    ("gpu_models.opex_musd_per_mw_year", LESS),
    ("gpu_models.residual_fraction", SHARE),
    ("gpu_models.months_to_revenue", LESS),
    ("gpu_market.usd_per_gpu_hour", EARNED),
    ("gpu_market.market_it_mw", MORE),
    ("residuals.residual_fraction", SHARE),
    ("opening.tax_basis_musd", MORE),
    ("opening.due_musd", LESS),
    ("opening.cancel_fee_musd", LESS),
    ("tax_bases.basis_musd", MORE),
    ("ppas.strike_usd_per_mwh", LESS),
    ("ppas.take_or_pay_fraction", LESS),
    ("ppas.resale_haircut_usd_per_mwh", Better(_less, _counted)),
    ("charges.usd_per_kw_month", Better(_less, _not(kind="own_peak"))),
    ("charges.usd_per_mw_day", Better(_less, _not(kind="own_peak"))),
    ("charges.minimum_fraction", LESS),
    ("programmes.usd_per_mw_year", EARNED),
    ("programmes.max_mw", FREE),
    ("programmes.from_month", FREE),
    ("programmes.to_month", FREE),
    ("hosting.fee_usd_per_mwh", EARNED),
    ("hosting.share_fraction", Better(_nearer_one, _counted)),
    ("hosting.notice_months", LESS),
    ("leases.penalty_usd_per_mw_month", LESS),
    ("leases.rent_usd_per_kw_month", Better(_more, _uncertain)),
    ("leases.cost_fraction", Better(_less, _uncertain)),
    ("leases.fit_out_musd_per_mw", MORE),
    ("leases.drop_dead", FREE),
    ("leases.decide_by", FREE),
    ("leases.break_fee_musd", LESS),
    ("leases.mandatory", NONE_NOW),
    ("leases.earliest_start", FREE),
    ("leases.prepayment_musd", Better(_more, _received)),
    ("lease_sites.rent_adder_usd_per_kw_month", Better(_more, _doubted)),
    ("lease_sites.capex_musd_per_mw", LESS),
    ("lease_sites.hall", FREE),
    ("gpu_contracts.penalty_usd_per_mw_month", LESS),
    ("gpu_contracts.usd_per_gpu_hour", Better(_more, _uncertain)),
    ("gpu_contracts.used_fraction", Better(_nearer_one, _uncertain)),
    ("gpu_contracts.drop_dead", FREE),
    ("gpu_contracts.decide_by", FREE),
    ("gpu_contracts.mandatory", NONE_NOW),
    ("gpu_contracts.earliest_start", FREE),
    ("gpu_contracts.sites", Better(lambda value: ())),
    ("gpu_contracts.prepayment_musd", Better(_more, _received)),
    ("holdings.btc_count", MORE),
    ("holdings.basis_usd", MORE),
    ("debt.limit_musd", Better(_more, _fee)),
    ("debt.rate_fraction", LESS),
    ("debt.fee_fraction", LESS),
    ("debt.commitment_fee_fraction", LESS),
    ("debt.advance_fraction", Better(_nearer_one, lambda instance, row: not row.advance_fraction)),
    ("debt.dscr_ratio", FREE),
    ("debt.available_from", Better(lambda value: None, _fee)),
    ("debt.available_to", Better(lambda value: None, _fee)),
    ("debt.maturity", Better(_months(12), _fee)),
    ("debt.reserve_months", LESS),
    ("debt.tiers", Better(lambda value: ())),
    ("debt.opening_eligible_musd", Better(_more, lambda instance, row: not row.opening_eligible_musd)),
    ("covenants.from_month", LATER),
    ("covenants.level", Better(_more, _not(kind="leverage"))),
    ("covenants.level", Better(_less, _not(kind="coverage"))),
    ("covenants.level", Better(_less, _not(kind="liquidity"))),
    ("history.ebitda_musd", Better(lambda value: value + 1)),
    ("history.service_musd", Better(lambda value: value - 1)),
    ("equity.limit_musd_per_quarter", MORE),
    ("equity.discount_fraction", LESS),
    ("equity.fee_fraction", LESS),
    ("equity.from_month", FREE),
    ("equity.to_month", FREE),
    ("budgets.capex_musd", MORE),
    ("policies.at_most", MORE),
    ("policies.at_least", LESS),
    ("policies.at_most_fraction", SHARE),
    ("finance.opening_cash_musd", MORE),
    ("finance.cash_floor_musd", Better(lambda value: value - 1)),
    ("finance.overhead_musd_per_year", LESS),
    ("finance.dividends_from", FREE),
    ("finance.loss_use_fraction", SHARE),
    ("finance.opening_loss_musd", MORE),
    ("finance.opening_income_musd", Better(lambda value: value - 1, lambda instance, row: instance.start.month == 1)),
    ("finance.treasury_cap_btc", MORE),
    ("finance.opening_restricted_musd", LESS),
    ("finance.restricted_until", EARLIER),
    ("finance.cash_interest_fraction", Better(lambda value: value + 0.01, lambda instance, row: row.cash_floor_musd < 0)),
    ("finance.exit_cost_fraction", Better(_less, lambda instance, row: any(charge.kind == "coincident" for charge in instance.charges))),
    ("finance.change_penalty_musd", LESS),
)
"""By table and field: limits and windows widen, costs and duties fall, what is earned, owned or deducted rises."""


def improvements(instance: Instance) -> Iterator[tuple[str, Instance]]:
    """The instance with one field of one row made better, named by its path; each that is valid and another instance."""
    for path, better in BETTER:
        table, field = path.split(".")
        for row in getattr(instance, table) if table in TABLES else (instance.finance,):
            if (value := getattr(row, field)) is None or better.unless(instance, row) or better.step(value) == value:
                continue
            name = path if table not in TABLES else f"{table}.{'/'.join(str(part) for part in row.key)}.{field}"
            try:
                yield name, instance.with_(name, better.step(value))
            except ValidationError:
                continue


def known(path: str) -> bool:
    """Whether the schema has the field."""
    table, field = path.split(".")
    return field in TABLES.get(table, Finance).model_fields and table in Instance.model_fields
