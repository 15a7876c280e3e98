"""Compute contracts: customers that take GPUs of the company for a term at a fixed price."""

from __future__ import annotations

from planner_models.kinds import Fraction, Key, SomeRate, Text, col
from planner_models.rows.deals import Deal


class GpuContract(Deal):
    """A customer's contract for GPUs of one model, on offer, signed or running: taken whole, at one site, or not."""

    customer: Text = col("Name of the customer.")
    gpu: Key = col("GPU model that it takes.")
    sites: tuple[Key, ...] = col("Sites where it may be served, separated by `|`; blank for all.", ())
    usd_per_gpu_hour: SomeRate = col("Price per GPU and hour.")
    used_fraction: Fraction = col("Share of the hours that the customer uses.", 1.0)
    take_or_pay_fraction: Fraction = col("Share of the hours that it pays for at least.", 0.0)
