"""Instances on disk: a folder of YAML and CSV, or a workbook; read with every fault named, written back, converted."""

from planner.instance.convert import Conversion, convert
from planner.instance.describe import documentation, json_schema
from planner.instance.examination import examine, load
from planner.instance.notice import Notice, Report
from planner.instance.starter import starter
from planner.instance.write import write

__all__ = ["Conversion", "Notice", "Report", "convert", "documentation", "examine", "json_schema", "load", "starter", "write"]
