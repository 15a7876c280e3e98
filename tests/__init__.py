"""Tests: hand-solved optima, properties, the checker, the solver layer and the shipped instances."""
