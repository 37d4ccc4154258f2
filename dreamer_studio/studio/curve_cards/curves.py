"""The curves that a card can show: nine ready-made ones, and one for each metric of the log."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from dreamer_studio.studio.help import curves
from dreamer_studio.studio.help.help import Help
from dreamer_studio.studio.widgets.plots.series import SeriesStyle
from dreamer_studio.viewing.role import Role

Row = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One line of a curve: the kind of log rows it draws, and the value it reads from each (`key`).

    Attributes:
        compared: whether other runs are laid over in this line.
    """

    style: SeriesStyle
    kind: str
    key: str
    compared: bool = False


@dataclass(frozen=True)
class Curve:
    """A curve for a card: name, unit, meaning and lines.

    Attributes:
        smoothing: roughly how many values the average covers, before the user's factor.
        metric: the name in the log, if the curve shows a single metric as logged.
    """

    title: str
    unit: str
    help: Help
    empty: str
    lines: tuple[Line, ...]
    smoothing: int = 30
    metric: str = ""

    @property
    def key(self) -> str:
        """Return the key under which the settings of the window remember the curve."""
        return f"{METRIC}{self.metric}" if self.metric else self.title

    @property
    def takes_right(self) -> bool:
        """Return whether the user can give the right axis to a metric, because no line of the curve has it."""
        return not any(line.style.right for line in self.lines)


def _updates(
    name: str, key: str, role: Role = Role.MODEL, *, dashed: bool = False, dotted: bool = False, compared: bool = False
) -> Line:
    return Line(SeriesStyle(name, role, dashed=dashed, dotted=dotted), "update", key, compared)


RETURN, KL, SPEED, NORMS = "Return", "KL", "Speed", "Gradient norms"
METRIC: Final = "metric:"
_AFTER_PREFILL = "Fills with updates of the model. In a new run they begin after the prefill."

CURVES = (
    Curve(
        RETURN,
        "per episode",
        curves.RETURN,
        "Fills with the first finished episode.",
        (
            Line(SeriesStyle("prefill", Role.NEUTRAL, dotted=True, smoothed=False), "prefill", "return"),
            Line(SeriesStyle("training", Role.REAL), "train", "return", compared=True),
            Line(SeriesStyle("test", Role.OK, dashed=True, smoothed=False), "test", "return", compared=True),
        ),
        smoothing=10,
    ),
    Curve(
        "Image loss",
        "nats, no constant",
        curves.IMAGE_LOSS,
        _AFTER_PREFILL,
        (_updates("image", "image_loss", compared=True),),
    ),
    Curve(
        KL,
        "nats, before the clip",
        curves.KL,
        _AFTER_PREFILL,
        (_updates("KL", "kl", compared=True),),
    ),
    Curve(
        SPEED,
        "per second",
        curves.SPEED,
        _AFTER_PREFILL,
        (
            _updates("environment steps", "steps_per_s", Role.REAL, compared=True),
            Line(SeriesStyle("updates", Role.MODEL, dashed=True, right=True), "update", "updates_per_s"),
        ),
    ),
    Curve(
        "Reward loss",
        "nats, no constant",
        curves.REWARD_LOSS,
        _AFTER_PREFILL,
        (_updates("reward", "reward_loss", compared=True),),
    ),
    Curve(
        "Actor and value loss",
        "",
        curves.ACTOR_AND_VALUE,
        _AFTER_PREFILL,
        (_updates("actor", "actor_loss", Role.DREAM, compared=True), _updates("value", "value_loss", dashed=True)),
    ),
    Curve(
        "Imagined value",
        "discounted return",
        curves.IMAGINED_VALUE,
        _AFTER_PREFILL,
        (
            _updates("value", "imagined_value", compared=True),
            _updates("lambda-return", "lambda_return", Role.DREAM, dashed=True),
        ),
    ),
    Curve(
        "Entropy",
        "nats",
        curves.ENTROPY,
        _AFTER_PREFILL,
        (
            _updates("policy", "actor_entropy", Role.DREAM, compared=True),
            _updates("prior", "prior_entropy", Role.NEUTRAL, dashed=True),
            _updates("posterior", "posterior_entropy", dotted=True),
        ),
    ),
    Curve(
        NORMS,
        "before the clip",
        curves.GRADIENT_NORMS,
        _AFTER_PREFILL,
        (
            _updates("model", "model_grad_norm", compared=True),
            _updates("actor", "actor_grad_norm", Role.DREAM, dotted=True),
            _updates("value", "value_grad_norm", Role.NEUTRAL, dashed=True),
        ),
    ),
)
SHOWN_AT_FIRST: Final = (RETURN, "Image loss", KL, SPEED)
LOG_AT_FIRST: Final = (NORMS,)
"""Curves with a logarithmic axis: their lines lie far apart."""

