"""For every rule one or more changes to the valid plan that break it, with the rules that must be named and by how much."""

from __future__ import annotations

from dataclasses import dataclass

from tests.check.portfolio import Changes


@dataclass(frozen=True)
class Breach:
    """`changes` to the valid plan break rule `tag` by `amount` of its unit (blank: not worked out), and with it only the rules `also`."""

    tag: str
    why: str
    changes: Changes
    amount: str
    also: tuple[str, ...] = ()


def _mine(site: str, mw: float) -> Changes:
    """Buy machines for 2028 and plug them in."""
    return {"bought_mw": {(site, "new", "2028"): mw}, "hosted_mw": {(site, "shed", "new", "2028"): mw}}


def _borrow(period: str, musd: float) -> Changes:
    """Draw more, and repay it in 2028 on top of the 6 M$ that the valid plan repays then."""
    return {"drawn_musd": {("loan", period): musd}, "repaid_musd": {("loan", "2028"): 6.0 + musd}}


ABSENT = (
    Breach("2.1", "ordered before the start: 6 build months, service at month 3", {"built_modules": {("a", "dc", "2027Q2"): 1}}, "1"),
    Breach("2.1", "a type that is not buildable", {"built_modules": {("a", "late", "2028"): 1}}, "1"),
    Breach("2.1", "a site that is not on the type's list", {"built_modules": {("b", "dc", "2028"): 1}}, "1"),
    Breach("2.2", "ordered before the start", {"converted_lots": {("swap", "c1", "2027Q2"): 1}}, "1"),
    Breach("2.2", "a cohort of another hall type", {"converted_lots": {("swap", "c3", "2028"): 1}}, "1"),
    Breach("2.2", "a cohort at another site", {"converted_lots": {("swap", "b2", "2028"): 1}}, "1"),
    Breach("2.2", "switched off in month 22, before the cohort stands (24)", {"converted_lots": {("swap", "c7", "2029"): 1}}, "1"),
    Breach("2.3", "before the cohort stands (month 18)", {"retired_modules": {("c4", "2028"): 1}}, "1"),
    Breach("2.3", "transformers are no hall modules", {"retired_modules": {("t-a", "2028"): 1}}, "1"),
    Breach("3.1", "delivery at once, with a lead of 3 months", {"bought_mw": {("a", "new", "2027Q1"): 1.0}}, "1"),
    Breach("3.1", "a machine that is not for sale", {"bought_mw": {("a", "old", "2028"): 1.0}}, "1"),
    Breach("3.2", "a hall of another product", {"hosted_mw": {("a", "dc", "old", "2028"): 1.0}}, "1"),
    Breach("3.2", "a machine that is neither there nor for sale", {"hosted_mw": {("b", "shed", "old", "2028"): 1.0}}, "1"),
    Breach("3.3", "a hall of another product", {"run_mw": {("a", "dc", "old", "2028", "peak"): 1.0}}, "1"),
    Breach("3.3", "a block of another market", {"run_mw": {("a", "shed", "old", "2028", "all"): 1.0}}, "1"),
    Breach("4.1", "after drop-dead (2028-06)", {"started": {("may", "a", "shell", "2027Q3"): None, ("may", "a", "shell", "2029"): 1}}, "1"),
    Breach("4.1", "before the earliest start (2027-04)", {"started": {("may", "a", "shell", "2027Q1"): 1}}, "1"),
    Breach("4.1", "a site that the tenant does not accept", {"started": {("may", "b", "far", "2027Q3"): 1}}, "1"),
    Breach("4.1", "a hall of another product", {"started": {("spare", "a", "dc", "2028"): 1}}, "1"),
    Breach("5.1", "a lead of 6 months", {"deployed_clusters": {("a", "dc", "h100", "2027Q2"): 1}}, "1"),
    Breach("5.1", "a hall of another product", {"deployed_clusters": {("a", "shell", "h100", "2028"): 1}}, "1"),
    Breach("5.2", "a hall of another product", {"sold_mw": {("a", "shell", "h100", "2028"): 1.0}}, "1"),
    Breach("6.1", "a lead of 3 months", {"upgraded": {("a-more", "2027Q3"): None, ("a-more", "2027Q1"): 1}}, "1"),
    Breach("6.1", "a row that is energised already", {"upgraded": {("b-now", "2028"): 1}}, "1"),
    Breach("6.1", "before it is offered (2028-01)", {"upgraded": {("a-far", "2027Q2"): 1}}, "1"),
    Breach("6.5", "a lead of 3 months", {"delivered_units": {("a", "tx", "2027Q1"): 1}}, "1"),
    Breach("8.1", "before draws begin (2027-04)", {"drawn_musd": {("loan", "2027Q1"): 1.0}}, "1"),
    Breach("8.1", "after draws end (2029-01)", {"drawn_musd": {("loan", "2029"): 1.0}}, "1"),
    Breach("8.2", "a facility that does not exist", {"repaid_musd": {("bond", "2028"): 1.0}}, "1"),
    Breach("8.5", "before dividends are allowed (2028-01)", {"dividends_musd": {("2027Q4",): 1.0}}, "1"),
)
"""Decisions at an index that MATHS.md does not state."""

