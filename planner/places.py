"""Which site a row or column of a program belongs to, exactly, or the company."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from planner.compiling.labels import Label, Spans
from planner.plan import FAMILIES
from planner_models.schema import Instance

OWNERS = {
    ("halls", "c"): "opening",
    ("orders", "q"): "opening",
    ("power", "g"): "grid",
    ("charges", "c"): "charges",
    ("hosting", "c"): "hosting",
    ("ppas", "p"): "ppas",
}
"""Section of the model and letter of an index there: the table whose row has the site, where the index does not name it."""
FAMILY_OWNERS = {"opening": "opening", "grid": "grid", "ppa": "ppas", "hosting": "hosting"}
"""Key of a decision in a plan: the table whose row has the site, where the decision does not name it."""


def site_of(instance: Instance) -> Callable[[Label], str | None]:
    """The function `label -> id of the site that a row or column belongs to, None for the company's`.

    Halls of the opening, upgrades, charges, hosting and power contracts belong to the site of their row in the instance; leases,
    compute contracts, facilities, policies and covenants to the company. What changes against an earlier plan belongs where the
    decision does.
    """
    sites = _Sites(instance)
    return lambda label: sites.of(label.component, label.letters)(label.index)


def sites_of(spans: Spans, instance: Instance) -> list[str | None]:
    """The same for all columns (`arrays.variables`) or rows (`arrays.constraints`) of a program, in order."""
    sites = _Sites(instance)
    found: list[str | None] = []
    for span in spans.spans:
        found.extend(map(sites.of(span.component.name, span.letters), span.indices()))
    return found


class _Sites:
    """Looks up the sites of indices."""

    def __init__(self, instance: Instance) -> None:
        tables = {*OWNERS.values(), *FAMILY_OWNERS.values()}
        self._sites: dict[Any, str] = {row.id: row.id for row in instance.sites}
        self._owned: dict[str, dict[Any, str]] = {table: {row.id: row.site for row in getattr(instance, table)} for table in tables}

    def of(self, component: str, letters: tuple[str, ...]) -> Callable[[tuple[Any, ...]], str | None]:
        """The function `index -> site` of one component."""
        if letters == ("decision", "index"):
            return self._of_change
        section = component.partition(".")[0]
        for place, letter in enumerate(letters):
            if letter == "s":
                return self._found(self._sites, place)  # `*` stands for all sites, and is none
            if (section, letter) in OWNERS:
                return self._found(self._owned[OWNERS[section, letter]], place)
        return lambda index: None

    @staticmethod
    def _found(known: dict[Any, str], place: int) -> Callable[[tuple[Any, ...]], str | None]:
        return lambda index: known.get(index[place])

    def _of_change(self, index: tuple[Any, ...]) -> str | None:
        decision, written = index
        for key, part in zip(FAMILIES[decision].keys, written.split("/"), strict=True):
            if key == "site":
                return self._sites[part]
            if key in FAMILY_OWNERS:
                return self._owned[FAMILY_OWNERS[key]][part]
        return None
