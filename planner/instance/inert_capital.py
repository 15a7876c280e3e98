"""Capital and policies that cannot influence the plan: covenants, shares, warrants, tax classes, tiers, compute contracts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from planner.instance.inert_past import tested_ends
from planner.instance.notice import Remark
from planner_models.reach import Reach
from planner_models.schema import Instance

TAXED = ("equipment", "generators", "halls", "grid", "asic_models", "gpu_models")
"""Tables whose rows have a tax life."""


def _contracts(instance: Instance, reach: Reach) -> Iterator[Remark]:
    """Compute contracts that can start nowhere within the plan."""
    gpus = {row.id: row for row in instance.gpu_models}
    for i, row in enumerate(instance.gpu_contracts):
        if reason := reach.never_starts(row):
            yield Remark("gpu_contracts", i, *reason)
        elif not any(reach.hosts(site, (gpus[row.gpu].product,)) for site in row.sites or [site.id for site in instance.sites]):
            yield Remark("gpu_contracts", i, "sites", "|".join(row.sites) or "blank", f"no hall for {row.gpu!r} can stand at any of them")


def _tiers(instance: Instance, reach: Reach) -> Iterator[Remark]:
    used = {row.tier for row in instance.leases}
    for i, row in enumerate(instance.tiers):
        if row.id not in used:
            yield Remark("tiers", i, "id", repr(row.id), "no lease is of this tier")


def _covenants(instance: Instance, reach: Reach) -> Iterator[Remark]:
    if not instance.debt:
        for i, row in enumerate(instance.covenants):
            yield Remark("covenants", i, "kind", row.kind, "the instance has no debt")
        return
    for i, row in enumerate(instance.covenants):
        begin = 0 if row.from_month is None else reach.month(row.from_month)
        if not tested_ends(instance, reach, row):
            words = f"no period of the plan starts from {reach.word(begin)} on and ends after its first full year"
            yield Remark("covenants", i, "from_month", reach.word(begin), words)


def _equity(instance: Instance, reach: Reach) -> Iterator[Remark]:
    for i, row in enumerate(instance.equity):
        begin = 0 if row.from_month is None else reach.month(row.from_month)
        end = reach.horizon if row.to_month is None else reach.month(row.to_month)
        if not row.limit_musd_per_quarter:
            yield Remark("equity", i, "limit_musd_per_quarter", "0", "no share can be sold")
        elif not any(begin <= start < end for start in reach.starts):
            yield Remark("equity", i, "from_month", f"{reach.word(begin)} to {reach.word(end)}", "no period starts within it")


def _shares(instance: Instance, reach: Reach) -> Iterator[Remark]:
    """Warrants dilute only where the shares are known."""
    if instance.finance.shares_count is not None:
        return
    words = "shares_count is blank, so no value per share is shown"
    for i, row in enumerate(instance.warrants):
        yield Remark("warrants", i, "warrants_count", f"{row.warrants_count:g}", words)
    for i, lease in enumerate(instance.leases):
        if lease.warrants_count:
            yield Remark("leases", i, "warrants_count", f"{lease.warrants_count:g}", words)


def _tax_classes(instance: Instance, reach: Reach) -> Iterator[Remark]:
    lives = {row.tax_life_months for table in TAXED for row in getattr(instance, table)}
    lives |= {row.tax_life_months for row in instance.tax_bases if row.method == "class"}
    for i, row in enumerate(instance.tax_classes):
        if row.life_months not in lives:
            yield Remark("tax_classes", i, "life_months", str(row.life_months), "nothing has this tax_life_months")


def _policies(instance: Instance, reach: Reach) -> Iterator[Remark]:
    for i, row in enumerate(instance.policies):
        begin = 0 if row.from_month is None else reach.month(row.from_month)
        end = reach.horizon if row.to_month is None else reach.month(row.to_month)
        if begin >= reach.horizon or end <= 0 or begin >= end:
            yield Remark("policies", i, "from_month", f"{reach.word(begin)} to {reach.word(end)}", "no month of the plan lies within it")


def _restricted(instance: Instance, reach: Reach) -> Iterator[Remark]:
    finance = instance.finance
    if finance.restricted_until is not None and not finance.opening_restricted_musd:
        found = f"{finance.restricted_until:%Y-%m}"
        yield Remark("instance", None, "finance.restricted_until", found, "opening_restricted_musd is 0")


Rule = Callable[[Instance, Reach], Iterator[Remark]]
RULES: tuple[Rule, ...] = (_contracts, _tiers, _covenants, _equity, _shares, _tax_classes, _policies, _restricted)
