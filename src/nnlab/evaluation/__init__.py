"""Judging a trained network on its test set: scores, tables and figures as pure functions of arrays.

`judge` measures, `draw_figures` draws what was measured, `draw_prediction` shows single predictions.
"""

from nnlab.evaluation.figures import draw_figures, draw_prediction, draw_predictions
from nnlab.evaluation.judgement import Judgement
from nnlab.evaluation.judging import judge

__all__ = ["Judgement", "draw_figures", "draw_prediction", "draw_predictions", "judge"]
