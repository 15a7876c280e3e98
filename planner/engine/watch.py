"""What an engine tells while it works, and when it has to end."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from planner.claims import Status
from planner.compile import Vector
from planner.highs import Progress


class Ended(Exception):
    """Time is up, or somebody wants the search to stop."""

    def __init__(self, status: Status) -> None:
        super().__init__(status)
        self.status = status


@dataclass
class Watch:
    """The best plan and bound so far, wrong claims about single sites, what else is to be said; `look` raises Ended in time."""

    limit_s: float | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    progress: Callable[[Progress], None] | None = None
    values: Vector | None = None
    musd: float | None = None
    bound_musd: float | None = None
    priced: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    words: str = ""
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.began

    def left_s(self) -> float:
        """Seconds that are left; infinite without a limit."""
        return float("inf") if self.limit_s is None else self.limit_s - self.seconds

    def gap(self) -> float:
        """The relative gap; infinite without a plan or a bound."""
        if self.musd is None or self.bound_musd is None:
            return float("inf")
        return max(0.0, self.bound_musd - self.musd) / max(abs(self.musd), 1e-9)

    def said(self) -> str:
        """What a solver got wrong and what went wrong, in words; `""` for nothing."""
        count = sum(self.wrong.values())
        sites = ", ".join(sorted(self.wrong))
        refuted = f"{count} claims of HiGHS about single sites were refuted and asked again: {sites}" if count else ""
        return "; ".join(words for words in (self.words, refuted) if words)

    def look(self) -> None:
        """Tell how far the search is. Raises Ended when time is up or the search was stopped."""
        if self.progress is not None:
            self.progress(Progress(self.musd, self.bound_musd, self.seconds, 0, self.priced))
        if self.stop.is_set():
            raise Ended("interrupted")
        if self.left_s() <= 0:
            raise Ended("limit")

    def plan(self, values: Vector, musd: float) -> bool:
        """Keep a plan that is better than the best so far; whether it is."""
        if self.musd is not None and musd <= self.musd:
            return False
        self.values, self.musd = values, musd
        return True

    def bound(self, musd: float) -> bool:
        """Keep a bound that is lower than the best so far; whether it is."""
        if not math.isfinite(musd) or (self.bound_musd is not None and musd >= self.bound_musd):
            return False
        self.bound_musd = musd
        return True
