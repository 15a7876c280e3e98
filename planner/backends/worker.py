"""What a worker process runs: orders come in by one pipe, answers go out by another.

It is started with `python -c`, so it imports neither the user's script nor anything but what the functions that it is given need. A thread
of its own reads the orders: when the pipe ends, the one who gives them is gone, and the worker ends at once whatever it is doing.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import IO, Any, NamedTuple

LENGTH = struct.Struct("<Q")


class Order(NamedTuple):
    """What a worker is told; what is pickled by itself is None where the worker has it. Without `task` it only imports.

    `make`, `part` and `value` are as in Backend; `task` is (work, argument).
    """

    make: bytes | None = None
    number: int = 0
    part: bytes | None = None
    value: bytes | None = None
    task: bytes | None = None


class Failed(Exception):
    """What a task raised, in words, where the exception itself cannot be passed on."""


def write_frame(stream: IO[bytes], content: bytes) -> None:
    """Write bytes with their length before them."""
    stream.write(LENGTH.pack(len(content)))
    stream.write(content)
    stream.flush()


def read_frame(stream: IO[bytes]) -> bytes:
    """The bytes that were written. Raises EOFError where the writer has gone."""
    head = stream.read(LENGTH.size)
    content = stream.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""
    if len(head) != LENGTH.size or len(content) != LENGTH.unpack(head)[0]:
        raise EOFError
    return content


def serve() -> None:
    """Do what comes in by the standard input until it ends; what is printed meanwhile goes to the error stream."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who gives the orders
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    orders: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, orders), daemon=True).start()
    desk = _Desk()
    while True:
        order = Order(*pickle.loads(orders.get()))
        if order.task:
            write_frame(answers, packed(desk.done, order))
        elif order.make:
            with suppress(Exception):  # it will be told of the first task
                pickle.loads(order.make)


def _listen(stream: IO[bytes], orders: SimpleQueue[bytes]) -> None:
    with suppress(EOFError):
        while True:
            orders.put(read_frame(stream))
    os._exit(0)


@dataclass
class _Desk:
    """What a worker has before it."""

    make: Any = None
    value: Any = None
    kept: dict[int, Any] = field(default_factory=dict)

    def done(self, order: Order) -> Any:
        """Do a task."""
        if order.make is not None:
            self.kept, self.make = {}, pickle.loads(order.make)
        if order.value is not None:
            self.value = pickle.loads(order.value)
        if order.part is not None:
            self.kept[order.number] = self.make(pickle.loads(order.part))
        work, argument = pickle.loads(order.task or b"")
        return work(self.kept[order.number], self.value, argument)


def packed(work: Callable[..., Any], *told: Any) -> bytes:
    """The pickled pair: whether the work was done, and its result or what it raised."""
    try:
        return pickle.dumps((True, work(*told)))
    except BaseException as fault:
        fault.add_note("raised in a worker:\n" + "".join(traceback.format_tb(fault.__traceback__)))
        return pickle.dumps((False, _portable(fault)))


def _portable(fault: BaseException) -> Any:
    """What is pickled for a fault and unpickled as it, or its words where it cannot be passed on."""
    for carried in (fault, _Carried(fault)):
        try:
            arrived = pickle.loads(pickle.dumps(carried))
            if type(arrived) is type(fault) and str(arrived) == str(fault):
                return carried
        except Exception:
            continue
    return Failed("".join(traceback.format_exception(fault)))


@dataclass(frozen=True)
class _Carried:
    """A fault that is unpickled without its `__init__`, which wants something else than the words that it makes of it."""

    fault: BaseException

    def __reduce__(self) -> tuple[Any, ...]:
        return _arrived, (type(self.fault), self.fault.args, self.fault.__dict__)


def _arrived(kind: type[BaseException], args: tuple[Any, ...], state: dict[str, Any]) -> BaseException:
    fault = kind.__new__(kind, *args)
    fault.__dict__.update(state)
    return fault
