"""The exact checker: from Plan and Instance alone it recomputes every number of MATHS.md in fractions and names every broken rule."""

from __future__ import annotations

from planner.check.ledger import Certificate, Entry, Ledger, Violation
from planner.check.verify import verify

__all__ = ["Certificate", "Entry", "Ledger", "Violation", "verify"]
