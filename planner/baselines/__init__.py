"""Baselines: the answers that a team has accepted, as small text files beside its instances, and the check of new answers against them."""
