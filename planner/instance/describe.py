"""What an instance may hold, for editors (JSON Schema) and for people (docs/instance.md), both from the schema models."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from planner.excel import MOST_LETTERS
from planner.instance.fields import KEY_WORDS, Spec, specs, written
from planner.instance.grid import MOST_COLUMNS, MOST_ROWS
from planner.instance.raw import LIMIT_BYTES, SETTINGS_LIMIT_BYTES
from planner.instance.table import MOST_FAULTS
from planner.instance.xlsx import UNPACKED_LIMIT_BYTES
from planner_models.rows import Row
from planner_models.schema import TABLES, Instance, Settings

INTRODUCTION = f"""# An instance

*Generated from the schema, and held equal to it by a test:
`python -c "from planner.instance import documentation as d; print(d(), end='')" > docs/instance.md`.*

An instance is a folder: `instance.yaml` with the settings, and one CSV file per table, named as below. A table whose file is
absent is empty, and what it would describe is not part of the plan.
It may also be one Excel workbook, and series may be wide, with a column per year: see [workbook.md](workbook.md).
`planner check FOLDER` names every fault at once; `planner new FOLDER` writes a starter with comments;
`planner schema` prints the JSON Schema, which an editor uses when the first line of `instance.yaml` is
`# yaml-language-server: $schema=schema.json`.

**Cells.** UTF-8 text with commas between the cells and a header line; columns in any order; lines that are blank are skipped. A
byte-order mark, which Excel writes, is accepted with a notice. A blank cell takes the default, and is a fault where there is none.
A number is written `1234.5` or `1e3`: no thousands separators, no unit, no percent sign. A month is written `2027-04`
or `2027-04-01`, a day `2027-04-17`. Yes-or-no columns take `yes`, `no`, `true`, `false`. An id is {KEY_WORDS}.

**Units** end the names: `mw` MW, `mva` MVA, `mwh` MWh, `kw` kW, `months`, `years`, `usd` US dollars, `musd` millions of US dollars,
`eh` EH/s, `th` TH/s, `j` J, `mmbtu` MMBtu, `btc` bitcoin, `fraction` a share (0.05 is 5 %). MW are MW of IT unless *facility* or
*utility* is said. Money is nominal.

**Other files** in the folder are not read. Texts (`.md`, `.txt`, `.rst`), hidden files, `schema.json` and `expected.json` pass in
silence, others with a notice; a name that looks like a slip for a table that is absent (`site.csv`) is a fault.

**Limits.** A table file or workbook holds at most {LIMIT_BYTES / 1e6:g} MB (a workbook {UNPACKED_LIMIT_BYTES / 1e6:g} MB unpacked),
`instance.yaml` {SETTINGS_LIMIT_BYTES / 1e3:g} kB; a table {MOST_ROWS:,} rows and {MOST_COLUMNS:,} columns, a text {MOST_LETTERS:,}
characters. Of a table with {MOST_FAULTS:,} faults the rest is not read.

**Texts are no formulas.** A name, title or note that begins with `=`, `+`, `-` or `@` is a fault, but for a number and a mere `-`: a
spreadsheet that opens a CSV file would calculate it, and a text made for that could read other files or send them away. So what
stands in a table is the same in every program, and nothing is put before it to prevent that. Ids begin with a letter or digit anyway.
Markup such as `<b>` or `[bold]` is plain text wherever it is shown.

