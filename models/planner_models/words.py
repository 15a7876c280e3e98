"""Words for messages: what was found, what is allowed, and the nearest known name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable

SHOWN = 12
WIDEST = 60
LIKE, VERY_LIKE = 0.6, 0.75


def quoted(text: str) -> str:
    """Text in quotes as it was found, on one line and cut at 60 characters."""
    return repr(text) if len(text) <= WIDEST else repr(text[:WIDEST]) + f"... ({len(text)} characters)"


def listing(names: Iterable[str]) -> str:
    """Names separated by commas; of many the first twelve and their number."""
    known = list(names)
    return ", ".join(known) if len(known) <= SHOWN else ", ".join(known[:SHOWN]) + f", ... ({len(known)} in all)"


def nearest(found: str, known: Collection[str], likeness: float = LIKE) -> str:
    """The known name most like `found`, letter case aside; empty when none is near."""
    by_lower = {name.lower(): name for name in known}
    close = difflib.get_close_matches(found.strip().lower()[:WIDEST], by_lower, n=1, cutoff=likeness)
    return by_lower[close[0]] if close else ""


def slip(found: str, known: Collection[str]) -> bool:
    """`found` is surely a known name misspelt: very like one, and not just another number of a series such as site_1, site_2."""
    name = nearest(found, known, VERY_LIKE)
    return bool(name) and re.sub(r"[0-9]", "", name) != re.sub(r"[0-9]", "", found)


def suggestion(found: str, known: Collection[str]) -> str:
    """`did you mean 'x'?`, or nothing."""
    name = nearest(found, known)
    return f"did you mean {name!r}?" if name else ""


def sentence(found: str, allowed: str, hint: str = "") -> str:
    """The body of a message; `blank` is the word for a value that is not there."""
    body = f"blank; a value is required: {allowed}" if found == "blank" else f"found {found}; allowed: {allowed}"
    return f"{body}; {hint}" if hint else body
