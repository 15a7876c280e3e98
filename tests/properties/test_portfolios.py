"""What must hold for any portfolio: more room never hurts, parts are the whole, and what binds nothing changes nothing.

Every plan found here also passes the exact checker (`solved`).
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from planner import Run, solve
from planner.check import verify
from planner.plan import FAMILIES, Key, Plan
from planner_models.schema import Instance
from tests.example import contracted
from tests.properties.instances import anything
from tests.properties.transform import replaced
from tests.proved import mostly_proved
from tests.tiny import (
    accepts,
    btc,
    conversion,
    facility,
    fleet,
    gpu,
    gpu_market,
    hall,
    lease,
    meter,
    mine,
    power_price,
    rig,
    room,
    site,
    solved,
    standing,
    tiny,
    upgrade,
    worth,
)
from tests.tiny_capital import covenant, policy, shares, tax_class
from tests.tiny_deals import tranches

SEEDS = range(40)
"""Random portfolios over every table."""
IDLE = ("leases", "lease_deliveries", "tax_classes", "policies", "debt", "equity")
"""Tables to which something may be added that changes nothing."""


def few(examples: int) -> settings:
    """The same few portfolios on every run."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],  # every example is some solves: a failure is not made smaller
        suppress_health_check=list(HealthCheck),
    )


def pick(*values: float) -> st.SearchStrategy[Any]:
    """One of a few values."""
    return st.sampled_from(values)


