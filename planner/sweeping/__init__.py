"""Many scenarios of one instance: fields varied over a grid or by a file, each solved on workers into a run folder of its own."""

from __future__ import annotations

from planner.sweeping.running import Moment, sweep
from planner.sweeping.scenarios import Change, Scenario, grid, listed, read_changes
from planner.sweeping.table import FILE

__all__ = ["FILE", "Change", "Moment", "Scenario", "grid", "listed", "read_changes", "sweep"]
