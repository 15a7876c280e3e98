"""Tests of rolling a plan forward and of the bridge of value between two runs."""
