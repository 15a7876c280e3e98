"""JSON Schema and documentation come from the schema models and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.instance import documentation, json_schema
from planner.instance.describe import SUBJECTS
from planner.instance.fields import Spec, specs
from planner.instance.units import UNITLESS, unit
from planner_models.evidence import ITEMS
from planner_models.rows import Row
from planner_models.schema import TABLES, Finance, Options, Settings, Span

MODELS = [Settings, Finance, Options, Span, *TABLES.values()]


def test_the_documentation_page_is_up_to_date() -> None:
    page = Path(__file__).parents[2] / "docs" / "instance.md"
    assert page.read_text(encoding="utf-8") == documentation()


def test_the_page_names_every_table_field_and_default() -> None:
    page = documentation()
    for name, model in TABLES.items():
        assert f"### `{name}.csv`" in page
        assert all(f"| `{field}` |" in page for field in model.model_fields if field not in Row.FREE)
    assert "| `power_factor` | MW per MVA | a number above 0 and up to 1 | `0.95` | MW per MVA of the load. |" in page
    assert "| `penalty_usd_per_mw_month` | $ per MW-month | a number from 0 to 100000000 | `0` |" in page
    assert "| `seed` | number | a whole number from 0 to 1000000 | `0` |" in page
    assert "| `ready_by` |  | a month | required |" in page
    assert "separated by '\\|'" in page


def test_the_page_lists_every_table_once_by_subject() -> None:
    """Each leads to the heading of its table."""
    assert sorted(name for names in SUBJECTS.values() for name in names) == sorted(TABLES)
    page = documentation()
    assert all(f"[{name}](#{name}csv)" in page for name in TABLES)


def test_ids_that_opening_may_name_say_over_which_tables_they_are_unique() -> None:
    """As the check of shared ids has it."""
    assert ITEMS == ("equipment", "generators", "halls", "asic_models", "gpu_models")
    assert {specs(TABLES[name])["id"].doc for name in ITEMS} == {"Unique over equipment, generators, halls and machines."}


def test_two_rates_of_a_charge_are_said_to_add_up() -> None:
    assert "the two add up" in specs(TABLES["charges"])["usd_per_mw_day"].doc


def test_every_field_is_documented() -> None:
    assert all(spec.doc.endswith(".") for model in MODELS for spec in specs(model).values())


def test_every_numeric_field_ends_in_a_unit_or_is_in_the_list() -> None:
    without = [f"{model.__name__}.{spec.name}" for model in MODELS for spec in specs(model).values() if _numeric(spec) and not spec.unit]
    assert without == []


def _numeric(spec: Spec) -> bool:
    return spec.kind in ("number", "whole")


def test_the_list_of_names_without_a_unit_holds_only_what_is_used() -> None:
    used = {spec.name for model in MODELS for spec in specs(model).values() if _numeric(spec)}
    assert set(UNITLESS) <= used


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("rent_usd_per_kw_month", "$ per kW-month"),
        ("fixed_cost_musd_per_module_year", "M$ per module-year"),
        ("usd_per_gpu_hour", "$ per GPU-hour"),
        ("network_eh", "EH/s"),
        ("mva", "MVA"),
        ("heat_rate_mmbtu_per_mwh", "MMBtu per MWh"),
        ("usd_per_mmbtu", "$ per MMBtu"),
        ("fixed_musd_per_unit_year", "M$ per unit-year"),
        ("units_per_mw", "units per MW"),
        ("max_units", "units"),
        ("months_to_revenue", "months"),
        ("it_mw", "MW"),
        ("loss_use_fraction", "share"),
        ("lead_months", "months"),
        ("cost_dollars", ""),
        ("usd_per_acre", ""),
    ],
)
def test_units_are_read_off_names(name: str, words: str) -> None:
    assert unit(name, "number") == words


def test_text_has_no_unit() -> None:
    assert unit("term_months", "text") == ""


def test_the_schema_is_json_and_refers_only_to_itself() -> None:
    text = json.dumps(json_schema())
    schema = json.loads(text)
    names = {part.partition('"')[0] for part in text.split("#/$defs/")[1:]}
    assert names <= set(schema["$defs"])


def test_the_schema_describes_settings_and_refuses_other_keys() -> None:
    schema = json_schema()
    assert set(schema["properties"]) == set(Settings.model_fields)
    assert schema["required"] == ["name", "start", "periods", "finance"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["start"]["pattern"] == "^[0-9]{4}-[0-9]{2}(-01)?$"
    rate = schema["$defs"]["Finance"]["properties"]["discount_rate_fraction"]
    assert rate["description"] == "Equity rate per year; flows are discounted from mid-period."
    assert rate["x-unit"] == "share"
    assert (rate["minimum"], rate["exclusiveMaximum"]) == (0, 1)


def test_the_schema_holds_the_rows_of_every_table() -> None:
    schema = json_schema()
    assert list(schema["x-tables"]) == list(TABLES)
    lease = schema["$defs"]["Lease"]["properties"]
    assert lease["stage"]["enum"] == ["signed", "loi", "rofr", "pipeline", "market"]
    assert lease["penalty_usd_per_mw_month"]["x-unit"] == "$ per MW-month"
    assert "description" in lease["tenant"]
