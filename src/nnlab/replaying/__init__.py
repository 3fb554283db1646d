"""Replaying: a run trained again from its record, and whether the bits are the same."""
