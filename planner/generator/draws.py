"""Draws that are the same for ever: each thing has a stream of its own, made of its name and the seed."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

from planner.generator.ranges import Range

Thing = TypeVar("Thing")


class Stream:
    """A stream of draws for one thing, such as the seventh site, whatever else is drawn before it.

    Only `random.Random.random` is used, which Python promises to keep for a whole number as seed.
    """

    def __init__(self, seed: int, thing: str, number: int = 0) -> None:
        digest = hashlib.sha256(f"{seed} {thing} {number}".encode()).digest()
        self._random = random.Random(int.from_bytes(digest[:8], "big"))

    def of(self, figure: Range) -> float:
        """A value of a range, on its grid."""
        steps = round((figure.high - figure.low) / figure.step) if figure.step else 0
        return round(figure.low + figure.step * self.below(steps + 1), 6)

    def whole(self, figure: Range) -> int:
        """A value of a range of whole numbers."""
        return round(self.of(figure))

    def happens(self, share: Range) -> bool:
        """Whether something befalls this thing."""
        return self._random.random() < share.low

    def below(self, count: int) -> int:
        """A whole number from 0 to `count` - 1."""
        return int(self._random.random() * count)

    def one(self, things: Sequence[Thing], weights: Sequence[int] = ()) -> Thing:
        """One of some things, each as likely as its weight says; all alike without weights."""
        at = self.below(sum(weights) or len(things))
        for thing, weight in zip(things, weights or (1,) * len(things), strict=True):
            if at < weight:
                return thing
            at -= weight
        raise AssertionError("a weight below 0")
