"""Tests of the exact checker."""
