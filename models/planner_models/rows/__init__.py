"""The rows of every table: frozen pydantic models with a unit in each name and a line of documentation in each field."""

from __future__ import annotations

from planner_models.rows.base import Conflict, Row, Strict
from planner_models.rows.contracts import GpuContract
from planner_models.rows.deals import Deal
from planner_models.rows.energy import Charge, PowerPrice, Ppa, Programme
from planner_models.rows.halls import Conversion, Hall
from planner_models.rows.leases import Lease, LeaseDelivery, LeaseSite, Tier
from planner_models.rows.machines import Asic, AsicPrice, Gpu, GpuMarket, Hosting, Move, Residual
from planner_models.rows.money import Btc, Budget, Covenant, Debt, Equity, Policy, TaxClass, Warrants
from planner_models.rows.opening import Opening
from planner_models.rows.past import DebtDraw, History, Holding, Previous, TaxBase
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
    "Covenant",
    "Deal",
    "Debt",
    "DebtDraw",
    "DeliveryLimit",
    "Equipment",
    "Equity",
    "FuelPrice",
    "Generator",
    "Gpu",
    "GpuContract",
    "GpuMarket",
    "Grid",
    "Hall",
    "History",
    "Holding",
    "Hosting",
    "Lease",
    "LeaseDelivery",
    "LeaseSite",
    "Move",
    "Opening",
    "Policy",
    "PowerPrice",
    "Ppa",
    "Previous",
    "Programme",
    "Residual",
    "Row",
    "Site",
    "Slot",
    "Strict",
    "TaxBase",
    "TaxClass",
    "Tier",
    "Warrants",
]
