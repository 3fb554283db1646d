"""Data: sources, fetching, splits, preprocessing."""
