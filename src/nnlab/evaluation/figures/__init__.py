"""The figures of a judged network, as PNG files for a report."""

from nnlab.evaluation.figures.album import draw_all, plan_figures, practise
from nnlab.evaluation.figures.prediction import draw_prediction, draw_predictions

__all__ = ["draw_all", "draw_prediction", "draw_predictions", "plan_figures", "practise"]
