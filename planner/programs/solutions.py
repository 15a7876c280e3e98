"""Solution files as solvers write them, told apart by what is in them: HiGHS (raw, sparse and pretty), SCIP, CBC, Gurobi, GLPK (raw)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from planner.comparison.stated import Ended, read_status, stopped
from planner.errors import PlannerError, shown
from planner.programs.program import Program

Line = tuple[int, str]
_CBC_WORDS = {
    "optimal (within gap tolerance)": "within gap",
    "linear relaxation infeasible": "infeasible",
    "linear relaxation unbounded": "unbounded",
    "integer optimal": "optimal",
    "stopped on time": "time limit",
    "stopped on ctrl-c": "interrupted",
}
_GLPK_WORDS = {
    "o": "optimal",
    "f": "feasible",
    "n": "infeasible",
    "f f": "optimal",
    "f u": "feasible",
    "n u": "infeasible",
    "f n": "unbounded",
}


class NotASolution(PlannerError):
    """A file that should hold a solution holds none, or one of another program."""

    exit_code = 2


@dataclass(frozen=True)
class Solution:
    """What a solution file says.

    `solver` is the kind of the file: highs, scip, cbc, gurobi or glpk. `words` is the status as it stands there, "" where it tells none;
    `objective` and `bound` None where they are not told (no kind tells a bound). `values` are those of the columns that it names, empty
    where it has no point; `lines` where they stand. `rounded`: the file keeps six digits of each number only, so a point may miss rows.
    `numbered`: it has numbers of columns, from 1 on, in place of names.
    """

    file: str
    solver: str
    words: str = ""
    objective: float | None = None
    bound: float | None = None
    values: Mapping[str, float] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    rounded: bool = False
    numbered: bool = False

    @property
    def has_point(self) -> bool:
        """Whether there are values; a file that lists non-zeros only may have a point and none of them."""
        return bool(self.values) or self.objective is not None

    @property
    def ended(self) -> Ended:
        """What the file claims: a point without a word, or one of a search that was stopped, is feasible and no more."""
        said = read_status(self.words)
        return "feasible" if said == "open" and self.has_point and (not self.words or stopped(self.words)) else said

    def of(self, program: Program) -> dict[str, float]:
        """The values, once it is sure that they belong to this program. Raises NotASolution naming file, line and the unknown column."""
        known = {str(number): name for number, name in enumerate(program.columns, start=1)} if self.numbered else program.places
        for name in self.values:
            if name not in known:
                raise NotASolution(f"{self.file} line {self.lines[name]}: {shown(program.name)} has no column {shown(name)!r}")
        return {str(known[name]) if self.numbered else name: value for name, value in self.values.items()}


def read_solution(path: str | Path) -> Solution:
    """Read a solution file. Raises NotASolution naming the file, and where it can the line, for one of none of the kinds, or damaged."""
    name = shown(str(path))
    try:
        text = Path(path).read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as fault:
        raise NotASolution(f"{name} cannot be read: {fault.strerror}") from fault
    lines = [(number, line.rstrip()) for number, line in enumerate(text.splitlines(), start=1)]
    read = next((read for known, read in _KINDS if known(lines)), None)
    if read is None:
        raise NotASolution(f"{name} is no solution file of HiGHS, SCIP, CBC, Gurobi or GLPK (raw)")
    try:
        return read(name, lines)
    except (IndexError, StopIteration) as fault:
        raise NotASolution(f"{name} is damaged: it ends in line {len(lines)}") from fault


def _values(file: str, found: Iterator[tuple[int, str, str]]) -> tuple[dict[str, float], dict[str, int]]:
    """Values and their lines of (line, name, text of the value)."""
    values, lines = dict[str, float](), dict[str, int]()
    for line, name, text in found:
        if name in values:
            raise NotASolution(f"{file} line {line}: column {shown(name)!r} stands there twice, first in line {lines[name]}")
        values[name], lines[name] = _number(file, line, text), line
    return values, lines


def _number(file: str, line: int, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise NotASolution(f"{file} line {line}: {shown(text)!r} is not a number")
    return value


def _of(pattern: str, lines: list[Line]) -> tuple[int, str] | None:
    """Line and what is caught by the first line that matches."""
    for number, line in lines:
        if found := re.match(pattern, line, re.I):
            return number, found[1].strip()
    return None


def _objective(file: str, pattern: str, lines: list[Line]) -> float | None:
    found = _of(pattern, lines)
    return None if found is None else _number(file, *found)


def _pairs(file: str, lines: Iterable[Line]) -> Iterator[tuple[int, str, str]]:
    """Line, name and text of the value where each line begins with the two."""
    for number, line in lines:
        name, value = _fields(file, (number, line), 2)[:2]
        yield number, name, value


def _fields(file: str, line: Line, least: int) -> list[str]:
    parts = line[1].split()
    if len(parts) < least:
        raise NotASolution(f"{file} line {line[0]}: {shown(line[1])!r} is not the value of a column")
    return parts


def _highs(file: str, lines: list[Line]) -> Solution:
    """`Model status`, the word, then `# Primal solution values` with `# Columns N` and N lines of a name and a value."""
    told = [line.strip() for _, line in lines]
    words = told[told.index("Model status") + 1]
    begin = next((at for at, line in enumerate(told) if line == "# Primal solution values"), len(told))
    part = lines[begin : next((at for at in range(begin + 1, len(told)) if told[at].startswith("# Dual")), len(told))]
    head = next((at for at, (_, line) in enumerate(part) if re.match(r"# Columns -?\d+$", line)), None)
    if head is None:
        return Solution(file, "highs", words)
    count = abs(int(part[head][1].split()[-1]))
    listed = part[head + 1 : head + 1 + count]
    if len(listed) < count or any(line.startswith("#") for _, line in listed):
        raise NotASolution(f"{file} line {part[head][0]}: {count} columns are announced, fewer are there")
    values, places = _values(file, _pairs(file, listed))
    return Solution(file, "highs", words, _objective(file, r"Objective (.*)", part), None, values, places)


def _pretty(file: str, lines: list[Line]) -> Solution:
    """The table of HiGHS: index, perhaps a basis status, lower, upper, primal, perhaps dual, type and name, in six digits."""
    end = next(at for at, (_, line) in enumerate(lines) if line == "Rows")
    words = _of(r"Model status:(.*)", lines)
    found = []
    for number, line in lines[2:end]:
        parts = _fields(file, (number, line), 6)
        first = 2 if re.fullmatch(r"[A-Za-z]{2}", parts[1]) else 1
        found.append((number, parts[-1], parts[first + 2]))
    values, places = _values(file, iter(found))
    objective = _objective(file, r"Objective value:(.*)", lines)
    return Solution(file, "highs", "" if words is None else words[1], objective, None, values, places, rounded=True)


def _scip(file: str, lines: list[Line]) -> Solution:
    """`solution status:` (not in all), `objective value:`, then a name and a value per line, non-zeros only."""
    words = _of(r"solution status:(.*)", lines)
    begin = next((at for at, (_, line) in enumerate(lines) if line.startswith("objective value:")), len(lines))
    values, places = _values(file, _pairs(file, (line for line in lines[begin + 1 :] if line[1])))
    objective = _objective(file, r"objective value:(.*)", lines)
    return Solution(file, "scip", "" if words is None else words[1], objective, None, values, places)


def _cbc(file: str, lines: list[Line]) -> Solution:
    """`Optimal - objective value 3`, then number, name, value and reduced cost; `**` before what breaks a row or a bound.

    What it lists of an infeasible or unbounded program is no solution.
    """
    words, _, objective = lines[0][1].partition(" - objective value ")
    words = _CBC_WORDS.get(words.strip().lower(), words.strip())
    found = []
    for number, line in lines[1:]:
        parts = _fields(file, (number, line.removeprefix("**")), 4) if line else []
        found += [(number, parts[1], parts[2])] if parts else []
    if read_status(words) in ("infeasible", "unbounded"):
        return Solution(file, "cbc", words)
    values, places = _values(file, iter(found))
    return Solution(file, "cbc", words, _number(file, 1, objective), None, values, places)


def _gurobi(file: str, lines: list[Line]) -> Solution:
    """`# Objective value = 3` among other comments, then a name and a value per line."""
    values, places = _values(file, _pairs(file, (line for line in lines if line[1] and not line[1].startswith("#"))))
    return Solution(file, "gurobi", "", _objective(file, r"# Objective value =(.*)", lines), None, values, places)


def _glpk(file: str, lines: list[Line]) -> Solution:
    """`s mip ROWS COLUMNS o OBJECTIVE` (`s bas` and `s ipt` of linear programs), then `j` lines with number and value of each column."""
    at, head = next((number, _fields(file, (number, line), 6)) for number, line in lines if line.startswith("s "))
    words = _GLPK_WORDS.get(" ".join(head[4:-1]), "")
    listed = [(number, _fields(file, (number, line), 3)) for number, line in lines if line.startswith("j ")]
    if read_status(words) in ("infeasible", "unbounded"):
        return Solution(file, "glpk", words)
    place = 3 if head[1] == "bas" else 2
    values, places = _values(file, ((number, parts[1], parts[place]) for number, parts in listed if len(parts) > place))
    return Solution(file, "glpk", words, _number(file, at, head[-1]), None, values, places, numbered=True)


def _starts(pattern: str, among: int = 3) -> Callable[[list[Line]], bool]:
    """Whether one of the first lines matches."""
    return lambda lines: any(re.match(pattern, line) for _, line in lines[:among])


_KINDS: tuple[tuple[Callable[[list[Line]], bool], Callable[[str, list[Line]], Solution]], ...] = (
    (_starts("Model status$"), _highs),
    (lambda lines: bool(lines) and lines[0][1] == "Columns" and any(line == "Rows" for _, line in lines), _pretty),
    (_starts("(solution status|objective value|no solution available)"), _scip),
    (_starts(r".* - objective value ", 1), _cbc),
    (_starts("# (Solution for model|Objective value =)"), _gurobi),
    (lambda lines: any(re.match(r"s (mip|bas|ipt) \d", line) for _, line in lines), _glpk),
)
