"""Random instances for tests, benchmarks and first tries: valid, realistic, the same for ever (docs/generated.md)."""

from planner.generator.portfolio import generate
from planner.generator.ranges import GENERATOR

__all__ = ["GENERATOR", "generate"]
