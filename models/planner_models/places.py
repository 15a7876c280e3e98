"""Faults of sites: what stands at one on offer or for sale, MW beyond an approval, and trade that would earn money for nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from planner_models.evidence import Evidence, Fault
from planner_models.rows import Generator, Site
from planner_models.words import listing

MW_TOLERANCE = 1e-6
PRICE_TOLERANCE = 1e-9


def _on_offer(evidence: Evidence) -> Iterator[Fault]:
    """Nothing of a site on offer is there before it is bought."""
    offered = {site.id for site in evidence.instance.sites if site.option_price_musd is not None}
    if not offered:
        return
    allowed = "a site that is owned: nothing stands, is hosted or is delivered at one that is still to be bought"
    for table in ("opening", "ppas", "hosting"):
        for i, row in enumerate(evidence.rows(table)):
            if (name := getattr(row, "site", "")) in offered:
                yield Fault(table, i, "site", f"{name!r}, a site on offer (option_price_musd)", allowed)
    for i, grid in enumerate(evidence.instance.grid):
        for field in ("due_musd", "security_musd"):
            if grid.site in offered and grid.kind == "energised" and (musd := getattr(grid, field)):
                reason = f"blank or 0 at {grid.site!r}, a site on offer: nothing is ordered or posted there before it is bought"
                yield Fault("grid", i, field, f"{musd:g}", reason)
    for i, charge in enumerate(evidence.instance.charges):
        if charge.site in offered and charge.opening_mw:
            reason = f"0 at {charge.site!r}, a site on offer: nothing was drawn there before the start"
            yield Fault("charges", i, "opening_mw", f"{charge.opening_mw:g}", reason)


def _for_sale(evidence: Evidence) -> Iterator[Fault]:
    """A site for sale has no power contract and no generator: they would outlive the sale."""
    sold = [site.id for site in evidence.instance.sites if site.sale_musd_per_mw is not None]
    if not sold:
        return
    for i, ppa in enumerate(evidence.instance.ppas):
        if ppa.site in sold:
            allowed = "a site that is not for sale: the contract would outlive the sale"
            yield Fault("ppas", i, "site", f"{ppa.site!r}, a site for sale (sale_musd_per_mw)", allowed)
    for i, generator in enumerate(evidence.instance.generators):
        if hit := [site for site in sold if generator.max_units and (not generator.sites or site in generator.sites)]:
            found = f"{'|'.join(generator.sites) or 'blank'}, which allows {listing(hit)}, for sale (sale_musd_per_mw)"
            yield Fault("generators", i, "sites", found, _elsewhere(evidence, sold))
    for i, row in enumerate(evidence.instance.opening):
        if row.site in sold and row.item in evidence.ids("generators"):
            found = f"{row.item!r}, a generator at {row.site!r}, a site for sale (sale_musd_per_mw)"
            yield Fault("opening", i, "item", found, "generators at sites that are not for sale")


def _elsewhere(evidence: Evidence, sold: list[str]) -> str:
    rest = [site.id for site in evidence.instance.sites if site.id not in sold]
    names = f": {listing(rest)}" if rest else "; there is none, so set max_units to 0"
    return f"the names of sites that are not for sale{names}"


def _approved(evidence: Evidence) -> Iterator[Fault]:
    """From the start on, or once a site on offer may be bought, no more MW are energised than are approved, where approvals are given."""
    horizon = evidence.horizon
    if horizon is None or not evidence.whole("grid", "sites"):
        return
    opened = {site.id: horizon.month(site.offer_from) for site in evidence.instance.sites if site.offer_from is not None}
    dated: dict[tuple[str, str], list[tuple[int, int, float]]] = defaultdict(list)
    for i, row in enumerate(evidence.instance.grid):
        if row.from_month is not None and row.kind != "upgrade":
            month = max(0, opened.get(row.site, 0), horizon.month(row.from_month))
            dated[row.site, row.kind].append((month, i, row.mw))
    for site in [site for site, kind in dated if kind == "approved"]:
        total = 0.0
        for month, i, mw in sorted(row for row in dated[site, "energised"] if row[0] < horizon.end):
            total += mw
            most = sum(mw for begin, _, mw in dated[site, "approved"] if begin <= month)
            if total > most + MW_TOLERANCE:
                found = f"{mw:g}" + (f" ({total:g} MW with the rows before)" if total > mw else "")
                allowed = f"in all at most {most:g} MW at site {site!r} in {horizon.word(month)}, as its approved rows say"
                yield Fault("grid", i, "mw", found, allowed)
                break


def _free_trade(evidence: Evidence) -> Iterator[Fault]:
    """Where own generation may be exported, buying a MWh and exporting one at the same time earns nothing."""
    sites, makers = evidence.instance.sites, evidence.instance.generators
    standing = {row.site for row in evidence.instance.opening if row.item in evidence.ids("generators")}
    for i, site in enumerate(sites):
        spread = site.energy_adder_usd_per_mwh + site.export_haircut_usd_per_mwh
        if site.export_mw and spread < -PRICE_TOLERANCE and (site.id in standing or any(_commissioned(row, site) for row in makers)):
            allowed = (
                f"at least {0 - site.export_haircut_usd_per_mwh:g}, as export_haircut_usd_per_mwh is {site.export_haircut_usd_per_mwh:g}: "
                f"a MWh bought at spot while another is exported would earn {-spread:g} USD"
            )
            yield Fault("sites", i, "energy_adder_usd_per_mwh", f"{site.energy_adder_usd_per_mwh:g}", allowed)


def _commissioned(row: Generator, site: Site) -> bool:
    return row.max_units > 0 and (not row.sites or site.id in row.sites)


Rule = Callable[[Evidence], Iterator[Fault]]
RULES: tuple[Rule, ...] = (_on_offer, _for_sale, _approved, _free_trade)