DOMAIN = (
    Breach("2.1", "land for 12 modules", {"built_modules": {("a", "shell", "2029"): 13}}, "1", ("2.9",)),
    Breach("2.1", "half a module", {"built_modules": {("a", "shell", "2029"): 0.5}}, "0.5"),
    Breach("2.1", "less than none", {"built_modules": {("a", "shell", "2029"): -1}}, "1", ("8.4",)),
    Breach("2.2", "7 modules are 3 lots of 2", {"converted_lots": {("swap", "c1", "2029"): 4}}, "1", ("2.4", "2.5", "2.10", "2.11")),
    Breach("2.3", "more than stand there", {"retired_modules": {("c3", "2028"): 2}}, "1", ("2.4", "2.10", "2.11")),
    Breach("2.3", "half a module", {"retired_modules": {("c2", "2028"): 0.5}}, "0.5"),
    Breach("3.1", "more than the land", {"bought_mw": {("a", "new", "2029"): 240.5}}, "0.5"),
    Breach("3.1", "less than none", {"bought_mw": {("b", "new", "2028"): -0.25}}, "0.25", ("8.4",)),
    Breach("3.2", "less than none", {"hosted_mw": {("a", "hut", "old", "2028"): -0.25}}, "0.25"),
    Breach("3.3", "less than none", {"run_mw": {("a", "hut", "old", "2028", "peak"): -0.25}}, "0.25"),
    Breach("4.1", "less than none", {"started": {("spare", "b", "far", "2028"): -1}}, "1"),
    Breach("4.1", "half a lease", {"started": {("spare", "a", "shell", "2028"): 0.5}}, "0.5"),
    Breach("5.1", "half a cluster", {"deployed_clusters": {("a", "dc", "h100", "2027Q4"): 1.5}}, "0.5"),
    Breach("5.1", "land for 120", {"deployed_clusters": {("a", "dc", "h100", "2029"): 121}}, "1", ("2.10", "2.11", "6.4", "6.7", "8.7")),
    Breach("5.2", "less than none", {"sold_mw": {("a", "dc", "h100", "2028"): -0.25}}, "0.25"),
    Breach("6.1", "half an upgrade", {"upgraded": {("a-more", "2027Q3"): 0.5}}, "0.5"),
    Breach("6.5", "twice 10 MW are three units of 50 MVA x 0.95 x 0.2, and one", {"delivered_units": {("b", "tx", "2029"): 5}}, "1"),
    Breach("8.1", "more than the limit", {"drawn_musd": {("loan", "2027Q4"): 20.5}}, "0.5", ("8.3",)),
    Breach("8.1", "less than none", {"drawn_musd": {("loan", "2027Q4"): 8.25, ("loan", "2028"): -0.25}}, "0.25"),
    Breach("8.2", "less than none", {"repaid_musd": {("loan", "2027Q4"): -0.25, ("loan", "2028"): 6.25}}, "0.25"),
    Breach("8.5", "less than none", {"dividends_musd": {("2029",): -0.25}}, "0.25"),
)
"""Values outside their domain or their natural bound."""