@st.composite
def offers(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """A lease offer of plausible size, rent and dates."""
    return lease(
        id=name,
        it_mw=draw(pick(0.5, 1, 1.5)),
        ready_by=draw(st.sampled_from(["2027-01", "2027-04", "2027-07"])),
        drop_dead=draw(st.sampled_from([None, "2027-12"])),
        penalty_usd_per_mw_month=draw(pick(0, 100_000)),
        rent_usd_per_kw_month=draw(pick(120, 150, 200)),
        escalator_fraction=draw(pick(0, 0.03)),
        cost_fraction=draw(pick(0, 0.1)),
        term_months=draw(pick(18, 120)),
    )


@st.composite
def portfolios(draw: st.DrawFn) -> Instance:
    """Two sites with a mine, room for shells and GPUs, an upgrade, transformers, a facility and a budget; 2027 in parts and 2028."""
    return tiny(
        periods=[{"months": 3, "count": 2}, {"months": 6, "count": 1}, {"months": 12, "count": 1}],
        finance={
            "discount_rate_fraction": draw(pick(0, 0.12)),
            "opening_cash_musd": draw(pick(4, 12, 40)),
            "cash_floor_musd": draw(pick(0, 1)),
            "overhead_musd_per_year": 0.5,
            "cost_inflation_fraction": 0.03,
            "tax_rate_fraction": draw(pick(0, 0.21)),
            "opening_loss_musd": draw(pick(0, 2)),
            "exit_cost_fraction": 0.02,
        },
        sites=[site(land_it_mw=4, energised_musd_per_mw=0.3), site(id="north", land_it_mw=draw(pick(1, 3)))],
        grid=[
            meter(mw=draw(pick(2, 3.5))),
            meter(id="north_meter", site="north", mw=1.5),
            upgrade(id="more_power", mw=2, lead_months=3, deposit_fraction=0.3),
        ],
        equipment=[{"id": "unit", "mva": 1.5, "cost_musd": 0.4, "lead_months": draw(pick(0, 3))}],
        slots=[{"equipment": "unit", "year": 2027, "units": draw(pick(1, 2))}],
        halls=[
            mine(fixed_cost_musd_per_module_year=0.05, pue_peak=1.1, pue_average=1.05, residual_musd_per_module=0.1),
            hall(buildable=True, build_months=3, capex_musd_per_module=draw(pick(3, 6)), pue_peak=1.25, residual_musd_per_module=2),
            room(buildable=True, sites=["north"], capex_musd_per_module=8, residual_musd_per_module=4, pue_peak=1.3, pue_average=1.2),
        ],
        conversions=[conversion(build_months=6, off_months=3, capex_musd_per_lot=2, max_lots=draw(pick(1, 2)))],
        asic_models=[rig(residual_fraction=0.3), rig(id="new_rig", j_per_th=15, usd_per_th=15, buyable=True, lead_months=3)],
        gpu_models=[gpu(capex_musd_per_mw=30, opex_musd_per_mw_year=1, residual_fraction=0.4, lead_months=3)],
        gpu_market=[gpu_market(usd_per_gpu_hour=draw(pick(2.5, 3.5)), market_it_mw=1)],
        opening=[standing("mine", count=2, tax_basis_musd=1), standing("unit", count=2), fleet(it_mw=2, tax_basis_musd=0.5)],
        power_prices=[
            power_price(block="base", hours_fraction=0.9, usd_per_mwh=35),
            power_price(block="peak", hours_fraction=0.1, usd_per_mwh=draw(pick(60, 400))),
        ],
        leases=[draw(offers("anchor")), draw(offers("second"))],
        lease_sites=[accepts(), accepts(at="north", rent_adder_usd_per_kw_month=10), accepts("second")],
        btc=[btc(btc_usd=draw(pick(50_000, 90_000))), btc(from_day="2028-03-10", btc_usd=80_000)],
        debt=[facility(limit_musd=draw(pick(2, 6)), advance_fraction=0.6, fee_fraction=0.02, maturity="2029-06")],
        covenants=[covenant("liquidity", 2, id="purse")],
        equity=[shares(limit_musd_per_quarter=draw(pick(0.2, 1)), discount_fraction=0.05)],
        budgets=[{"year": 2027, "capex_musd": draw(pick(4, 10))}],
        policies=[policy("it_mw", id="mines", use="hashing", at_most=draw(pick(0.3, 1)), from_month="2028-01")],
    )


def same(value: float) -> Any:
    """Equal to the solver's tolerance."""
    return pytest.approx(value, rel=1e-6, abs=1e-5)


ROOM = [
    ("grid.meter.mw", 6.0),
    ("slots.unit/2027.units", 5),
    ("budgets.2027.capex_musd", 40.0),
    ("finance.opening_cash_musd", 60.0),
    ("debt.bank.limit_musd", 20.0),
    ("sites.north.land_it_mw", 5.0),
    ("gpu_market.gpu/2027.market_it_mw", 3.0),
    ("conversions.change.max_lots", 4),
    ("equity.shares.limit_musd_per_quarter", 2.0),
    ("covenants.purse.level", 0.0),
    ("policies.mines.at_most", 2.5),
]


@pytest.mark.parametrize("more", mostly_proved(ROOM, 3))
@few(4)
@given(instance=portfolios())
def test_more_room_never_hurts(more: tuple[str, float], instance: Instance) -> None:
    """Grid, slots, budget, cash, credit, land, market, lots, shares, covenants and caps are limits: with more the old plan still holds."""
    assert worth(solved(instance.with_(*more))) >= worth(solved(instance)) - 1e-5


@few(6)
@given(instance=portfolios())
def test_an_offer_more_never_hurts_and_a_duty_never_helps(instance: Instance) -> None:
    """An offer may be declined, so it cannot cost anything; once it must be taken it cannot be worth more than the choice."""
    value = worth(solved(instance))
    without = replaced(instance, leases=instance.leases[:1], lease_sites=instance.lease_sites[:2])
    assert worth(solved(without)) <= value + 1e-5
    forced = solve(instance.with_("leases.anchor.mandatory", True))
    assert forced.outcome == "infeasible" or worth(forced) <= value + 1e-5


@functools.cache
def best(seed: int) -> Run:
    """The run of a random portfolio over every table: its plan passes the checker and is worth what the model claims."""
    return solved(anything(seed))


@pytest.mark.parametrize("seed", mostly_proved(SEEDS, 6))
def test_model_and_checker_agree(seed: int) -> None:
    """Two readings of MATHS.md, to 1e-6; a plan that does nothing is one of the choices, so it is not worth more."""
    idle = verify(anything(seed), Plan("tiny"))
    assert worth(best(seed)) >= float(idle.value_musd) - 1e-5 or not idle.ok


@pytest.mark.prove
def test_every_decision_is_taken_somewhere() -> None:
    """Otherwise the portfolios would not try what they are for."""
    taken = {name for seed in SEEDS for name, values in decisions(best(seed)).items() if any(values.values())}
    assert taken == set(FAMILIES)


def decisions(run: Run) -> Mapping[str, Mapping[Key, float]]:
    assert run.plan is not None
    return run.plan.decisions


@few(6)
@given(instance=portfolios())
def test_equal_parts_are_as_good_as_the_whole(instance: Instance) -> None:
    """The mine as two cohorts of one module, the meter as two of half the size, the base block as two of the same price."""
    cohort, units, machines = instance.opening
    halves = [cohort.model_copy(update={"id": name, "count": 1, "tax_basis_musd": 0.5}) for name in ("first", "other")]
    whole, north, more = instance.grid
    meters = [whole.model_copy(update={"id": name, "mw": whole.mw / 2}) for name in ("meter", "meter_two")]
    base, peak = instance.power_prices
    blocks = [base.model_copy(update={"block": name, "hours_fraction": 0.45}) for name in ("day", "night")]
    parts = replaced(instance, opening=(*halves, units, machines), grid=(*meters, north, more), power_prices=(*blocks, peak))
    assert worth(solved(parts)) == same(worth(solved(instance)))


@pytest.mark.parametrize("seed", mostly_proved(SEEDS[24:32], 3))
def test_rules_that_bind_nothing_change_nothing(seed: int) -> None:
    """A lease in one block or one tranche, a yield beside that of its tier, straight lines, a cap of 100 %, lenders of nothing."""
    instance = anything(seed)
    rates = {tier.id: tier.cap_rate_fraction for tier in instance.tiers}
    parted = {row.lease for row in instance.lease_deliveries}
    said: dict[str, list[Any]] = {table: [row.model_dump() for row in getattr(instance, table)] for table in IDLE}
    for row in said["leases"]:
        row["block_it_mw"] = row["block_it_mw"] or row["it_mw"]
        row["cap_rate_fraction"] = row["cap_rate_fraction"] or rates.get(row["tier"])
        said["lease_deliveries"] += [] if row["id"] in parted else tranches((0, 1.0), name=row["id"])
    said["tax_classes"] += [tax_class(life, method="straight_line") for life in (61, 121)]
    said["tax_classes"] += [] if instance.tax_classes else [tax_class(60, method="straight_line"), tax_class(180, method="straight_line")]
    said["policies"] += [policy(measure, id=measure, at_most_fraction=1.0) for measure in ("it_mw", "hashrate_eh", "revenue_musd")]
    said["debt"] += [facility(id=f"no_{kind}", kind=kind, limit_musd=0) for kind in ("project", "equipment", "revolver")]
    said["equity"] += [shares(id="none", limit_musd_per_quarter=0)]
    assert worth(solved(replaced(instance, **said))) == same(worth(best(seed)))


def loosened(seed: int) -> Iterator[tuple[str, Instance]]:
    """The portfolio with one of its covenants as good as waived, one M$ more of shares a quarter, or a policy that caps nothing."""
    instance, waived = anything(seed), {"leverage": 100.0, "coverage": 0.0, "liquidity": 0.0}
    for test in instance.covenants:
        yield test.kind, instance.with_(f"covenants.{test.id}.level", waived[test.kind])
    for row in instance.equity:
        yield "equity", instance.with_(f"equity.{row.id}.limit_musd_per_quarter", row.limit_musd_per_quarter + 1)
    for rule in instance.policies:
        for bound, most in (("at_most", 100.0), ("at_most_fraction", 1.0)):
            if getattr(rule, bound) is not None:
                yield bound, instance.with_(f"policies.{rule.id}.{bound}", most)


def test_looser_terms_never_hurt_and_sometimes_help() -> None:
    """Each covenant, the shares that may be sold and each cap, one at a time."""
    gained: dict[str, list[float]] = defaultdict(list)
    for seed in (14, 17, 24, 31):
        for term, other in loosened(seed):
            gained[term].append(worth(solved(other)) - worth(best(seed)))
    assert min(gain for gains in gained.values() for gain in gains) >= -1e-5
    assert [term for term, gains in gained.items() if max(gains) < 1e-3] == []
    assert set(gained) == {"leverage", "coverage", "liquidity", "equity", "at_most", "at_most_fraction"}


def test_the_instance_with_every_rule_has_a_plan() -> None:
    """All tables at once, to a hundredth."""
    run = solved(contracted().with_("options.gap_fraction", 0.01))
    assert {"started", "contracted", "drawn_musd", "repaid_musd"} <= set(decisions(run))


@pytest.mark.parametrize("seed", mostly_proved(SEEDS[32:], 2))
def test_a_lease_that_may_be_split_is_worth_no_less(seed: int) -> None:
    """All blocks at one site and date are the whole."""
    instance = anything(seed)
    leases = [row.model_copy(update={"block_it_mw": row.it_mw / parts}) for row, parts in zip(instance.leases, (2, 2, 1), strict=False)]
    whole = [row.model_copy(update={"block_it_mw": None}) for row in instance.leases]
    assert worth(solved(replaced(instance, leases=leases))) >= worth(solved(replaced(instance, leases=whole))) - 1e-5
