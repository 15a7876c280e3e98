"""The whole model on one page: components in the order of what they read, then the rows of the ports."""

from __future__ import annotations

from collections.abc import Callable

import pyomo.environ as pyo

from planner_models import (
    cash,
    changes,
    charges,
    covenants,
    debt,
    energy,
    equipment,
    equity,
    frame,
    generation,
    halls,
    lending,
    limits,
    money,
    orders,
    policy,
    power,
    ppas,
    response,
    sites,
    tax,
    treasury,
    value,
)
from planner_models.declared import Section
from planner_models.frame import Frame
from planner_models.ports import Ports
from planner_models.schema import Instance
from planner_models.uses import breaks, colocation, contracts, fleets, hashing, hosting, hpc

Component = Callable[[pyo.Block, Frame, Ports], None]


def build(instance: Instance) -> pyo.ConcreteModel:
    """The Pyomo model of one instance, money in M$, to be maximised; a table without rows builds nothing."""
    m = pyo.ConcreteModel(name=instance.name)
    data = Frame(instance)
    frame.declare(m, data)
    m.ports = Section()
    ports = Ports(m.ports, instance)

    def component(name: str, build_: Component, wanted: object = True) -> None:
        """Build a component on a block of its own, if the instance has what it is about."""
        if wanted:
            m.add_component(name, Section())
            build_(m.component(name), data, ports)

    limited = instance.delivery_limits or any(s.max_ai_it_mw is not None or s.ai_eligible_from for s in instance.sites)
    component("orders", orders.build, data.cancellable)
    component("sites", sites.build, data.on_offer or data.for_sale)
    component("halls", halls.build)
    component("limits", limits.build, limited)
    component("generation", generation.build, data.site_generators)
    component("power", power.build)
    component("equipment", equipment.build, instance.equipment)
    component("trades", sites.bind_trades, data.on_offer or data.for_sale)
    component("fleets", fleets.build, instance.asic_models and (instance.asic_prices or instance.moves))
    component("hashing", hashing.build, instance.asic_models)
    component("hosting", hosting.build, instance.hosting)
    component("colocation", colocation.build, instance.leases)
    component("breaks", breaks.build, any(lease.break_fee_musd is not None for lease in instance.leases))
    component("contracts", contracts.build, instance.gpu_contracts)
    component("spare", power.bind_spare, power.spare_sites(data))
    component("hpc", hpc.build, instance.gpu_models)
    component("ppas", ppas.build, instance.ppas)
    component("energy", energy.build)
    component("charges", charges.build, instance.charges)
    component("response", response.build, instance.programmes and instance.asic_models)
    component("holding", money.build)
    ports.close()

    component("treasury", treasury.build, instance.holdings or (instance.finance.treasury_cap_btc and instance.asic_models))
    component("account", cash.declare)
    component("debt", debt.build)
    component("lending", lending.build, instance.debt)
    component("tax", tax.build)
    component("equity", equity.build, instance.equity)
    component("cash", cash.build)
    component("covenants", covenants.build, instance.covenants and instance.debt)
    component("policies", policy.build, instance.policies)
    component("changes", changes.build, instance.finance.change_penalty_musd)
    component("value", value.build)
    return m