_HEADING: Final = {"kind", "step", "update", "time", "episode", "horizon"}
"""The entries of rows that are no metrics."""

_OF_EPISODES: Final = (("prefill", Role.NEUTRAL), ("train", Role.REAL), ("test", Role.OK))


def curve_of(key: str) -> Curve | None:
    """Return a curve by its key in the settings, or None if there is no such curve."""
    if key.startswith(METRIC):
        kind, _, name = key.removeprefix(METRIC).partition("/")
        return metric_curve(kind, name) if kind in {"update", "episode"} and name else None
    return next((curve for curve in CURVES if curve.title == key), None)


def metric_curve(kind: str, name: str) -> Curve:
    """Return the curve of one metric, of updates (kind "update") or of episodes (kind "episode")."""
    if kind == "update":
        lines: tuple[Line, ...] = (_updates(name, name, compared=True),)
    else:
        lines = tuple(
            Line(
                SeriesStyle("training" if of == "train" else of, role, smoothed=of == "train"),
                of,
                name,
                of != "prefill",
            )
            for of, role in _OF_EPISODES
        )
    empty = f"Fills with the first {'update' if kind == 'update' else 'finished episode'} that has {name}."
    smoothing = 30 if kind == "update" else 10
    return Curve(name, "as logged", curves.metric(name), empty, lines, smoothing, f"{kind}/{name}")


def right_line(metric: str) -> Line | None:
    """Return the line of a metric for the right axis of another curve, or None if there is no such metric.

    For a metric of episodes, the line shows those of the training.
    """
    curve = curve_of(f"{METRIC}{metric}")
    if curve is None:
        return None
    line = next(line for line in curve.lines if line.kind in {"update", "train"})
    name = curve.title if line.kind == "update" else f"{curve.title}, {line.style.name}"
    style = replace(line.style, name=name, role=Role.NEUTRAL, dashed=True, dotted=True, right=True)
    return replace(line, style=style, compared=False)


def metrics_in(rows: Iterable[Row]) -> set[str]:
    """Return the metrics in some rows, as `Curve.metric` names them."""
    newest: dict[str, Row] = {}
    for row in rows:
        newest[row["kind"]] = row  # all rows of a kind have the same metrics
    kinds = {"update": "update", "prefill": "episode", "train": "episode", "test": "episode"}
    return {
        f"{kinds[kind]}/{name}"
        for kind, row in newest.items()
        if kind in kinds
        for name, value in row.items()
        if name not in _HEADING and isinstance(value, int | float)
    }


def describe_change(row: Row) -> str:
    """Describe a change of a setting, from its row of the log."""
    name, before, after = (row.get(key, "?") for key in ("name", "before", "after"))
    return f"{name} {before} \N{RIGHTWARDS ARROW} {after}"


def is_number(value: object) -> bool:
    """Return whether a value is a number; a log that another program wrote may hold anything."""
    return isinstance(value, int | float) and math.isfinite(value)
