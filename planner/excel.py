"""What holds for every workbook that is written: the limits of Excel, and options under which text stays text."""

from __future__ import annotations

from datetime import datetime

MOST_ROWS = 1_048_575
"""Rows that a sheet holds below its header."""
MOST_LETTERS = 32_767
"""Letters that a cell holds."""
CREATED = datetime(2000, 1, 1)
"""Date in a workbook's properties: always the same, so that the same content gives the same file."""
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": False}
