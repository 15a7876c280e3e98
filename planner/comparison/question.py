"""Whether two sides were asked the same question: the data, the model, and what else is no part of it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from planner.comparison.news import news
from planner.comparison.sides import Side

LONGEST = 40
"""Letters of a value that a sentence tells."""
COLUMNS = ["table", "key", "field", "before", "after", "category"]


@dataclass(frozen=True)
class Question:
    """What differs: `data` has every input that may change the answer (table, key, field, before, after, category), `model` whether the
    mathematics were of another version, `others` in words what differs but is no part of the question.
    """

    data: pd.DataFrame
    model: bool
    others: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether one answer fits both."""
        return self.data.empty and not self.model

    @property
    def words(self) -> str:
        """What differs of the question."""
        count = len(self.data)
        parts = [f"{count} input{'' if count == 1 else 's'} ({self._first})"] if count else []
        return f"{' and '.join([*parts, *(['the model'] if self.model else [])])} {'differs' if count + self.model == 1 else 'differ'}"

    @property
    def _first(self) -> str:
        """The first input that differs, and that there are others."""
        row = self.data.iloc[0]
        where = " ".join(part for part in (row["table"], row["key"], row["field"]) if part)
        told = [str(row[side])[:LONGEST] or "none" for side in ("before", "after")]
        return f"{where}: {' -> '.join(told)}" + (" and others" if len(self.data) > 1 else "")


def question(one: Side, other: Side) -> Question:
    """What differs between the questions of two sides. Names, notes and options of the solve are no part of it."""
    rows = [] if one.hashes.get("instance") == other.hashes.get("instance") else list(news(one.instance, other.instance, rtol=0.0))
    models = [side.hashes.get("model", "") for side in (one, other)]
    model = all(models) and models[0] != models[1]
    said = []
    if one.instance.name != other.instance.name:
        said.append(f"the names of the instances differ: {one.instance.name} and {other.instance.name}")
    elif one.hashes.get("instance") != other.hashes.get("instance") and not rows:
        said.append("the instances differ only in title, notes, order of rows or options of the solve")
    said += _made(one, other)
    return Question(pd.DataFrame(rows, columns=COLUMNS), model, tuple(said))


def _made(one: Side, other: Side) -> list[str]:
    """What made the two, where it differs: solver, seed, gap and versions."""
    told = [
        (name, getattr(one, attribute), getattr(other, attribute))
        for name, attribute in (("solver", "solver"), ("seed", "seed"), ("gap", "asked_gap"))
    ]
    told += [(f"version of {name}", one.versions.get(name), other.versions.get(name)) for name in {**one.versions, **other.versions}]
    return [f"{name}: {was} -> {now}" for name, was, now in told if was not in ("", None) and now not in ("", None) and was != now]
