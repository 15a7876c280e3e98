"""One little instance for each family of the model's rules; `python -m tests.golden.families --update` writes their programs.

The programs stand in tests/golden/programs, a file per family; a change of the formulation shows there as a diff. Each instance is as small
as its rules allow: few periods, one or two sites, one thing of each kind.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from planner.programs import Program, lp_text, program_of
from planner_models.schema import Instance
from tests.tiny import (
    Fields,
    accepts,
    btc,
    conversion,
    facility,
    fleet,
    gpu,
    gpu_market,
    hall,
    lease,
    leased,
    meter,
    mine,
    mining,
    rig,
    room,
    site,
    standing,
    tiny,
    upgrade,
    years,
)
from tests.tiny_capital import covenant, policy, revolver, shares, tax_class
from tests.tiny_deals import contract, tranches
from tests.tiny_machines import clusters, guests, market, move
from tests.tiny_past import before, draw, history, holding, optional, rigs_to_come, tax_base
from tests.tiny_power import availability, blocks, coincident, demand, fuel_price, mines, plant, ppa, programme
from tests.tiny_sites import approval, breaker, builders, interruptible, offer, sale, shell, transformer

FOLDER = Path(__file__).parent / "programs"
TWO_QUARTERS: list[Fields] = [{"months": 3, "count": 2}]


def halls() -> Instance:
    """Halls built, converted and retired, within what builders and the site allow."""
    return tiny(
        periods=TWO_QUARTERS,
        sites=[site(max_ai_it_mw=4, ai_eligible_from="2027-04")],
        halls=[mine(buildable=True, life_months=3), shell(capex_musd_per_module=2.0, contingency_fraction=0.1), room()],
        conversions=[conversion(build_months=3, off_months=3), conversion(id="rebuilt", to_hall="room", kind="rebuild")],
        opening=[standing("mine", count=2)],
        delivery_limits=[builders(), builders(site="site", started_it_mw=2)],
        budgets=[{"year": 2027, "capex_musd": 5.0}],
    )


def hashing() -> Instance:
    """Machines bought, run, resold, moved between two sites; bitcoin kept."""
    return mining(
        periods=TWO_QUARTERS,
        finance={"treasury_cap_btc": 5.0},
        sites=[site(), site(id="north")],
        grid=[meter(), meter(id="north_meter", site="north")],
        halls=[mine()],
        asic_models=[rig(buyable=True, lot_mw=0.5)],
        asic_prices=[market()],
        moves=[move(out_months=3), move("north")],
        opening=[standing("mine"), standing("mine", id="north_mine", site="north"), fleet()],
        btc=[btc(), btc(from_day="2027-04-01", btc_usd=700_000)],
    )


def hosting() -> Instance:
    """Machines of somebody else, which may be sent away, beside own ones."""
    return mining(periods=TWO_QUARTERS, hosting=[guests(notice_months=3, share_fraction=0.1)], opening=[standing("mine", count=2), fleet()])


def leases() -> Instance:
    """A lease in blocks and tranches at either of two sites, one that is signed, a prepayment and a way out."""
    return tiny(
        periods=TWO_QUARTERS,
        sites=[site(), site(id="north")],
        grid=[meter(), meter(id="north_meter", site="north")],
        halls=[hall()],
        opening=[standing(count=3), standing(id="north_shell", site="north")],
        leases=[
            lease(it_mw=2, block_it_mw=1, stage="signed", break_fee_musd=0.5, penalty_usd_per_mw_month=1000.0, prepayment_musd=0.2,
                  prepaid_months=3, credit_months=12),
            lease(id="short", term_months=3, stage="loi", probability_fraction=0.6, renewal_months=3, renewal_probability_fraction=0.5,
                  fit_out_musd_per_mw=0.1),
            lease(id="resident", stage="signed", mandatory=True, delivered="2026-07", term_months=18),
        ],
        lease_sites=[accepts(), accepts(at="north", capex_musd_per_mw=0.3), accepts("short", capex_musd_per_mw=0.1), accepts("resident")],
        lease_deliveries=tranches((0, 0.5), (3, 0.5)),
    )  # fmt: skip


def gpus() -> Instance:
    """Clusters for the market and for a customer with a contract."""
    return tiny(
        periods=TWO_QUARTERS,
        halls=[room()],
        gpu_models=[gpu()],
        gpu_market=[gpu_market()],
        opening=[standing("room", count=2), clusters(count=2)],
        gpu_contracts=[contract(prepayment_musd=0.5, prepaid_months=0, credit_months=6, penalty_usd_per_mw_month=1000.0),
                       contract(id="batch", stage="signed", mandatory=True, delivered="2026-10", ready_by="2026-10", term_months=6)],
    )  # fmt: skip


def sites() -> Instance:
    """A site on offer and one for sale, with machines and a plant that may come there, and a cap on revenue that counts the sale."""
    return tiny(
        periods=TWO_QUARTERS,
        sites=[offer(), sale(id="north")],
        grid=[meter(), upgrade(), meter(id="north_meter", site="north"), interruptible(site="north")],
        halls=[shell(), mine()],
        asic_models=[rig(buyable=True)],
        generators=[plant(sites=["site"])],
        opening=[standing("mine", site="north"), fleet(site="north")],
        leases=[lease()],
        lease_sites=[accepts()],
        policies=[policy("revenue_musd", at_most=50.0)],
    )


def power() -> Instance:
    """Firm, interruptible and approved grid, an upgrade, transformers and breakers with slots and reserve."""
    return tiny(
        periods=TWO_QUARTERS,
        grid=[meter(), interruptible(mw=2), approval(mw=12), upgrade(security_musd=0.2)],
        halls=[shell(redundancy="N+1"), mine()],
        equipment=[transformer(), breaker()],
        slots=[{"equipment": "unit", "year": 2027, "units": 3}],
        asic_models=[rig()],
        opening=[standing("mine"), fleet(), standing("unit", count=2), standing("breaker", count=2)],
        leases=[lease()],
        lease_sites=[accepts()],
    )


def energy() -> Instance:
    """Own plants, power contracts signed and offered, charges on peaks, demand response; two blocks of hours."""
    return mining(
        periods=TWO_QUARTERS,
        sites=[site(export_mw=1, capture_fraction=0.9)],
        halls=[mine(), hall()],
        power_prices=blocks(20.0, 400.0, 0.1),
        generators=[plant(kind="gas", fuel="gas", heat_rate_mmbtu_per_mwh=8.0, dependable_fraction=0.5, max_units=2)],
        fuel_prices=[fuel_price()],
        availability=[availability()],
        ppas=[ppa(resale=True, take_or_pay_fraction=0.5), ppa(id="more", signed=False)],
        charges=[demand(minimum_fraction=0.5), coincident()],
        programmes=[programme(max_mw=1)],
        opening=[*mines(1), standing()],
        leases=[lease()],
        lease_sites=[accepts()],
    )


def lenders() -> Instance:
    """A project loan, a revolver and a machine loan with what they ask for, covenants, and new shares; two years."""
    return leased(
        periods=years(2),
        halls=[shell()],
        opening=[],
        tiers=[{"id": "prime", "cap_rate_fraction": 0.06}],
        leases=[lease(tier="prime", warrants_count=1e6, strike_usd=5.0)],
        finance={"shares_count": 1e7, "cash_floor_musd": 1.0, "opening_restricted_musd": 2.0, "restricted_until": "2028-01",
                 "dividends_from": "2027-01"},
        debt=[
            facility(kind="project", sites=["site"], tiers=["prime"], advance_fraction=0.6, equity_first=True, dscr_ratio=1.3,
                     amortisation_months=60, reserve_months=6, commitment_fee_fraction=0.01, grace_months=12),
            revolver(limit_musd=2.0, maturity="2028-07"),
            facility(id="machines", kind="equipment", opening_balance_musd=0.75, amortisation_months=24, advance_fraction=0.5),
        ],
        debt_draws=[draw("2026-07", 1.0, "machines")],
        history=[history()],
        covenants=[covenant("leverage", 4.0), covenant("coverage", 1.5), covenant("liquidity", 2.0)],
        equity=[shares()],
    )  # fmt: skip


def taxes() -> Instance:
    """Tax classes, what is left of the basis of the past, losses carried, bitcoin of two ages; two years."""
    return mining(
        periods=years(2),
        finance={"tax_rate_fraction": 0.25, "opening_loss_musd": 5.0, "treasury_cap_btc": 10.0, "exit_cost_fraction": 0.1},
        tax_classes=[tax_class(60, bonus_fraction=0.4)],
        tax_bases=[tax_base()],
        asic_models=[rig(buyable=True)],
        holdings=[holding()],
    )


def commitments() -> Instance:
    """Orders of the past that may be cancelled, and decisions of an earlier plan that cost something to change."""
    return mining(
        periods=TWO_QUARTERS,
        finance={"change_penalty_musd": 0.1},
        halls=[mine(), shell()],
        opening=[standing("mine"), fleet(), optional("shell", in_service="2027-04", cancel_fee_musd=0.1),
                 rigs_to_come(in_service="2027-04")],
        leases=[lease(earliest_start="2027-04")],
        lease_sites=[accepts()],
        previous=[before("started", "anchor/site/shell/2027Q2"), before("cancelled_units", "next_shell")],
    )  # fmt: skip


def policies() -> Instance:
    """A floor or cap of each kind."""
    return mining(
        periods=TWO_QUARTERS,
        halls=[mine(), hall()],
        opening=[standing("mine"), fleet(), standing()],
        leases=[lease()],
        lease_sites=[accepts()],
        policies=[
            policy("it_mw", use="hashing", at_most_fraction=0.8),
            policy("it_mw", id="room_left", site="site", at_most=3.0),
            policy("hashrate_eh", id="mining", use="hashing", at_least=0.01),
            policy("revenue_musd", id="tenant", tenant="Tenant", at_least=0.5),
            policy("revenue_musd", id="all", at_least=0.5, at_most=50.0),
        ],
    )


FAMILIES: Mapping[str, Callable[[], Instance]] = {
    made.__name__: made for made in (halls, hashing, hosting, leases, gpus, sites, power, energy, lenders, taxes, commitments, policies)
}
"""The families by the names of their files."""


def program(name: str) -> Program:
    """The program of one family, its numbers to 12 digits."""
    return program_of(FAMILIES[name]().model_copy(update={"name": name})).rounded()


def text(name: str) -> str:
    """What the file of one family should hold."""
    return lp_text(program(name))


def main(arguments: list[str]) -> None:
    """Write the files of all families where `--update` is asked for, else say which are out of date."""
    texts = {f"{name}.lp": text(name) for name in FAMILIES}
    there = {path.name: path.read_text(encoding="ascii") for path in FOLDER.glob("*.lp")}
    changed = sorted(name for name in texts.keys() | there.keys() if texts.get(name) != there.get(name))
    if "--update" in arguments:
        FOLDER.mkdir(exist_ok=True)
        for name in changed:
            (FOLDER / name).write_text(texts[name], encoding="ascii") if name in texts else (FOLDER / name).unlink()
    print("\n".join([*changed, f"{len(changed)} files {'written' if '--update' in arguments else 'differ'}"]))


if __name__ == "__main__":
    main(sys.argv[1:])
