"""A program cut by site: what is a site's own, what is the company's, and the rows that tie them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix, vstack

from planner.compile import Arrays, Vector

Numbers = NDArray[np.intp]


@dataclass(frozen=True)
class Part:
    """The program of one site: its columns (numbers in the whole), its own rows, and what it puts into the rows of the company.

    `ties` has the company's rows (in the order of `Split.rows`) by this part's columns. The last rows of `program` are those of `counts`,
    without bounds: rows of the company (numbers in `Split.rows`) in which this site's part is a count, so that a search can be told it.
    """

    site: str
    columns: Numbers
    program: Arrays
    ties: csc_matrix
    counts: Numbers


@dataclass(frozen=True)
class Split:
    """All parts, and the company: its columns, the rows that are its own or tie sites, and its columns in these rows."""

    arrays: Arrays
    parts: tuple[Part, ...]
    columns: Numbers
    rows: Numbers
    matrix: csc_matrix

    @property
    def row_lower(self) -> Vector:
        """Least activity of the company's rows."""
        return self.arrays.row_lower[self.rows]

    @property
    def row_upper(self) -> Vector:
        """Most activity of the company's rows."""
        return self.arrays.row_upper[self.rows]

    @cached_property
    def whole(self) -> csc_matrix:
        """The matrix of all rows and columns."""
        arrays = self.arrays
        return csc_matrix((arrays.data, arrays.indices, arrays.starts), shape=(arrays.rows, arrays.columns))

    def joined(self, company: Vector, points: Sequence[Vector]) -> Vector:
        """Values of all columns from those of the company and of each part."""
        values = np.zeros(self.arrays.columns)
        values[self.columns] = company
        for part, point in zip(self.parts, points, strict=True):
            values[part.columns] = point
        return values


def split(arrays: Arrays, sites: Sequence[str | None]) -> Split:
    """Cut a program by the site of each column, None for the company's; a row that touches one site alone is that site's."""
    names = list(dict.fromkeys(site for site in sites if site is not None))
    number = {site: i for i, site in enumerate(names)} | {None: len(names)}
    owner = np.array([number[site] for site in sites], dtype=np.intp)
    whole = csc_matrix((arrays.data, arrays.indices, arrays.starts), shape=(arrays.rows, arrays.columns))
    rows_of = _row_owners(whole, owner, len(names))
    company_rows, by_row = np.flatnonzero(rows_of == len(names)), whole.tocsr()
    counting = _counting(by_row[company_rows], owner < len(names), arrays.integer)
    parts = []
    for i, site in enumerate(names):
        columns, rows = np.flatnonzero(owner == i), np.flatnonzero(rows_of == i)
        ties = whole[:, columns][company_rows].tocsc()
        counts = np.intersect1d(np.unique(ties.indices), counting)
        parts.append(_part(arrays, whole[:, columns][rows], rows, site, columns, ties, counts))
    columns = np.flatnonzero(owner == len(names))
    return Split(arrays, tuple(parts), columns, company_rows, whole[:, columns][company_rows].tocsc())


def _counting(rows: csr_matrix, of_site: NDArray[np.bool_], integer: NDArray[np.bool_]) -> Numbers:
    """Rows that add up whole numbers of sites one by one: leases and contracts placed, units delivered from slots."""
    cells = rows.tocoo()
    plain = ~of_site[cells.col] | (integer[cells.col] & (cells.data == 1.0))
    kept = np.ones(rows.shape[0], dtype=np.bool_)
    kept[cells.row[~plain]] = False
    return np.flatnonzero(kept)


def _row_owners(whole: csc_matrix, owner: Numbers, company: int) -> Numbers:
    """The site of each row; `company` where it touches the company, several sites or nothing."""
    width = np.diff(whole.indptr)
    touched = np.repeat(owner, width)
    least, most = np.full(whole.shape[0], company, dtype=np.intp), np.full(whole.shape[0], -1, dtype=np.intp)
    np.minimum.at(least, whole.indices, touched)
    np.maximum.at(most, whole.indices, touched)
    return np.where(least == most, least, company)


def _part(arrays: Arrays, own: csc_matrix, rows: Numbers, site: str, columns: Numbers, ties: csc_matrix, counts: Numbers) -> Part:
    matrix, free = vstack([own, ties[counts]]).tocsc(), np.full(len(counts), np.inf)
    program = Arrays(
        cost=arrays.cost[columns],
        offset=0.0,
        starts=matrix.indptr.astype(np.int32),
        indices=matrix.indices.astype(np.int32),
        data=matrix.data,
        row_lower=np.append(arrays.row_lower[rows], -free),
        row_upper=np.append(arrays.row_upper[rows], free),
        lower=arrays.lower[columns],
        upper=arrays.upper[columns],
        integer=arrays.integer[columns],
    )
    return Part(site, columns, program, ties, counts)
