"""A run: what a solve ended with, and the folder that keeps it."""

from __future__ import annotations

import json
import math
import stat
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from planner.atomic import check_folder, restore, write_folder
from planner.check.ledger import Certificate, Ledger, Violation
from planner.claims import Claim, Known
from planner.csvtables import columns_of, from_csv, to_csv
from planner.fingerprint import fingerprints, versions
from planner.plan import Plan
from planner.record import FORMAT, PLAIN, NotARun, Outcome, digest, facts, seal, why_not_ours
from planner_models.schema import Instance

__all__ = ["NotARun", "Outcome", "Run", "fingerprints", "load_run", "versions", "writable"]

MOST_LOOKS = 10
"""Times that a run's folder is read anew because another run was put in its place meanwhile."""
T = TypeVar("T")


@dataclass(frozen=True)
class Run:
    """One solve of one instance: how it ended, the plan with its certificate and tables if there is one, and what made it.

    `objective_musd` is the model's claim of what is maximised, `certificate.objective_musd` what the checker computes for it:
    the equity value less what changes against an earlier plan cost; no plan can have more of it than `bound_musd`.
    `claims` are what each search said and what refutes it, `known` what the plans are worth that were known before; `proved` whether
    HiGHS with two seeds, once without presolve, and a second solver agree, None where that was not asked. `settings` are the options
    that held; `seconds` by phase; `hashes` of instance and model. A loaded run's certificate has an empty ledger:
    `planner.check.verify(run.instance, run.plan)` draws up a new one.
    """

    instance: Instance
    outcome: Outcome
    solver: str = "highs"
    settings: Mapping[str, Any] = field(default_factory=dict)
    message: str = ""
    plan: Plan | None = None
    objective_musd: float | None = None
    bound_musd: float | None = None
    certificate: Certificate | None = None
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    known: tuple[Known, ...] = ()
    proved: bool | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)

    @property
    def value_musd(self) -> float | None:
        """Equity value of the plan: the checker's number, else the model's; None without a plan."""
        return self.objective_musd if self.certificate is None else float(self.certificate.value_musd)

    @property
    def _reached_musd(self) -> float | None:
        """What the plan reaches of what is maximised: the checker's number, else the model's; None without a plan."""
        return self.objective_musd if self.certificate is None else float(self.certificate.objective_musd)

    @property
    def gap_musd(self) -> float | None:
        """By how much a better plan could exceed this one in what is maximised, M$; None without a plan or a bound."""
        if self._reached_musd is None or self.bound_musd is None or not math.isfinite(self.bound_musd):
            return None
        return max(0.0, self.bound_musd - self._reached_musd)

    @property
    def gap_fraction(self) -> float | None:
        """The same as a share of what the plan reaches; in M$ where that is zero."""
        return self.gap_musd / abs(self._reached_musd) if self.gap_musd is not None and self._reached_musd else self.gap_musd

    @property
    def sound(self) -> bool:
        """Whether the plan passed its check and every statement of its tables ties; a run without a plan has nothing that could fail."""
        passed = self.certificate is None or self.certificate.ok
        return passed and ("checks" not in self.tables or bool(self.tables["checks"]["ties"].all()))

    def save(self, path: str | Path) -> None:
        """Write the run's folder, whole or not at all; an older run there is replaced, but one with a plan never by one without.

        Raises CannotWrite then, when something else is there, or files that are not a run's, or the system refuses.
        """
        write_folder(Path(path), _files(self), why_not_ours if self.plan is not None else _why_kept)


def writable(path: str | Path) -> None:
    """Find out before a long solve whether `Run.save(path)` would be refused. Raises CannotWrite."""
    check_folder(Path(path), why_not_ours)


def load_run(path: str | Path) -> Run:
    """Read a run's folder. Raises NotARun saying which file is missing, damaged, or changed since the run was saved."""
    found = _found(Path(path))
    data, read = found.data, found.read
    run = Run(
        instance=read("instance.json", Instance.model_validate_json),
        plan=read("plan.json", Plan.from_json) if data["planned"] else None,
        tables={name: read(f"tables/{name}.csv", partial(from_csv, spec=spec)) for name, spec in data["tables"].items()},
        certificate=read("run.json", lambda _: _certificate(data["certificate"])),
        claims=read("run.json", lambda _: tuple(Claim(**claim) for claim in data["claims"])),
        known=read("run.json", lambda _: tuple(Known(**plan) for plan in data["known"])),
        **{name: data[name] for name in PLAIN},
    )
    if found.changed:
        place, folder = found.folder / found.changed[0], found.folder
        raise NotARun(f"{place} was changed after the run was saved; `planner verify {folder}` checks the plan as it is now")
    return run


@dataclass(frozen=True)
class SavedPlan:
    """What a run's folder holds, to be checked anew: a plan for an instance (None without one), its outcome, and its objective in M$.

    `changed` names the files that differ from what the run saved; `record` is what run.json says.
    """

    instance: Instance
    plan: Plan | None
    outcome: Outcome
    objective_musd: float | None
    changed: tuple[str, ...]
    record: Mapping[str, Any]


def load_plan(path: str | Path) -> SavedPlan:
    """Read the plan of a run's folder as it is now, changed or not. Raises NotARun for a file that is missing or damaged."""
    found = _found(Path(path))
    there = found.data["planned"] or not isinstance(found.contents["plan.json"], FileNotFoundError)
    plan = found.read("plan.json", Plan.from_json) if there else None
    instance = found.read("instance.json", Instance.model_validate_json)
    if plan is not None and plan.instance != instance.name:
        raise NotARun(f"{found.folder / 'plan.json'} is a plan for the instance {plan.instance!r}, not for {instance.name!r}")
    return SavedPlan(instance, plan, found.data["outcome"], found.data["objective_musd"], found.changed, found.data)


