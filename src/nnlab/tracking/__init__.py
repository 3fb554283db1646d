"""Tracking: the record of a run."""
