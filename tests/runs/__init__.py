"""Tests of runs, their folders and their workbooks."""
