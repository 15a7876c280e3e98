"""Rows of a valid instance that cannot influence the plan, each with the reason: all of them, and those of what is built and owned."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace

from planner.instance import inert_capital, inert_contracts, inert_past, inert_series
from planner.instance.notice import Remark
from planner_models.reach import Reach
from planner_models.rows import Asic, Gpu
from planner_models.schema import Instance
from planner_models.timeline import Timeline

WORDS = "it cannot influence the plan: "
MW_TOLERANCE = 1e-6
SHARE_TOLERANCE = 1e-9


def inert(instance: Instance) -> list[Remark]:
    """Everything in the instance that no plan can depend on; free columns are never listed."""
    reach = Reach(instance)
    rules = (*RULES, *inert_series.RULES, *inert_contracts.RULES, *inert_capital.RULES, *inert_past.RULES)
    return [replace(item, reason=f"{WORDS}{item.reason}") for rule in rules for item in rule(instance, reach)]


def _sites(instance: Instance, reach: Reach) -> Iterator[Remark]:
    powered = {row.site for row in instance.grid if row.kind != "approved"}
    powered |= {site for site, mw in reach.supply.dependable_mw.items() if mw}
    for i, site in enumerate(instance.sites):
        if reach.held_from(site.id) is None:
            yield Remark("sites", i, "offer_from", _window(site.offer_from, site.offer_to), "no period starts in which it may be bought")
        elif site.id not in powered:
            yield Remark("sites", i, "id", repr(site.id), "it has no row in grid, so nothing can be occupied there")
        if site.sale_from is not None and reach.month(site.sale_from) > reach.last:
            reason = f"no period starts from then on in which it could be sold; the last starts {reach.last_word}"
            yield Remark("sites", i, "sale_from", f"{site.sale_from:%Y-%m}", reason)
        if site.export_mw and not reach.generates(site.id):
            yield Remark("sites", i, "export_mw", f"{site.export_mw:g}", "no generator stands at the site or can be commissioned there")


def _window(begin: dt.date | None, end: dt.date | None) -> str:
    """The months of a window in words, either side open."""
    return " ".join(f"{word} {date:%Y-%m}" for word, date in (("from", begin), ("to", end)) if date is not None) or "blank"


def _grid(instance: Instance, reach: Reach) -> Iterator[Remark]:
    energised: dict[str, float] = defaultdict(float)
    for row in instance.grid:
        energised[row.site] += row.mw if row.kind == "energised" and reach.supply.comes(row) else 0.0
    sold = {site.id for site in instance.sites if site.sale_musd_per_mw is not None}
    for i, row in enumerate(instance.grid):
        held, most = reach.held_from(row.site), reach.supply.approved_mw.get(row.site)
        if held is None:
            continue
        if row.from_month is not None and reach.month(row.from_month) > reach.last:
            reason = f"no period starts from then on; the last starts {reach.last_word}"
            yield Remark("grid", i, "from_month", f"{row.from_month:%Y-%m}", reason)
        elif not reach.supply.comes(row):
            bought = f"ordered when the site can first be bought, {reach.word(held)}, it would come after the last period has begun"
            yield Remark("grid", i, "lead_months", str(row.lead_months), bought if held else reach.too_long)
        elif row.kind == "upgrade" and most is not None and row.site not in sold and energised[row.site] + row.mw > most + MW_TOLERANCE:
            total = f"with {energised[row.site]:g} energised MW the site never has approval for more than {most:g} MW"
            yield Remark("grid", i, "mw", f"{row.mw:g}", total)


def _securities(instance: Instance, reach: Reach) -> Iterator[Remark]:
    """Securities that are back before the plan starts, and their months where there is none."""
    for i, row in enumerate(instance.grid):
        if row.security_months and not row.security_musd:
            yield Remark("grid", i, "security_months", str(row.security_months), "security_musd is 0")
        elif row.kind == "energised" and row.security_musd and row.from_month is not None:
            back = reach.month(row.from_month) + row.security_months
            if back < 0:
                reason = f"it was returned by {reach.word(back)}, and the plan starts {reach.word(0)}"
                yield Remark("grid", i, "security_musd", f"{row.security_musd:g}", reason)


def _equipment(instance: Instance, reach: Reach) -> Iterator[Remark]:
    """A type that never comes, beside another of its kind; alone in its kind it keeps every site from being used."""
    standing = {row.item for row in instance.opening}
    kinds = [row.kind for row in instance.equipment]
    for i, row in enumerate(instance.equipment):
        if row.lead_months > reach.last and row.id not in standing and kinds.count(row.kind) > 1:
            yield Remark("equipment", i, "lead_months", str(row.lead_months), reach.too_long)


def _generators(instance: Instance, reach: Reach) -> Iterator[Remark]:
    standing = {row.item for row in instance.opening}
    for i, row in enumerate(instance.generators):
        if row.id in standing:
            continue
        if not row.max_units:
            yield Remark("generators", i, "max_units", "0", "none stands at the opening and none may be commissioned")
        elif row.lead_months > reach.last:
            yield Remark("generators", i, "lead_months", str(row.lead_months), reach.too_long)
        elif not any(reach.supply.commissions(row, site.id) for site in instance.sites):
            yield Remark("generators", i, "id", repr(row.id), "it can be commissioned at no site within the plan")


def _halls(instance: Instance, reach: Reach) -> Iterator[Remark]:
    useful = {hall for _, hall in reach.halls}
    for i, hall in enumerate(instance.halls):
        if hall.id not in useful:
            reason = "it neither stands, nor can be built within the plan, nor results from a conversion"
            yield Remark("halls", i, "id", repr(hall.id), reason)
        elif hall.redundancy != "N" and not instance.equipment:
            yield Remark("halls", i, "redundancy", hall.redundancy, "there is no row in equipment, so no equipment is modelled")


def _conversions(instance: Instance, reach: Reach) -> Iterator[Remark]:
    cohorts = {row.item for row in instance.opening}
    for i, row in enumerate(instance.conversions):
        if row.from_hall not in cohorts:
            yield Remark("conversions", i, "from_hall", repr(row.from_hall), "no hall of this type stands at the opening")
        elif not reach.converts(row):
            yield Remark("conversions", i, "id", repr(row.id), "no opening row allows a lot of it within the plan")


def _machines(instance: Instance, reach: Reach) -> Iterator[Remark]:
    owned = {row.item for row in instance.opening}
    products = {reach.hall(hall).product for _, hall in reach.halls}
    machines: list[tuple[str, int, Asic | Gpu]] = [("asic_models", i, asic) for i, asic in enumerate(instance.asic_models)]
    machines += [("gpu_models", i, gpu) for i, gpu in enumerate(instance.gpu_models)]
    for table, i, row in machines:
        sold = not isinstance(row, Asic) or row.buyable
        if row.id not in owned and not sold:
            yield Remark(table, i, "buyable", "no", "it can neither be bought nor is it owned")
        elif row.id not in owned and row.lead_months > reach.last:
            yield Remark(table, i, "lead_months", str(row.lead_months), reach.too_long)
        elif row.product not in products:
            yield Remark(table, i, "product", repr(row.product), "no hall of this product can stand")
        elif sold and row.lead_months <= reach.last and not reach.orders(row.lead_months, row.order_from, row.order_to):
            reason = f"no period starts {row.lead_months} months after a month of this window within the plan, so none is ordered"
            yield Remark(table, i, "order_from" if row.order_from else "order_to", _window(row.order_from, row.order_to), reason)


def _opening(instance: Instance, reach: Reach) -> Iterator[Remark]:
    """Rows without a tax basis whose land nothing takes over and that are gone before the plan, and payments in the first period."""
    replaced = {row.replaces for row in instance.opening}
    for i, row in enumerate(instance.opening):
        if not row.tax_basis_musd and row.id not in replaced and reach.outlived(row):
            field, date = ("until", row.until) if row.until is not None else ("in_service", row.in_service)
            yield Remark("opening", i, field, f"{date:%Y-%m}", "its life is over before the plan starts")
        if row.due_evenly and reach.month(row.in_service) < reach.period_end(0):
            yield Remark("opening", i, "due_evenly", "yes", "all that is due is paid in the first period in any case")


def _tax_bases(instance: Instance, reach: Reach) -> Iterator[Remark]:
    """What was spent and is written off in full when the plan starts, or was nothing."""
    time = Timeline(instance)
    for i, row in enumerate(instance.tax_bases):
        if not row.basis_musd:
            yield Remark("tax_bases", i, "basis_musd", "0", "there is nothing to write off")
        elif time.basis_written_off(row, min(0, reach.month(row.in_service)), 0) > 1 - SHARE_TOLERANCE:
            reason = f"all of it is written off when the plan starts, in {reach.word(0)}"
            yield Remark("tax_bases", i, "in_service", f"{row.in_service:%Y-%m}", reason)
        elif row.tax_life_months is None and row.method != "class":
            yield Remark("tax_bases", i, "method", repr(row.method), "tax_life_months is blank: land is never written off")


def _price_year(instance: Instance, reach: Reach) -> Iterator[Remark]:
    finance = instance.finance
    if finance.price_year is not None and not finance.cost_inflation_fraction and not finance.capex_inflation_fraction:
        reason = "cost_inflation_fraction and capex_inflation_fraction are 0"
        yield Remark("instance", None, "finance.price_year", str(finance.price_year), reason)


Rule = Callable[[Instance, Reach], Iterator[Remark]]
RULES: tuple[Rule, ...] = (
    _sites, _grid, _securities, _equipment, _generators, _halls, _conversions, _machines, _opening, _tax_bases, _price_year,
)  # fmt: skip
