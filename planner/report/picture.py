"""One picture of a plan: IT MW by use over time, stacked, as a hand-written SVG that reads on light and dark ground."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from planner.check.calendar import Calendar
from planner.report.words import USES, clean
from planner.runs import Run

WIDTH, HEIGHT = 800, 380
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 64, 44
"""Margins of the drawing area."""
COLOURS = {
    ("hashing", False): "#e08a1e",
    ("hosting", False): "#f0c36a",
    ("colocation", True): "#2f6fb5",
    ("colocation", False): "#74a9dd",
    ("hpc", False): "#3a9d6e",
    ("idle", False): "#a8a8a8",
}
STYLE = (
    "text{font:13px sans-serif;fill:#333}.title{font-weight:bold;font-size:15px}"
    ".axis{stroke:#888;stroke-width:1}.grid{stroke:#888;stroke-opacity:.3}"
    "@media (prefers-color-scheme:dark){text{fill:#ddd}}"
)
TICKS = 5
"""Most grid lines above zero."""


def svg(run: Run) -> str:
    """The picture of a run's plan. Raises ValueError for a run without one."""
    if run.plan is None:
        raise ValueError(f"the run ended {run.outcome} and has no plan to draw")
    stacks = _stacks(run)
    highest = max(sum(stack.values()) for stack in stacks)
    step = _step(highest)
    top = step * max(1, math.ceil(highest / step))
    title = f"{clean(run.instance.name)}: IT MW by use"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img">',
        f"<title>{escape(title)}</title><style>{STYLE}</style>",
        f'<text class="title" x="{LEFT}" y="22">{escape(title)}</text>',
        *_legend(stacks),
        *_scale(top, step),
        *_bars(run, stacks, top),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


Stack = dict[tuple[str, bool], float]


def _stacks(run: Run) -> list[Stack]:
    """IT MW of every period by use."""
    sums = run.tables["allocation"].groupby(["period", "use", "contracted"])["it_mw"].sum().to_dict()
    labels = [period.label for period in Calendar(run.instance).periods]
    return [{use: max(0.0, float(sums.get((label, *use), 0.0))) for use in COLOURS} for label in labels]


def _step(mw: float) -> float:
    """MW from one grid line to the next: 1, 2, 2.5 or 5 times a power of ten, so that `TICKS` of them hold `mw`."""
    power = 0.1
    while True:
        for factor in (1, 2, 2.5, 5):
            if power * factor * TICKS >= mw:
                return power * factor
        power *= 10


def _y(mw: float, top: float) -> float:
    return HEIGHT - BOTTOM - mw / top * (HEIGHT - TOP - BOTTOM)


def _legend(stacks: Sequence[Stack]) -> Iterator[str]:
    """A square and a word for every use that occurs."""
    x = LEFT
    for use, colour in COLOURS.items():
        if any(stack[use] > 0 for stack in stacks):
            yield f'<rect x="{x}" y="34" width="12" height="12" fill="{colour}"/><text x="{x + 17}" y="45">{escape(USES[use])}</text>'
            x += 34 + round(7.2 * len(USES[use]))


def _scale(top: float, step: float) -> Iterator[str]:
    """Grid lines with their MW."""
    for tick in range(round(top / step) + 1):
        mw = step * tick
        y = _y(mw, top)
        kind = "axis" if tick == 0 else "grid"
        yield f'<line class="{kind}" x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{mw:,.6g}</text>'
    yield f'<text x="{LEFT - 8}" y="{TOP - 8}" text-anchor="end">MW</text>'


def _bars(run: Run, stacks: Sequence[Stack], top: float) -> Iterator[str]:
    """A stacked bar per period, as wide as the period is long, and the years below."""
    calendar = Calendar(run.instance)
    per_month = (WIDTH - LEFT - RIGHT) / calendar.horizon
    for period, stack in zip(calendar.periods, stacks, strict=True):
        x, width, base = LEFT + period.first * per_month, period.months * per_month, 0.0
        for use, mw in stack.items():
            if mw > 0:
                height = _y(base, top) - _y(base + mw, top)
                words = escape(f"{period.label} {USES[use]}: {mw:,.1f} MW")
                place = f'x="{x + 0.5:.1f}" y="{_y(base + mw, top):.1f}" width="{max(0.5, width - 1):.1f}" height="{height:.1f}"'
                yield f'<rect {place} fill="{COLOURS[use]}"><title>{words}</title></rect>'
                base += mw
    yield from _years(calendar, per_month)


def _years(calendar: Calendar, per_month: float) -> Iterator[str]:
    """Labels of fiscal years under their bars, thinned out until they fit."""
    years = calendar.fiscal_years
    every = 1
    while every * (WIDTH - LEFT - RIGHT) / len(years) < 8.5 * max(len(year.label) for year in years) and every < len(years):
        every += 1
    for year in years[::every]:
        middle = (year.periods[0].first + year.periods[-1].end) / 2
        yield f'<text x="{LEFT + middle * per_month:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{escape(year.label)}</text>'