**Notices.** Rows that cannot influence the plan (a lease without a possible start, prices of years outside the plan) are listed
with the reason; so is what was probably not meant (a lease that would be served years before it is due, a fleet without a hall, halls
without one kind of the equipment that is modelled), and a figure outside its usual range, which is mostly one in another unit.
"""

SUBJECTS = {
    "Sites and their power": ("sites", "grid", "equipment", "slots", "charges"),
    "Prices of power, and contracts": ("power_prices", "ppas", "programmes"),
    "Own power plants": ("generators", "availability", "fuel_prices"),
    "Halls": ("halls", "conversions", "delivery_limits"),
    "Mining": ("asic_models", "asic_prices", "moves", "btc", "hosting"),
    "GPU clusters": ("gpu_models", "gpu_market", "gpu_contracts"),
    "Tenants": ("tiers", "leases", "lease_sites", "lease_deliveries"),
    "What is there at the start, and what is left at the end": ("opening", "tax_bases", "residuals"),
    "Money": ("holdings", "debt", "debt_draws", "covenants", "history", "equity", "warrants", "tax_classes", "budgets"),
    "What the company sets itself": ("policies", "previous"),
}
"""The tables by what they are about."""

SHORT = {"key": "an id", "keys": "ids separated by '|'", "month": "a month", "day": "a day", "text": "text"}
"""Allowed values in the tables of the page, where the introduction tells the rest."""


def json_schema() -> dict[str, Any]:
    """JSON Schema of instance.yaml, with the rows of every table under `$defs` and their names under `x-tables`."""
    models: list[type[BaseModel]] = [Settings, *TABLES.values()]
    _, schema = models_json_schema([(model, "validation") for model in models], ref_template="#/$defs/{model}")
    definitions: dict[str, Any] = schema["$defs"]
    nested = [model for model in _blocks(Settings)]
    for model in (*models, *nested):
        _annotate(model, definitions[model.__name__])
    top = definitions.pop("Settings")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "instance.yaml"}
    tables = {name: {"$ref": f"#/$defs/{model.__name__}"} for name, model in TABLES.items()}
    return head | {key: value for key, value in top.items() if key != "title"} | {"$defs": definitions, "x-tables": tables}


def _blocks(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The models nested in the settings."""
    for name, spec in specs(model).items():
        annotation = model.model_fields[name].annotation
        inner = get_args(annotation)[0] if spec.kind == "list" else annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield inner


def _annotate(model: type[BaseModel], schema: dict[str, Any]) -> None:
    """Put units beside the bounds, and drop the titles that only repeat names."""
    for name, spec in specs(model).items():
        schema["properties"][name].pop("title", None)
        if spec.unit:
            schema["properties"][name]["x-unit"] = spec.unit


def documentation() -> str:
    """The page docs/instance.md."""
    parts = [INTRODUCTION, "## instance.yaml\n", *_fields(Settings)]
    for model in _blocks(Settings):
        key = next(name for name, spec in specs(Settings).items() if _inner(name) is model)
        parts += [f"\n### `{key}`\n", f"{inspect.getdoc(model)}\n", *_fields(model)]
    parts.append("\n## Tables\n\nEvery table also takes the free columns " + ", ".join(f"`{name}`" for name in Row.FREE))
    parts.append("of text, which are kept and never read by the model.")
    parts += ["\n| about | tables |", "|---|---|"]
    parts += [f"| {subject} | {', '.join(f'[{name}](#{name}csv)' for name in names)} |" for subject, names in SUBJECTS.items()]
    for name, row in TABLES.items():
        parts += [f"\n### `{name}.csv`\n", _summary(name, row), *_fields(row)]
    return "\n".join(parts) + "\n"


def _inner(name: str) -> Any:
    annotation = Settings.model_fields[name].annotation
    return get_args(annotation)[0] if get_args(annotation) else annotation


def _summary(name: str, model: type[Row]) -> str:
    unique = " and ".join(f"`{key}`" for key in model.KEY)
    return f"{Instance.model_fields[name].description} *A row: {inspect.getdoc(model)}* Unique: {unique}.\n"


def _fields(model: type[BaseModel]) -> Iterator[str]:
    yield "| field | unit | allowed | default | meaning |"
    yield "|---|---|---|---|---|"
    free = model.FREE if issubclass(model, Row) else ()
    for spec in specs(model).values():
        if spec.name not in free:
            cells = (f"`{spec.name}`", spec.unit, SHORT.get(spec.kind, spec.allowed), _default(spec), spec.doc)
            yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _default(spec: Spec) -> str:
    """The default in words: required, blank, or the value."""
    if spec.required:
        return "required"
    if isinstance(spec.default, BaseModel):
        return "its defaults"
    if spec.kind == "list" and spec.default:
        return ", ".join(written(item) for item in spec.default)
    return f"`{written(spec.default)}`" if written(spec.default) else "blank"
