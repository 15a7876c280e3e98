"""The index of all runs under a folder: listed, sorted and pruned by figures; the folders are the truth, it can be rebuilt from them."""

from __future__ import annotations

from planner.index.choice import NoSuchRun, chosen, one_of, ordered, with_figures
from planner.index.entry import FIELDS, Entry, Figure, Place
from planner.index.store import FILE, Listing, listing
from planner.index.walk import NoRoot

__all__ = [
    "FIELDS",
    "FILE",
    "Entry",
    "Figure",
    "Listing",
    "NoRoot",
    "NoSuchRun",
    "Place",
    "chosen",
    "listing",
    "one_of",
    "ordered",
    "with_figures",
]
