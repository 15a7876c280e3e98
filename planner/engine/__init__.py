"""Engine for many sites: a program solved site by site."""

from planner.engine.engine import maximise

__all__ = ["maximise"]
