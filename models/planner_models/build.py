"""The whole model on one page: components in the order of MATHS.md, then the rows of the ports."""

from __future__ import annotations

import pyomo.environ as pyo

from planner_models import cash, debt, energy, frame, halls, money, power, tax, value
from planner_models.ports import Ports
from planner_models.schema import Instance
from planner_models.uses import colocation, hashing, hpc


def build(instance: Instance) -> pyo.ConcreteModel:
    """The Pyomo model of one instance, money in M$, to be maximised; a table without rows builds nothing."""
    m = pyo.ConcreteModel(name=instance.name)
    data = frame.Frame(instance)
    frame.declare(m, data)
    m.ports = pyo.Block()
    ports = Ports(m.ports)

    m.halls, m.power = pyo.Block(), pyo.Block()
    halls.build(m.halls, data, ports)
    power.build(m.power, data, ports)
    if instance.asic_models:
        m.hashing = pyo.Block()
        hashing.build(m.hashing, data, ports)
    if instance.leases:
        m.colocation = pyo.Block()
        colocation.build(m.colocation, data, ports)
    if instance.gpu_models:
        m.hpc = pyo.Block()
        hpc.build(m.hpc, data, ports)
    m.energy = pyo.Block()
    energy.build(m.energy, data, ports)

    m.holding = pyo.Block()
    money.opening_basis(m.holding, data, ports)
    money.holding_cost(m.holding, data, ports)
    ports.close()

    m.debt, m.tax, m.cash, m.value = pyo.Block(), pyo.Block(), pyo.Block(), pyo.Block()
    debt.build(m.debt, data, ports)
    tax.build(m.tax, data, ports)
    cash.build(m.cash, data, ports)
    value.build(m.value, data, ports)
    return m
