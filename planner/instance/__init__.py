"""Instances on disk: a folder of instance.yaml and CSV tables, read with every fault named, and written back."""

from planner.instance.describe import documentation, json_schema
from planner.instance.folder import examine, load
from planner.instance.notice import Notice, Report
from planner.instance.starter import starter
from planner.instance.write import write

__all__ = ["Notice", "Report", "documentation", "examine", "json_schema", "load", "starter", "write"]
