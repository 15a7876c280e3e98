"""Where work is done: in this process, in worker processes of this machine, or on a Dask cluster."""

from __future__ import annotations

import importlib

from planner.backends.processes import Processes
from planner.backends.serial import Serial
from planner.backends.stated import Backend, Make, NoBackend, Task, Work, WorkerLost, cores

__all__ = ["Backend", "Make", "NoBackend", "Processes", "Serial", "Task", "Work", "WorkerLost", "cores", "open_backend"]

NAMES = ("serial", "processes", "local")


def open_backend(where: str = "processes", workers: int | None = None) -> Backend:
    """A backend by name, to be used with `with`: `serial`, `processes`, `local` (a Dask cluster on this machine), `tcp://host:port`.

    `workers` is how many of them, left out as many as this machine has cores; a cluster at an address has those that it has. Raises
    NoBackend for another name, and for Dask where it is not installed; entering it does where the cluster is not reached.
    """
    if workers is not None and workers < 1:
        raise NoBackend(f"workers: found {workers}; allowed: a whole number from 1")
    if where not in NAMES and "://" not in where:
        raise NoBackend(
            f"workers: found {where!r}; allowed: {', '.join(NAMES)}, or the address of a Dask scheduler such as tcp://host:8786"
        )
    if workers is not None and "://" in where:
        raise NoBackend(f"workers: found {workers} for {where}; a cluster at an address has those that it has")
    if where == "serial":
        return Serial()
    if where == "processes":
        return Processes(workers or cores())
    try:
        home = importlib.import_module("planner.backends.dask")
    except ModuleNotFoundError as fault:
        raise NoBackend(
            f"{fault.name} is not installed here; `pip install 'megawatt-planner[cluster]'` brings what a cluster needs"
        ) from None
    made: Backend = home.Cluster(None if where == "local" else where, workers)
    return made
