"""Evaluation: scores, curves and figures, pure functions of arrays."""
