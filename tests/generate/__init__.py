"""Tests of the random instances."""