@dataclass(frozen=True)
class _Found:
    """A run's folder at one moment: what run.json says, and of each file by name its bytes, or why it cannot be read."""

    folder: Path
    data: Mapping[str, Any]
    contents: Mapping[str, bytes | OSError]

    def read(self, name: str, parse: Callable[[str], T]) -> T:
        return _parsed(self.folder, name, self.contents[name], parse)

    @property
    def changed(self) -> tuple[str, ...]:
        """Files that are not as the run saved them; missing ones are named when they are read."""
        saved = self.data["files"]
        return tuple(name for name in saved if isinstance(found := self.contents.get(name), bytes) and digest(found) != saved[name])


def _found(folder: Path) -> _Found:
    """What is in a run's folder; read again where another run was put in its place meanwhile, so that two are never mixed."""
    for _ in range(MOST_LOOKS):
        restore(folder)
        content, data = _data(folder)
        names = ("instance.json", "plan.json", *(f"tables/{name}.csv" for name in data["tables"]))
        found = _Found(folder, data, {"run.json": content, **{name: _content(folder / name) for name in names}})
        if _content(folder / "run.json") == content:
            return found
    raise NotARun(f"{folder} was replaced by another run each time it was read; try again")


def _data(folder: Path) -> tuple[bytes | OSError, dict[str, Any]]:
    """run.json, and what it holds."""
    if not (folder / "run.json").is_file():
        raise NotARun(f"{folder} is not a run: it {_lack(folder)}; `planner solve INSTANCE -o DIR` writes one")
    content = _content(folder / "run.json")
    return content, _parsed(folder, "run.json", content, facts)


def _lack(folder: Path) -> str:
    """What is wrong with a folder without a run.json, by one look at it: others may put it there or take it away meanwhile."""
    try:
        return "has no run.json" if stat.S_ISDIR(folder.stat().st_mode) else "is not a folder"
    except OSError:
        return "does not exist"


def _content(path: Path) -> bytes | OSError:
    try:
        return path.read_bytes()
    except OSError as fault:
        return fault


def _files(run: Run) -> dict[str, bytes]:
    """The folder's files by name."""
    texts = {"instance.json": run.instance.model_dump_json(indent=2) + "\n"}
    if run.plan is not None:
        texts["plan.json"] = run.plan.to_json()
    texts |= {f"tables/{name}.csv": to_csv(frame) for name, frame in run.tables.items()}
    files = {name: text.encode() for name, text in texts.items()}
    record = _record(run) | {"files": {name: digest(content) for name, content in files.items()}}
    record["seal"] = seal(record)
    return files | {"run.json": (json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()}


def _record(run: Run) -> dict[str, Any]:
    """What run.json holds."""
    certificate = run.certificate
    return {
        "format": FORMAT,
        "instance": run.instance.name,
        **{name: _plain(getattr(run, name)) for name in PLAIN},
        "value_musd": _plain(run.value_musd),
        "gap_musd": _plain(run.gap_musd),
        "gap_fraction": _plain(run.gap_fraction),
        "planned": run.plan is not None,
        "claims": [_plain(asdict(claim)) for claim in run.claims],
        "known": [_plain(asdict(plan)) for plan in run.known],
        "certificate": None if certificate is None else {
            "ok": certificate.ok,
            "value_musd": float(certificate.value_musd),
            "change_musd": float(certificate.change_musd),
            "violations": [
                {"tag": v.tag, "rule": v.rule, "index": list(v.index), "amount": float(v.amount), "unit": v.unit, "words": v.words}
                for v in certificate.violations
            ],
        },
        "tables": {name: {"rows": len(frame), "columns": columns_of(frame)} for name, frame in run.tables.items()},
    }  # fmt: skip


def _plain(value: Any) -> Any:
    """A value that JSON can hold: mappings as dicts, infinities and not-a-number as null, other objects as text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _certificate(data: Any) -> Certificate | None:
    if data is None:
        return None
    found = tuple(
        Violation(v["tag"], v["rule"], tuple(v["index"]), Fraction(str(v["amount"])), v["unit"], v["words"]) for v in data["violations"]
    )
    value, change = Fraction(str(data["value_musd"])), Fraction(str(data.get("change_musd", 0)))
    return Certificate(bool(data["ok"]), found, value, Ledger({}, ()), change)


def _parsed(folder: Path, name: str, content: bytes | OSError, parse: Callable[[str], T]) -> T:
    """A file of the folder, parsed; any fault in it becomes NotARun."""
    try:
        if isinstance(content, OSError):
            raise content
        return parse(content.decode("utf-8-sig"))
    except FileNotFoundError:
        raise NotARun(f"{folder} is not a whole run: {name} is missing") from None
    except OSError as fault:
        raise NotARun(f"{folder / name} cannot be read: {fault.strerror}") from fault
    except RecursionError:
        raise NotARun(f"{folder / name} is damaged: it is nested too deeply to read") from None
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise NotARun(f"{folder / name} is damaged: {str(fault).partition(' [type=')[0]}") from fault


def _why_kept(folder: Path) -> str | None:
    """Why a folder may not be replaced by a run without a plan."""
    kept = "it keeps the plan of an earlier run, and this run has none" if (folder / "plan.json").exists() else None
    return why_not_ours(folder) or kept
