"""The hunt: all tests are collected once; each mutant gets a fork of that process, in which tests run until one fails."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess

import pytest

from tests.mutants.deletion import Mutant
from tests.mutants.order import ordered

ENDLESS_S = 240.0
"""Seconds after which a single test, which takes a few in a sound program, is taken to run without end."""


@dataclass(frozen=True)
class Verdict:
    """How a mutant ended: `caught_by` names the test that failed or, with `endless`, never ended; None when all passed.

    `reached` tells whether the place of the rule was ever come to, without which nothing is shown.
    """

    mutant: Mutant
    caught_by: str | None
    reached: bool
    seconds: float
    endless: bool = False


@dataclass
class _Child:
    """A fork at work on a mutant: the test it is at, since when, and how it ended."""

    mutant: Mutant
    process: ForkProcess
    began: float = field(default_factory=time.monotonic)
    test: str = ""
    since: float = field(default_factory=time.monotonic)


class Hunt:
    """A pytest plugin that, in place of running the tests, hunts mutants with them.

    `verdicts` holds what came of it, `unsound` the tests that caught a mutant though they fail without one as well.
    """

    def __init__(self, mutants: Sequence[Mutant], jobs: int) -> None:
        self.mutants = mutants
        self.jobs = jobs
        self.verdicts: list[Verdict] = []
        self.unsound: list[str] = []
        self._failed: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """In a fork: remember the test that fails."""
        if report.failed:
            self._failed.append(report.nodeid)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Hunt every mutant, then run the tests that caught one on the whole program: one that fails there caught nothing."""
        if session.testsfailed:
            raise session.Interrupted(f"{session.testsfailed} errors while the tests were collected")
        items = session.items
        gc.freeze()
        for verdict in self._hunted(items):
            self.verdicts.append(verdict)
            words = verdict.caught_by or "NOT CAUGHT"
            print(f"{len(self.verdicts)}/{len(self.mutants)} {verdict.mutant.side}: {verdict.mutant.name}: {words}", flush=True)
        self.unsound = self._failing({verdict.caught_by for verdict in self.verdicts}, items)
        return True

    def _hunted(self, items: list[pytest.Item]) -> Iterator[Verdict]:
        """The verdicts in the order in which they come, of as many forks at a time as there are jobs."""
        waiting, children = list(reversed(self.mutants)), dict[Connection, _Child]()
        while waiting or children:
            while waiting and len(children) < self.jobs:
                mutant = waiting.pop()
                here, process = self._forked(mutant, ordered(items, mutant))
                children[here] = _Child(mutant, process)
            ready = set(wait(list(children), timeout=1.0))
            for here, child in list(children.items()):
                verdict = _heard(here, child) if here in ready else None
                if verdict is None and time.monotonic() - child.since > ENDLESS_S:
                    child.process.kill()
                    verdict = Verdict(child.mutant, child.test, True, time.monotonic() - child.began, endless=True)
                if verdict is not None:
                    children.pop(here).process.join()
                    yield verdict

    def _forked(self, mutant: Mutant | None, items: Sequence[pytest.Item]) -> tuple[Connection, ForkProcess]:
        context = get_context("fork")
        here, there = context.Pipe(duplex=False)
        process = context.Process(target=self._run, args=(mutant, items, there))
        process.start()
        there.close()
        return here, process

    def _run(self, mutant: Mutant | None, items: Sequence[pytest.Item], there: Connection) -> None:
        """In a fork: take the rule out and run tests until one fails; with nothing taken out run all of them."""
        reached: list[bool] = []
        _silence(items)
        if mutant is not None:
            mutant.apply(lambda: None if reached else reached.append(True))
        for item, following in zip(items, [*items[1:], None], strict=True):
            there.send(item.nodeid)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self._failed and mutant is not None:
                break
        there.send((self._failed, bool(reached)))

    def _failing(self, names: Collection[str | None], items: Sequence[pytest.Item]) -> list[str]:
        """Which of some tests fail on the whole program."""
        here, process = self._forked(None, [item for item in items if item.nodeid in names])
        while isinstance(message := here.recv(), str):
            pass
        process.join()
        return sorted(set(message[0]))


def _heard(here: Connection, child: _Child) -> Verdict | None:
    """What a fork says: the test that it begins, or how it ended; one that dies in a test has failed it."""
    try:
        message = here.recv()
    except EOFError:
        return Verdict(child.mutant, child.test or None, bool(child.test), time.monotonic() - child.began)
    if isinstance(message, str):
        child.test, child.since = message, time.monotonic()
        return None
    failed, reached = message
    return Verdict(child.mutant, failed[0] if failed else None, reached, time.monotonic() - child.began)


def _silence(items: Sequence[pytest.Item]) -> None:
    """What a fork prints goes nowhere: failures are what it is for."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    if items and (reporter := items[0].config.pluginmanager.get_plugin("terminalreporter")) is not None:
        items[0].config.pluginmanager.unregister(reporter)
