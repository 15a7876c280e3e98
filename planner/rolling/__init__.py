"""Rolling a plan forward: the instance as it is in a later month, and the bridge of value from one run to the next."""

from __future__ import annotations

from planner.rolling.actuals import read_actuals
from planner.rolling.bridge import Bridge, bridge
from planner.rolling.past import CannotRoll
from planner.rolling.roll import Rolled, roll

__all__ = ["Bridge", "CannotRoll", "Rolled", "bridge", "read_actuals", "roll"]
