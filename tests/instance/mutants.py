"""Faults put into valid instances: every class of fault in every table, column and setting to which it applies, as the schema tells.

What is legal for a field is read off the schema, so a new table or field is covered without a change here.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel

from planner.instance.fields import Spec, specs
from planner.instance.heads import date_key
from planner.instance.settings_sheet import COLUMNS, setting_rows
from planner.instance.write import table_text
from planner_models.schema import TABLES, Finance, Options, Settings, Span
from tests.example import committed
from tests.instance.homes import SETTINGS, base, file_of, texts

DEFINED = {("power_prices", "market"), ("power_prices", "block"), ("fuel_prices", "fuel"), ("gpu_models", "market")}
"""Columns of names, beside `id`, that refer to nothing: the rows themselves say what there is."""
DATES = {
    "offer_from": ("offer_to", "offer_to"), "order_from": ("order_to", "order_to"), "from_month": ("to_month", "to_month"),
    "ready_by": ("drop_dead", "drop_dead"), "available_from": ("available_to", "available_from"), "in_service": ("until", "until"),
}  # fmt: skip
"""Pairs of dates: the first, the last, and at which of them it is told that the last lies before the first."""
EARLY, LATE = "2000-01", "2029-01"
OUT_OF_TIME = (
    ("debt", "maturity", "2000-01", "maturity"), ("debt_draws", "month", "2099-01", "month"),
    ("history", "from_month", "2099-01", "months"),
    ("leases", "ready_by", "2199-01", "drop_dead"), ("gpu_contracts", "ready_by", "2199-01", "drop_dead"),
    ("leases", "delivered", "2199-01", "delivered"), ("gpu_contracts", "delivered", "2199-01", "delivered"),
    ("btc", "from_day", "2099-01-01", "from_day"), ("power_prices", "from_year", "2099", "from_year"),
    ("gpu_market", "from_year", "2099", "from_year"), ("fuel_prices", "from_year", "2099", "from_year"),
)  # fmt: skip
"""Table, column, a date beyond what the plan or its past can hold, and the column at which it is told."""
BLOCKS: dict[str, type[BaseModel]] = {"": Settings, "finance.": Finance, "options.": Options, "periods[0].": Span}


@dataclass(frozen=True)
class Mutation:
    """One fault: its class, where it is put, what becomes of the files (None: removed), and where it must be told.

    `table` has the rows of the table where the fault stands in cells, so that a workbook can have it too.
    """

    part: str
    fault: str
    column: str
    files: dict[str, bytes | None]
    told: tuple[str, int | None, str]
    table: list[list[str]] | None = None


# ---- wrong texts by kind of field


def bounds(model: type[BaseModel], name: str) -> dict[str, float]:
    """The bounds of a field in the words of JSON Schema."""
    schema = model.model_json_schema()["properties"][name]
    plain = next((option for option in schema.get("anyOf", ()) if option.get("type") != "null"), schema)
    return {word: plain[word] for word in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum") if word in plain}


def wrong(model: type[BaseModel], spec: Spec) -> Iterator[tuple[str, str]]:
    """Class of fault, and a text that the field cannot take."""
    numeric = [("text_in_number", "many"), ("not_a_number", "nan"), ("infinite", "-inf"), ("overflow", "1e400"), ("digits", "9" * 5000)]
    by_kind = {
        "number": numeric,
        "whole": [*numeric, ("part_of_a_whole", "1.5")],
        "flag": [("bad_flag", "maybe")],
        "choice": [("bad_word", "no_such_word")],
        "month": [("bad_month", "2027-13"), ("bad_day_of_month", "2027-04-17"), ("date_in_words", "soon")],
        "day": [("bad_day", "2027-02-30"), ("date_in_words", "soon")],
        "key": [("bad_name", "../x"), ("long_name", "n" * 65)],
        "keys": [("bad_name", "a|../x"), ("empty_name", "a||b")],
        "text": [("control_character", "a\x07b"), ("formula", "=1+1")],
    }
    if spec.required and spec.kind not in ("block", "list"):
        yield "blank", ""
    yield from by_kind.get(spec.kind, [])
    if spec.kind in ("number", "whole"):
        limits = bounds(model, spec.name)
        step = 1 if spec.kind == "whole" else 0.001
        for fault, inclusive, exclusive, sign in (
            ("too_low", "minimum", "exclusiveMinimum", -1),
            ("too_high", "maximum", "exclusiveMaximum", 1),
        ):
            if inclusive in limits:
                yield fault, repr(limits[inclusive] + sign * max(step, abs(limits[inclusive]) * step))
            elif exclusive in limits:
                yield fault, repr(limits[exclusive])


# ---- faults of tables


def rows_of(table: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(texts(table)[file_of(table)])))


def csv_of(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def _changed(table: str, fault: str, column: str, rows: list[list[str]], line: int | None, field: str | None = None) -> Mutation:
    told = (file_of(table), line, column if field is None else field)
    return Mutation(table, fault, column, {file_of(table): csv_of(rows)}, told, rows)


def with_cell(table: str, column: str, text: str, row: int = 1) -> list[list[str]]:
    """The rows of a table with one cell changed; a free column that no row fills is added."""
    rows = rows_of(table)
    if column not in rows[0]:
        rows = [[*cells, column if i == 0 else ""] for i, cells in enumerate(rows)]
    rows[row][rows[0].index(column)] = text
    return rows


def of_cells(table: str) -> Iterator[Mutation]:
    """What a field cannot take, in the first row; names of nothing, in each row, as what follows from them differs."""
    model = TABLES[table]
    for column, spec in specs(model).items():
        for fault, text in wrong(model, spec):
            yield _changed(table, fault, column, with_cell(table, column, text), 2)
        if spec.kind in ("key", "keys") and column != "id" and (table, column) not in DEFINED:
            for row in range(1, len(rows_of(table))):
                yield _changed(table, "dangling", column, with_cell(table, column, "nobody", row), row + 1)
    yield _changed(table, "twice", "/".join(model.KEY), [*rows_of(table), rows_of(table)[1]], len(rows_of(table)) + 1)


def of_dates(table: str) -> Iterator[Mutation]:
    """Dates that end before they begin, and those out of the time of the plan."""
    known = specs(TABLES[table])
    for first, (last, told) in DATES.items():
        if first in known and last in known:
            header, *rows = rows_of(table)
            row = next((i for i, cells in enumerate(rows, 1) if cells[header.index(last)]), 1)
            changed = with_cell(table, last, EARLY, row)
            changed[row][header.index(first)] = changed[row][header.index(first)] if known[first].required else LATE
            yield _changed(table, "dates_in_order", last, changed, row + 1, told)
    for name, column, date, told in OUT_OF_TIME:
        if name == table:
            at = rows_of(table)[0].index(column)
            series = [[*cells[:at], date, *cells[at + 1 :]] if column == "from_year" else cells for cells in rows_of(table)[1:]]
            rows = [rows_of(table)[0], *series] if column == "from_year" else with_cell(table, column, date)
            yield _changed(table, "out_of_time", column, rows, 2, told)


def of_headers(table: str) -> Iterator[Mutation]:
    """Columns that are unknown, missing, nameless, twice; a series both ways."""
    model, rows = TABLES[table], rows_of(table)
    add = lambda name: [[*cells, name if i == 0 else ""] for i, cells in enumerate(rows)]  # noqa: E731
    yield _changed(table, "unknown_column", "colour_of_it", add("colour_of_it"), 1, "'colour_of_it'")
    yield _changed(table, "column_twice", rows[0][0], add(rows[0][0]), 1)
    yield Mutation(table, "column_without_a_name", "", {file_of(table): csv_of(add(""))}, (file_of(table), 1, ""))
    for column, spec in specs(model).items():
        if spec.required:
            at = rows[0].index(column)
            yield _changed(table, "missing_column", column, [cells[:at] + cells[at + 1 :] for cells in rows], 1)
    if key := date_key(model):
        yield _changed(table, "wide_and_long", key, add("2030"), 1)


def of_files(table: str) -> Iterator[Mutation]:
    """What is no table at all."""
    file, text = file_of(table), texts(table)[file_of(table)]
    lines = text.splitlines(keepends=True)
    for fault, data, line in (
        ("too_many_cells", (lines[0] + lines[1].rstrip("\n") + ",x,y\n" + "".join(lines[2:])).encode(), 2),
        ("too_few_cells", (lines[0] + '"x"\n' + "".join(lines[2:])).encode(), 2),
        ("latin_1", lines[0].encode() + "é\n".encode("latin-1"), 2),
        ("utf_16", text.encode("utf-16"), None),
        ("zero_byte", lines[0].encode() + b"a\0b\n", 2),
        ("open_quote", lines[0].encode() + b'"a\n', 2),
        ("empty_file", b"", None),
        ("workbook_as_csv", b"PK\x03\x04rest", None),
        ("semicolons", text.replace(",", ";").encode(), 1),
    ):
        yield Mutation(table, fault, "", {file: data}, (file, line, ""))
    yield Mutation(table, "unknown_file", "", {file: None, f"{table}.cvs": text.encode()}, (f"{table}.cvs", None, ""))
    other = next(name for name in (*list(TABLES)[list(TABLES).index(table) + 1 :], *TABLES) if _foreign(table, name))
    foreign = table_text(TABLES[other], getattr(committed(), other))
    column = next(name for name, spec in specs(TABLES[other]).items() if name not in specs(TABLES[table]) and spec.required)
    yield Mutation(table, "file_of_another_table", other, {file: foreign.encode()}, (file, 1, f"'{column}'"))


def _foreign(table: str, other: str) -> bool:
    return any(spec.required and name not in specs(TABLES[table]) for name, spec in specs(TABLES[other]).items())


# ---- faults of the settings


def of_settings() -> Iterator[Mutation]:
    """What a setting cannot take, keys that are unknown, missing or twice, and a file that is no YAML."""
    text = texts(SETTINGS)[file_of(SETTINGS)]
    for path, model in BLOCKS.items():
        for name, spec in specs(model).items():
            faults = (
                [("list_for_a_block", '["x"]')] if spec.kind == "block" else [("word_for_a_list", '"x"')] if spec.kind == "list" else []
            )
            for fault, wrong_text in [*faults, *((fault, json.dumps(word) if word else "") for fault, word in wrong(model, spec))]:
                yield _set(f"{path}{name}", fault, wrong_text)
            if spec.required:
                yield _without(f"{path}{name}")
            yield _twice(f"{path}{name}")
    for path, text_of in (
        ("halvings[0]", '["soon"]'),
        ("halvings[4]", '["2012-11-28", "2016-07-09", "2020-05-11", "2024-04-20", "2020-01-01"]'),
    ):
        yield Mutation(
            SETTINGS, "bad_day", path, {"instance.yaml": _lines("halvings", text_of)[0]}, ("instance.yaml", _lines("halvings", "")[1], path)
        )
    last = text.count("\n") + 1
    for fault, more, line, field in (
        ("unknown_key", "colour_of_it: 1\n", last, "colour_of_it"), ("table_in_settings", "sites: []\n", last, "sites"),
        ("tag", "title2: !!python/object/apply:os.system [x]\n", last, "title2"), ("merge_key", "<<: {title: x}\n", last, "<<"),
        ("two_documents", "---\na: 1\n", last, ""), ("tab", "\tx: 1\n", last, ""),
    ):  # fmt: skip
        yield Mutation(SETTINGS, fault, field, {"instance.yaml": (text + more).encode()}, ("instance.yaml", line, field))
    for fault, data, at in (
        ("latin_1", text.encode() + "title: é\n".encode("latin-1"), last), ("utf_16", text.encode("utf-16"), None),
        ("zero_byte", text.encode() + b"\0", last), ("open_quote", text.encode() + b'x: "a\n', last + 1), ("empty_file", b"", None),
        ("no_key", b"# nothing\n", 1), ("workbook_as_text", b"PK\x03\x04rest", None), ("word", b"x\n", 1), ("list", b"- x\n", 1),
        ("file_of_another_table", b"id,market\n", 1),
    ):  # fmt: skip
        yield Mutation(SETTINGS, fault, "", {"instance.yaml": data}, ("instance.yaml", at, ""))


def _lines(path: str, text: str) -> tuple[bytes, int]:
    """The settings with the text of one of them changed, and its line."""
    lines = texts(SETTINGS)[file_of(SETTINGS)].split("\n")
    block, _, name = path.rpartition(".")
    if block.startswith("periods"):
        at = next(i for i, line in enumerate(lines) if line.startswith("  - {"))
        lines[at] = re.sub(rf"{name}: [^,}}]*", f"{name}: {text}", lines[at])
        return "\n".join(lines).encode(), at + 1
    start = lines.index(f"{block}:") if block else 0
    at = next(i for i, line in enumerate(lines) if i >= start and line.startswith(("  " if block else "") + f"{name}:"))
    end = next((i for i in range(at + 1, len(lines)) if not lines[i].startswith("  " if not block else "    ")), len(lines))
    lines[at:end] = [f"{'  ' if block else ''}{name}: {text}".rstrip()]
    return "\n".join(lines).encode(), at + 1


def _set(path: str, fault: str, text: str) -> Mutation:
    data, line = _lines(path, text)
    return Mutation(SETTINGS, fault, path, {"instance.yaml": data}, ("instance.yaml", line, path))


def _without(path: str) -> Mutation:
    data, line = _lines(path, "@@@")
    block = path.rpartition(".")[0]
    gone = re.sub(rb"(?m)^ *\w+: @@@\n|(, )?\w+: @@@(, )?", b"", data)
    told = None if not block else line if block.startswith("periods") else _lines(block, "")[1]
    return Mutation(SETTINGS, "missing_key", path, {"instance.yaml": gone}, ("instance.yaml", told, path))


def _twice(path: str) -> Mutation:
    data, line = _lines(path, "@@@")
    name = path.rpartition(".")[2]
    own = re.search(rb"(?m)^ *\w+: @@@", data)
    if own is None or path.startswith("periods[0]"):
        data = data.replace(b"@@@", f"3, {name}: 3".encode())
        return Mutation(SETTINGS, "key_twice", path, {"instance.yaml": data}, ("instance.yaml", line, path))
    indent = "  " if "." in path else ""
    data = data.replace(b"@@@", f"1\n{indent}{name}: 1".encode())
    return Mutation(SETTINGS, "key_twice", path, {"instance.yaml": data}, ("instance.yaml", line + 1, path))


# ---- all of them


@cache
def mutations(part: str) -> tuple[Mutation, ...]:
    """Every fault of a table, or of the settings."""
    if part == SETTINGS:
        return tuple(of_settings())
    return tuple(mutation for kind in (of_headers, of_cells, of_dates, of_files) for mutation in kind(part))


def one_of_each(part: str) -> tuple[Mutation, ...]:
    """One mutation of each class of fault that a part can have, at another column in another table."""
    by_class: dict[str, list[Mutation]] = {}
    for mutation in mutations(part):
        by_class.setdefault(mutation.fault, []).append(mutation)
    turn = [SETTINGS, *TABLES].index(part)
    return tuple(found[turn % len(found)] for found in by_class.values())


def as_sheets(mutation: Mutation) -> dict[str, list[list[Any]]]:
    """The sheets of a workbook with the same fault; only for faults that stand in cells."""
    assert mutation.table is not None
    instance = base(mutation.part)
    settings = [list(COLUMNS), *([path, value, note] for path, value, note in setting_rows(instance, {}))]
    tables = {
        name: list(csv.reader(io.StringIO(table_text(TABLES[name], getattr(instance, name))))) for name in TABLES if getattr(instance, name)
    }
    return {SETTINGS: settings} | tables | {mutation.part: mutation.table}
