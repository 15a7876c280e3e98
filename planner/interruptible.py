"""A solver in a thread of its own, so that Ctrl-C and `stop` are heard while it works."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

SAME_KEY_SECONDS = 1.0
"""Interrupts closer together than this are one: wrappers pass a Ctrl-C on beside the terminal's own."""
LOOK_SECONDS = 0.1


def run_apart(work: Callable[[], None], stopping: threading.Event, halt: Callable[[], None] | None = None) -> None:
    """Run `work` in a thread and wait for it; raises what it raised.

    A KeyboardInterrupt in the calling thread sets `stopping` once and passes on the second time. While `stopping` is set and the work
    goes on, `halt` is called at every look; None where the work looks at `stopping` by itself.
    """
    done = threading.Event()
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            raised.append(error)
        finally:
            done.set()

    threading.Thread(target=run, name="solver", daemon=True).start()
    first: float | None = None
    # An event, not Thread.join: Python 3.11 takes a thread for ended when its join is interrupted.
    while not done.is_set():
        try:
            done.wait(LOOK_SECONDS)
            if halt is not None and stopping.is_set():
                halt()
        except KeyboardInterrupt:
            if first is not None and time.monotonic() - first > SAME_KEY_SECONDS:
                raise
            first = first or time.monotonic()
            stopping.set()
    if raised:
        raise raised[0]
