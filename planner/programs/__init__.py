"""Programs and solutions of any solver: MPS and LP files, solution files, exact checks of a point, and instances as such files."""

from planner.programs.checking import Miss, PointCheck, check_point
from planner.programs.judging import compare_solutions, compare_told
from planner.programs.lp import lp_text
from planner.programs.mps import mps_text
from planner.programs.plans import NamedPlan, plan_of
from planner.programs.program import NotAProgram, Program, program_of
from planner.programs.reading import read_program
from planner.programs.solutions import NotASolution, Solution, read_solution
from planner.programs.solving import Told, solve_program, solved, statement
from planner.programs.writing import write_program

__all__ = [
    "Miss",
    "NamedPlan",
    "NotAProgram",
    "NotASolution",
    "PointCheck",
    "Program",
    "Solution",
    "Told",
    "check_point",
    "compare_solutions",
    "compare_told",
    "lp_text",
    "mps_text",
    "plan_of",
    "program_of",
    "read_program",
    "read_solution",
    "solve_program",
    "solved",
    "statement",
    "write_program",
]
