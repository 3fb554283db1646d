"""Judging a trained network on its test set: scores, tables and figures as pure functions of arrays.

`judge` measures, `plan_figures` and `draw_all` draw what was measured, `draw_prediction` shows single predictions.
"""

from nnlab.evaluation.figures import draw_all, draw_prediction, draw_predictions, plan_figures
from nnlab.evaluation.judgement import Judgement
from nnlab.evaluation.judging import judge

__all__ = ["Judgement", "draw_all", "draw_prediction", "draw_predictions", "judge", "plan_figures"]
