"""`--proof=FILE` writes what the tests of this run tried, promise by promise.

With `=`: pytest takes a word by itself that is a file for a path to tests, and then does not look here for options in time.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.promises.tally import Tallies


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option of `make prove`."""
    parser.addoption("--proof", type=Path, metavar="FILE", help="write what was tried for each promise, in Markdown")


def pytest_configure(config: pytest.Config) -> None:
    """Count in the process that hears of every test: with several workers the one that started them."""
    if config.getoption("--proof") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Counter(Tallies()), "proof")


class _Counter:
    """Hears the reports of the tests."""

    def __init__(self, tallies: Tallies) -> None:
        self.tallies = tallies

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Of this process or of a worker."""
        self.tallies.add(report)

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the page unless the run was broken off."""
        if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            session.config.getoption("--proof").write_text(self.tallies.page(), encoding="utf-8")
