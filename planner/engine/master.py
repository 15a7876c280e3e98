"""The company's program over plans of its sites: prices of what they share, and the bound that these prices prove."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import highspy
import numpy as np

from planner.claims import TOLERANCE
from planner.compile import Arrays, Vector
from planner.engine.split import Split
from planner.highs import Settings, maximise

ABSENT_MUSD = 1e5
"""What it costs to do without a plan of a site, as long as none of its plans may be taken."""
DEARER = 4.0
"""By how much the penalty of a row grows that still lacks something."""
LARGEST = 1e7
"""No amount of the company that the model leaves without a bound is larger, in M$ (or MW, or count): the proof needs one."""


@dataclass(frozen=True)
class Column:
    """A plan of a site: which part, its values, what it is worth by itself and what it puts into the company's rows."""

    part: int
    values: Vector
    cost_musd: float
    takes: Vector

    def worth(self, prices: Vector) -> float:
        """M$ at given prices of the company's rows."""
        return self.cost_musd - float(self.takes @ prices)


@dataclass(frozen=True)
class Mix:
    """An optimum of the master: value, prices by row and by site, values of the company's columns, weight of each plan, what rows lack."""

    musd: float
    prices: Vector
    rents: Vector
    company: Vector
    weights: Vector
    lacking: float


@dataclass
class Master:
    """A linear program: the company's columns, weights of the sites' plans that add up to one by site, and what rows lack at a penalty.

    `penalties` are M$ per unit of each row. Prices never exceed them, so that penalties near the prices keep them from swinging while
    sites have few plans; rows that lack something in the end get dearer.
    """

    split: Split
    penalties: Vector
    columns: list[Column] = field(default_factory=list)
    solver: highspy.Highs = field(init=False)
    first: int = field(init=False)

    def __post_init__(self) -> None:
        split, solver = self.split, highspy.Highs()
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        rows, sites = len(split.rows), len(split.parts)
        lp = highspy.HighsLp()
        slack = 2 * rows + sites
        lp.num_col_, lp.num_row_, lp.sense_ = len(split.columns) + slack, rows + sites, highspy.ObjSense.kMaximize
        arrays, matrix = split.arrays, split.matrix
        lp.offset_ = arrays.offset
        lp.col_cost_ = np.concatenate([arrays.cost[split.columns], -np.repeat(self.penalties, 2), np.full(sites, -ABSENT_MUSD)])
        lp.col_lower_ = np.concatenate([arrays.lower[split.columns], np.zeros(slack)])
        lp.col_upper_ = np.concatenate([arrays.upper[split.columns], np.full(slack, np.inf)])
        lp.row_lower_, lp.row_upper_ = np.concatenate([split.row_lower, np.ones(sites)]), np.concatenate([split.row_upper, np.ones(sites)])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = np.concatenate([matrix.indptr, matrix.nnz + 1 + np.arange(slack)]).astype(np.int32)
        lp.a_matrix_.index_ = np.concatenate([matrix.indices, np.repeat(np.arange(rows), 2), rows + np.arange(sites)]).astype(np.int32)
        lp.a_matrix_.value_ = np.concatenate([matrix.data, np.tile([1.0, -1.0], rows), np.ones(sites)])
        solver.passModel(lp)
        self.solver, self.first = solver, lp.num_col_

    def add(self, part: int, values: Vector) -> None:
        """Add a plan of a site."""
        piece = self.split.parts[part]
        column = Column(part, values, float(piece.program.cost @ values), piece.ties @ values)
        taken = np.flatnonzero(column.takes)
        index = np.append(taken, len(self.split.rows) + part).astype(np.int32)
        self.solver.addCol(column.cost_musd, 0.0, highspy.kHighsInf, len(index), index, np.append(column.takes[taken], 1.0))
        self.columns.append(column)

    def dearer(self) -> Mix:
        """Raise the penalty of the rows that lack something; the optimum then."""
        rows, own = len(self.split.rows), len(self.split.columns)
        lacking = np.array(self.solver.getSolution().col_value)[own : own + 2 * rows].reshape(rows, 2).sum(axis=1)
        self.penalties = np.where(lacking > TOLERANCE, DEARER * self.penalties + 1.0, self.penalties)
        places = np.arange(own, own + 2 * rows, dtype=np.int32)
        self.solver.changeColsCost(len(places), places, -np.repeat(self.penalties, 2))
        return self.solve()

    def keep(self, column: int, lower: float, upper: float) -> None:
        """Bound the weight of a plan."""
        self.solver.changeColBounds(self.first + column, lower, upper)

    def choice(self, settings: Settings, stop: threading.Event) -> tuple[Vector, list[Vector]] | None:
        """One plan at hand for each site so that nothing is lacking and they are worth most together: the company's columns, and the plans.

        None where the search finds no such choice.
        """
        lp, own = self.solver.getLp(), len(self.split.columns)
        upper = np.array(lp.col_upper_)
        upper[own : self.first] = 0.0
        integer = np.arange(lp.num_col_) >= self.first
        matrix = lp.a_matrix_
        starts, indices = np.array(matrix.start_, dtype=np.int32), np.array(matrix.index_, dtype=np.int32)
        program = Arrays(
            np.array(lp.col_cost_), lp.offset_, starts, indices, np.array(matrix.value_), np.array(lp.row_lower_), np.array(lp.row_upper_),
            np.array(lp.col_lower_), upper, integer,
        )  # fmt: skip
        values = maximise(program, settings, stop=stop).values
        if values is None:
            return None
        chosen = {self.columns[number].part: self.columns[number].values for number in np.flatnonzero(values[self.first :] > 0.5)}
        return values[:own], [chosen[site] for site in range(len(self.split.parts))]

    def solve(self) -> Mix:
        """The optimum over the plans at hand."""
        self.solver.run()
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self.solver.clearSolver()  # a basis that no longer helps; there always is an optimum
            self.solver.run()
        solution, rows = self.solver.getSolution(), len(self.split.rows)
        values, duals = np.array(solution.col_value), np.array(solution.row_dual)
        own = len(self.split.columns)
        musd = self.solver.getInfo().objective_function_value
        return Mix(musd, duals[:rows], duals[rows:], values[:own], values[self.first :], float(values[own : self.first].sum()))


def proved_musd(split: Split, prices: Vector, bounds: Vector) -> tuple[float, Vector]:
    """What no plan is worth more than: by the prices of the company's rows and each site's bound at them; and the prices that it holds for.

    Maximise c.x + prices.(b - A.x) over all sites and columns apart: valid for any prices of the right sign, so those of a wrong sign are
    set to 0. Prices in the wrong sign by rounding would otherwise cost an infinite bound.
    """
    arrays = split.arrays
    upper, lower = split.row_upper, split.row_lower
    room = np.where(prices > 0, upper, lower)
    used = np.where(np.isfinite(room), prices, 0.0)
    total = arrays.offset + float(used @ np.where(used == 0, 0.0, room))
    reduced = arrays.cost[split.columns] - split.matrix.T @ used
    upper, lower = arrays.upper[split.columns], arrays.lower[split.columns]
    most, least = np.where(np.isposinf(upper), LARGEST, upper), np.where(np.isneginf(lower), -LARGEST, lower)
    return total + float(np.where(reduced > 0, reduced * most, reduced * least).sum()) + float(bounds.sum()), used
