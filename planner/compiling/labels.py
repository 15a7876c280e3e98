"""What the rows and columns of a program mean, told when somebody asks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Label(NamedTuple):
    """What a row or column is: component (`halls.built_modules`), index, its number in MATHS.md, and the letters of its index there."""

    component: str
    index: tuple[str, ...]  # type: ignore[assignment]
    tag: str
    letters: tuple[str, ...] = ()

    @property
    def rule(self) -> str:
        """Name of the rule or decision without its block."""
        return self.component.rpartition(".")[2]

    def __str__(self) -> str:
        return f"({self.tag}) {self.rule}[{', '.join(self.index)}]"


@dataclass(frozen=True)
class Span:
    """Rows or columns of one component that follow each other: their places in its index set, in order; None for no index."""

    component: Any
    places: NDArray[np.int64] | None

    @property
    def size(self) -> int:
        """How many they are."""
        return 1 if self.places is None else len(self.places)

    def at(self, number: int) -> Any:
        """The Pyomo object of one of them."""
        return self.component if self.places is None else self.component[self.component.index_set().at(int(self.places[number]) + 1)]

    def data(self) -> Iterator[Any]:
        """The Pyomo objects."""
        return (self.at(number) for number in range(self.size))

    @property
    def letters(self) -> tuple[str, ...]:
        """What MATHS.md calls the parts of the index, as the doc of the index set begins: `(s,h,t)`, or `s`."""
        doc = "" if self.places is None else self.component.index_set().doc or ""
        return tuple(doc.partition(" ")[0].strip("(),").split(",")) if doc else ()

    def indices(self) -> list[tuple[Any, ...]]:
        """The indices, each as a tuple."""
        if self.places is None:
            return [()]
        members = list(self.component.index_set())
        if len(self.places) < len(members):
            members = [members[place] for place in self.places]
        return members if self.component.index_set().dimen > 1 else [(member,) for member in members]

    def labels(self) -> list[Label]:
        """The labels."""
        doc, name, letters = self.component.doc or "", self.component.name, self.letters
        tag = doc[1 : doc.index(")")] if doc.startswith("(") else ""
        return [Label(name, tuple(map(str, index)), tag, letters) for index in self.indices()]


class Spans(Sequence[Any]):
    """The Pyomo objects of all rows or columns, written out when one is asked for."""

    def __init__(self, spans: Sequence[Span] = ()) -> None:
        self.spans = tuple(spans)
        self._models = {span.component.model() for span in self.spans}  # components are named by their blocks, which they hold weakly

    def __len__(self) -> int:
        return sum(span.size for span in self.spans)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return [self[place] for place in range(*at.indices(len(self)))]
        ends = list(accumulate(span.size for span in self.spans))
        place = at + ends[-1] if at < 0 and ends else at
        which = bisect_right(ends, place)
        if place < 0 or which == len(ends):
            raise IndexError(at)
        span = self.spans[which]
        return span.at(place - ends[which] + span.size)

    def __iter__(self) -> Iterator[Any]:
        return (data for span in self.spans for data in span.data())

    def labels(self) -> list[Label]:
        """Their labels, in order."""
        return [label for span in self.spans for label in span.labels()]
