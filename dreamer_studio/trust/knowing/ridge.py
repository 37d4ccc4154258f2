"""Ridge regression judged on episodes that the regression did not see. No torch.

Source: Hoerl and Kennard (1970), Ridge Regression. Inputs are standardized on the episodes of the fit, and the penalty
is chosen inside them (Hastie, Tibshirani and Friedman, 2009, The Elements of Statistical Learning, 3.4.1 and 7.10).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats

Places = NDArray[np.int64]

FOLDS: Final = 5
"""Parts of the episodes, at most; each is predicted from the others."""

PENALTIES: Final = 10.0 ** np.arange(-6, 5)
"""Penalties to choose from, for each row of the fit."""


def held_out_errors(inputs: Sequence[Floats], targets: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Predict the targets of each episode from a fit to other episodes.

    Args:
        inputs: (T, F) of each of E episodes.
        targets: (T, D) of each.

    Returns:
        the sums of squared errors (E, D), and those of the null, the mean of the fitted episodes, (E, D).
    """
    count = len(inputs)
    errors = np.zeros((count, targets[0].shape[1]))
    nulls = np.zeros_like(errors)
    for fitted, others in _folds(np.arange(count, dtype=np.int64)):
        penalty = _best_penalty(inputs, targets, fitted)
        fit = _Fit([inputs[index] for index in fitted], [targets[index] for index in fitted])
        for index in others:
            errors[index] = fit.errors(inputs[index], targets[index], penalty[None])[0]
            nulls[index] = np.square(targets[index] - fit.target_mean).sum(0)
    return errors, nulls


class _Fit:
    """Ridge regressions of D targets on F standardized inputs, for any penalty."""

    def __init__(self, inputs: Sequence[Floats], targets: Sequence[Floats]) -> None:
        x, y = np.concatenate(inputs), np.concatenate(targets)
        self.rows = len(x)
        self.input_mean, self.target_mean = x.mean(0), y.mean(0)
        spread = x.std(0)
        self.scale = np.where(spread > 0, spread, 1.0)
        x = self._standardized(x)
        self.values, self.axes = np.linalg.eigh(x.T @ x)
        self.along = self.axes.T @ (x.T @ (y - self.target_mean))

    def errors(self, inputs: Floats, targets: Floats, penalties: Floats) -> Floats:
        """Return the sums of squared errors (P, D) on (T, F) inputs and (T, D) targets, with penalties (P, D)."""
        turned = self._standardized(inputs) @ self.axes
        wanted = targets - self.target_mean
        weights = self.along / (np.maximum(self.values, 0)[:, None] + self.rows * penalties[:, None])
        return np.stack([np.square(wanted - turned @ each).sum(0) for each in weights])

    def _standardized(self, inputs: Floats) -> Floats:
        return np.asarray((inputs - self.input_mean) / self.scale)


def _best_penalty(inputs: Sequence[Floats], targets: Sequence[Floats], places: Places) -> Floats:
    """Return for each target (D,) the penalty that predicts best within some episodes, each part from the others."""
    penalties = np.broadcast_to(PENALTIES[:, None], (len(PENALTIES), targets[0].shape[1]))
    total = np.zeros(penalties.shape)
    for fitted, others in _folds(places):
        fit = _Fit([inputs[index] for index in fitted], [targets[index] for index in fitted])
        for index in others:
            total += fit.errors(inputs[index], targets[index], penalties)
    return np.asarray(PENALTIES[total.argmin(0)])


def _folds(places: Places) -> list[tuple[Places, Places]]:
    """Divide at least two episodes into parts; return for each part the other episodes and its own."""
    parts = np.arange(len(places)) % min(FOLDS, len(places))
    return [(places[parts != part], places[parts == part]) for part in range(int(parts.max()) + 1)]