ROWS = (
    Breach("2.4", "c2 has 2 modules, 3 are retired", {"retired_modules": {("c2", "2027Q3"): 2}}, "1"),
    Breach("2.5", "one lot is allowed at the site", {"converted_lots": {("swap", "c1", "2029"): 1}}, "1"),
    # 2029 holds 80 of shed + 1 hut + 60 shell + 20 late + 20 brief + 5 dc + 10 end = 196
    Breach("2.9", "land for 240 MW", {"built_modules": {("a", "dc", "2029"): 9}}, "1"),
    Breach("2.10", "`end` stands for 10 months of 2029 only", {"deployed_clusters": {("a", "end", "h100", "2029"): 1}}, "2"),
    Breach("2.11", "the hut holds 1 MW", {"hosted_mw": {("a", "hut", "old", "2028"): 1.5}}, "0.5"),
    Breach("3.5", "40 MW of old machines", {"hosted_mw": {("a", "shed", "old", "2027Q1"): 40.5}}, "0.5"),
    Breach("3.6", "98 % of 20 MW", {"run_mw": {("a", "shed", "old", "2028", "peak"): 19.75}}, "0.15"),
    Breach("4.2", "started in 2027Q3 and again in 2028", {"started": {("may", "a", "shell", "2028"): 1}}, "1"),
    Breach("4.3", "a mandatory lease left out", {"started": {("must", "a", "shell", "2027Q4"): None}}, "1"),
    Breach("4.3", "a mandatory lease started twice", {"started": {("must", "a", "shell", "2028"): 1}}, "1"),
    Breach("4.5", "`late` stands for half of 2028", {"started": {("spare", "a", "late", "2028"): 1}}, "1", ("2.10", "2.11", "4.8")),
    Breach("4.6", "15 x 1.25 = 18.75 MW on a grid of 10", {"started": {("spare", "b", "far", "2028"): 1}}, "8.75", ("6.4",)),
    Breach("4.7", "18.75 / 0.95 MVA without a transformer", {"started": {("spare", "c", "far", "2028"): 1}}, "18.75/0.95", ("6.7",)),
    Breach("4.8", "`brief` ends with the plan", {"started": {("spare", "a", "brief", "2029"): 1}}, "15"),
    Breach("5.4", "clusters of 4 MW", {"sold_mw": {("a", "dc", "h100", "2029"): 4.5}}, "0.5", ("5.5",)),
    Breach("5.4", "no cluster yet", {"sold_mw": {("a", "dc", "h100", "2027Q3"): 0.5}}, "0.5"),
    Breach("5.5", "a market of 3 MW", {"sold_mw": {("a", "dc", "h100", "2029"): 3.5}}, "0.5"),
    Breach("6.2", "upgraded twice", {"upgraded": {("a-more", "2029"): 1}}, "1"),
    Breach("6.4", "9.5 x 1.1 = 10.45 MW on a grid of 10", _mine("b", 9.5), "0.45"),
    Breach("6.7", "5 x 1.1 / 0.95 MVA without a transformer", _mine("c", 5.0), "5.5/0.95"),
    Breach("6.8", "one slot in 2027", {"delivered_units": {("c", "tx", "2027Q4"): 1}}, "1"),
    Breach("8.3", "more repaid than owed", {"repaid_musd": {("loan", "2029"): 5.5}}, "0.5"),
    Breach("8.3", "owed at the end of the period that holds the maturity", {"repaid_musd": {("loan", "2029"): 4.5}}, "0.5"),
    Breach("8.3", "3 + 8 + 10 above the limit of 20", _borrow("2027Q2", 10.0), "1"),
    Breach("8.4", "a draw of 1 M$ at a half needs 2 M$ of capex, 2028 has none", _borrow("2028", 1.0), "2"),
    Breach("8.7", "dividends that empty the company", {"dividends_musd": {("2029",): 1000.0}}, ""),
    Breach("8.8", "236.5 + 15 x 1 M$ of machines on a budget of 250", {"bought_mw": {("a", "new", "2027Q4"): 15.0}}, "1.5"),
)
"""Rows of sections 2 to 8."""

BREACHES = ABSENT + DOMAIN + ROWS
