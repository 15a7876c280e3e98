"""A small generated portfolio cut by site, for the tests of the engine."""

from __future__ import annotations

import functools

from planner import generate
from planner.compile import compile_model
from planner.engine.split import Split, split
from planner.places import sites_of
from planner_models.build import build
from planner_models.schema import Instance


@functools.cache
def portfolio(sites: int = 3, years: int = 4, leases: int = 4, seed: int = 1) -> tuple[Instance, Split]:
    """An instance and its program by site."""
    instance = generate(sites, years, leases, seed)
    return instance, cut(instance)


def cut(instance: Instance) -> Split:
    """The program of an instance by site."""
    arrays = compile_model(build(instance))
    return split(arrays, sites_of(arrays.variables, instance))
