"""What a network puts out → probabilities of the classes."""

import numpy as np


def as_probabilities(outputs: np.ndarray) -> np.ndarray:
    """Rows of class probabilities, shape (n, k), from a network's outputs, shape (n,), (n, 1) or (n, k).

    One column is the probability of class 1 of two. Outputs that cannot be probabilities are read as logits:
    rows with a negative number go through a softmax, a column outside 0..1 through a sigmoid. Rows that do
    not sum to 1 (ten sigmoids) are divided by their sum; in a row of zeros all classes are equally likely.
    The order of the classes within a row never changes. float32 stays float32, float16 becomes it.
    """
    outputs = outputs.reshape(len(outputs), -1)
    outputs = outputs.astype(np.result_type(outputs.dtype, np.float32), copy=False)
    return _from_column(outputs) if outputs.shape[1] == 1 else _from_rows(outputs)


def _from_column(column: np.ndarray) -> np.ndarray:
    if column.min() < 0 or column.max() > 1:
        column = 0.5 * (1 + np.tanh(0.5 * column))
    return np.concatenate([1 - column, column], axis=1)


def _from_rows(rows: np.ndarray) -> np.ndarray:
    if rows.min() < 0:
        rows = np.exp(rows - rows.max(axis=1, keepdims=True))
    # Rows that are right already stay bit for bit, so that equal scores remain ties in a ranking.
    if np.allclose(rows.sum(axis=1, dtype=np.float64), 1, rtol=0, atol=1e-4):
        return rows
    # Scaled by its maximum first, a row of huge outputs cannot overflow and one of tiny ones cannot vanish.
    top = rows.max(axis=1, keepdims=True)
    rows = np.divide(rows, top, out=np.ones_like(rows), where=top > 0)
    return rows / rows.sum(axis=1, keepdims=True)


def percent(share: float) -> str:
    """A share in per cent; 100 and 0 only where it is exactly that."""
    if 0.9995 <= share < 1:
        return "> 99.9 %"
    if 0 < share < 0.0005:
        return "< 0.1 %"
    return f"{100 * share:.1f} %" if 0 < share < 1 else f"{100 * share:.0f} %"
