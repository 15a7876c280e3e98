"""Comparison of what solvers say: of one question or of many, by the exact check, by intervals and decision by decision."""
