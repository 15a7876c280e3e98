"""Scenarios: which there are, what is refused before anything is solved, and what goes on after a kill."""
