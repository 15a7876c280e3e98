"""Tables as the page reads them: rows as dictionaries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

Record = Mapping[Any, Any]


def records(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    """The rows of a table."""
    return frame.to_dict("records")
