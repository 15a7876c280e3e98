"""The rows of every table: frozen pydantic models with a unit in each name and a line of documentation in each field."""

from __future__ import annotations

from planner_models.rows.base import Conflict, Row, Strict
from planner_models.rows.energy import Charge, PowerPrice, Ppa, Programme
from planner_models.rows.halls import Conversion, Hall
from planner_models.rows.leases import Lease, LeaseSite
from planner_models.rows.machines import Asic, AsicPrice, Gpu, GpuMarket, Hosting, Move, Residual
from planner_models.rows.money import Btc, Budget, Debt
from planner_models.rows.opening import Opening
from planner_models.rows.power import Availability, Equipment, FuelPrice, Generator, Grid, Slot
from planner_models.rows.sites import DeliveryLimit, Site

__all__ = [
    "Asic",
    "AsicPrice",
    "Availability",
    "Btc",
    "Budget",
    "Charge",
    "Conflict",
    "Conversion",
    "Debt",
    "DeliveryLimit",
    "Equipment",
    "FuelPrice",
    "Generator",
    "Gpu",
    "GpuMarket",
    "Grid",
    "Hall",
    "Hosting",
    "Lease",
    "LeaseSite",
    "Move",
    "Opening",
    "PowerPrice",
    "Ppa",
    "Programme",
    "Residual",
    "Row",
    "Site",
    "Slot",
    "Strict",
]
