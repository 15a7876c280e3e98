"""Instances whose optimum is worked out by hand from MATHS.md, one file per section."""
