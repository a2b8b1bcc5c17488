"""Multinomial logistic regression on sparse rows, in numpy alone: small enough to read, fast enough here."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
MEMORY = 8
"""Pairs that L-BFGS remembers."""


@dataclass(frozen=True, slots=True)
class Sparse:
    """Rows of (feature, value), laid end to end; `rows[i]` says which row entry i belongs to."""

    rows: npt.NDArray[np.int64]
    columns: npt.NDArray[np.int64]
    values: Floats
    height: int
    width: int

    def times(self, dense: Floats) -> Floats:
        """Return this times `dense` [width, classes]."""
        out = np.empty((self.height, dense.shape[1]))
        for k in range(dense.shape[1]):
            out[:, k] = np.bincount(self.rows, self.values * dense[self.columns, k], self.height)
        return out

    def transposed_times(self, dense: Floats) -> Floats:
        """Return the transpose of this times `dense` [height, classes]."""
        out = np.empty((self.width, dense.shape[1]))
        for k in range(dense.shape[1]):
            out[:, k] = np.bincount(self.columns, self.values * dense[self.rows, k], self.width)
        return out

    def take(self, chosen: npt.NDArray[np.bool_]) -> "Sparse":
        """Return the rows where `chosen` is true, renumbered."""
        keep = chosen[self.rows]
        new = np.cumsum(chosen) - 1
        return Sparse(
            new[self.rows[keep]], self.columns[keep], self.values[keep], int(chosen.sum()), self.width
        )


def stack(documents: Sequence[tuple[npt.NDArray[np.int64], Floats]], width: int) -> Sparse:
    """Lay documents of (columns, values) under one another."""
    lengths = [len(columns) for columns, _ in documents]
    rows = np.repeat(np.arange(len(documents)), lengths)
    columns = np.concatenate([columns for columns, _ in documents])
    values = np.concatenate([values for _, values in documents])
    return Sparse(rows, columns, values, len(documents), width)


def softmax(scores: Floats) -> Floats:
    """Return the rows of `scores` as probabilities."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


def fit(
    data: Sparse,
    targets: Floats,
    weights: Floats,
    *,
    strength: float,
    offsets: Floats | None = None,
    free: npt.NDArray[np.bool_] | None = None,
    steps: int = 150,
) -> Floats:
    """Return [width + 1, classes] weights (the last row is the bias) that minimise the weighted log loss.

    Args:
      data: rows.
      targets: [rows, classes], each row a distribution.
      weights: of the rows.
      strength: of the L2 penalty, per unit of row weight.
      offsets: scores that are given, [rows, classes].
      free: classes that have weights; the others keep zeros.
      steps: of L-BFGS.
    """
    classes = targets.shape[1]
    total = weights.sum()
    given = np.zeros_like(targets) if offsets is None else offsets
    mask = np.ones(classes) if free is None else free.astype(float)

    def loss(flat: Floats) -> tuple[float, Floats]:
        theta = flat.reshape(-1, classes)
        scores = data.times(theta[:-1]) + theta[-1] + given
        shifted = scores - scores.max(axis=1, keepdims=True)
        logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        value = -(weights[:, None] * targets * logs).sum() / total
        slope = weights[:, None] * (np.exp(logs) * targets.sum(axis=1, keepdims=True) - targets) / total
        gradient = np.vstack([data.transposed_times(slope) + strength * theta[:-1], slope.sum(axis=0)])
        return value + 0.5 * strength * float((theta[:-1] ** 2).sum()), (gradient * mask).ravel()

    return lbfgs(loss, np.zeros((data.width + 1) * classes), steps).reshape(-1, classes)


def lbfgs(loss, start: Floats, steps: int) -> Floats:  # type: ignore[no-untyped-def]
    """Minimise `loss` (value and gradient of a flat vector) from `start`.

    Source: Nocedal, "Updating quasi-Newton matrices with limited storage", 1980; Armijo backtracking.
    """
    point, (value, slope) = start, loss(start)
    pairs: list[tuple[Floats, Floats]] = []
    for _ in range(steps):
        direction = _two_loop(slope, pairs)
        step = 1.0 if pairs else min(1.0, 1.0 / max(float(np.abs(slope).sum()), 1e-12)) * 10
        along = float(slope @ direction)
        for _ in range(30):
            candidate = point + step * direction
            new_value, new_slope = loss(candidate)
            if new_value <= value + 1e-4 * step * along:
                break
            step *= 0.5
        else:
            return point
        moved, turned = candidate - point, new_slope - slope
        if moved @ turned > 1e-12:
            pairs = [*pairs[-(MEMORY - 1) :], (moved, turned)]
        done = value - new_value < 1e-7 * max(1.0, abs(value))
        point, value, slope = candidate, new_value, new_slope
        if done:
            break
    return point


def _two_loop(slope: Floats, pairs: list[tuple[Floats, Floats]]) -> Floats:
    direction = -slope
    alphas = []
    for moved, turned in reversed(pairs):
        alpha = float(moved @ direction) / float(moved @ turned)
        alphas.append(alpha)
        direction = direction - alpha * turned
    if pairs:
        moved, turned = pairs[-1]
        direction = direction * (float(moved @ turned) / float(turned @ turned))
    for (moved, turned), alpha in zip(pairs, reversed(alphas), strict=True):
        beta = float(turned @ direction) / float(moved @ turned)
        direction = direction + (alpha - beta) * moved
    return direction
