"""Little programs with names, and solution files as solvers write them, for the tests of this folder."""

from __future__ import annotations

from typing import Literal

from planner.programs import Program
from tests.programs import INF, Rows
from tests.programs import program as arrays_of


def little(
    cost: list[float],
    rows: Rows,
    lower: list[float],
    upper: list[float],
    integer: list[int],
    sense: Literal["max", "min"] = "max",
    offset: float = 0.0,
) -> Program:
    """A program with columns x0, x1, ... and rows r0, r1, ...; `cost` and `offset` in its own sense."""
    sign = 1.0 if sense == "max" else -1.0
    arrays = arrays_of([sign * part + 0.0 for part in cost], rows, lower, upper, integer, sign * offset)
    return Program("little", sense, arrays, tuple(f"x{at}" for at in range(len(cost))), tuple(f"r{at}" for at in range(len(rows))))


def bread() -> Program:
    """At most 7 hours: loaves x0 take 2 and bring 3 each, rolls x1 take 1.5 a kilo and bring 2. Best: 3 loaves, 2/3 kilo, 31/3."""
    return little([3.0, 2.0], [(-INF, 7.0, [2.0, 1.5])], [0.0, 0.0], [10.0, 5.0], [1, 0])


HIGHS_RAW = """Model status
Optimal

# Primal solution values
Feasible
Objective 10.3333333333
# Columns 2
x0 3
x1 0.666666666666667
# Rows 1
r0 7

# Dual solution values
None

# Basis
HiGHS_basis_file v2
None
"""
HIGHS_SPARSE = """Model status
Time limit reached

# Primal solution values
Feasible
Objective 9
# Columns -1
x0 3 0
"""
HIGHS_INFEASIBLE = """Model status
Infeasible

# Primal solution values
None

# Dual solution values
None

# Basis
HiGHS_basis_file v2
None
"""
HIGHS_PRETTY = """Columns
    Index Status        Lower        Upper       Primal         Dual  Type        Name
        0                   0           10            3               Integer     x0
        1                   0            5     0.666667               Continuous  x1
Rows
    Index Status        Lower        Upper       Primal         Dual  Name
        0                -inf            7            7               r0

Model status: Optimal

Objective value: 10.3333333333
"""
HIGHS_PRETTY_LP = """Columns
    Index Status        Lower        Upper       Primal         Dual  Name
        0     BS            0           10            3            0  x0
        1     LB            0            5            0         -0.5  x1
Rows
    Index Status        Lower        Upper       Primal         Dual  Name
        0     UB         -inf            7            6          1.5  r0

Model status: Optimal

Objective value: 9
"""
SCIP = """solution status: optimal solution found
objective value:                     10.3333333333333
x0                                                  3 \t(obj:3)
x1                                  0.666666666666667 \t(obj:2)
"""
SCIP_BARE = """objective value:                                    9
x0                                                  3 \t(obj:3)
"""
SCIP_NONE = """solution status: infeasible
no solution available
"""
CBC = """Optimal - objective value 10.33333333
      0 x0                      3                       3
      1 x1             0.66666667                  1.3333
"""
CBC_STOPPED = """Stopped on time - objective value 9.00000000
      0 x0                      3                       0
"""
CBC_INFEASIBLE = """Infeasible - objective value 1.00000000
**    0 x0                      4                      -0
      1 x1                      1                      -0
"""
GUROBI = """# Solution for model little
# Objective value = 1.0333333333333334e+01
x0 3
x1 6.6666666666666663e-01
"""
GLPK = """c Problem:    little
c Rows:       1
c Columns:    2
c Status:     INTEGER OPTIMAL
c
s mip 1 2 o 10.3333333333333
i 1 7
j 1 3
j 2 0.666666666666667
e o f
"""
