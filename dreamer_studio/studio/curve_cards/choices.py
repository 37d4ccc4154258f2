"""The user's choices for the curves. Live and Curves share the choices, and the window keeps them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from PySide6.QtCore import QObject, Signal

from dreamer_studio.studio.curve_cards.curves import LOG_AT_FIRST, SHOWN_AT_FIRST, Curve, curve_of, right_line
from dreamer_studio.studio.curve_cards.horizontal import Unit

SMOOTHINGS: Final = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
"""Factors of each curve's own smoothing; the first means none."""

USUAL_SMOOTHING: Final = SMOOTHINGS.index(1.0)


@dataclass(frozen=True)
class CurveSettings:
    """The choices.

    Attributes:
        shown: the curves on show, by key, at least one.
        log: the curves with a logarithmic axis, by key.
        unit: of the horizontal axis.
        robust: whether outliers are left out of sight.
        smoothing: place in `SMOOTHINGS`.
        grouped: whether runs laid over that differ only by their seeds are drawn as a median with a range.
        right: the metric on the right axis of a curve, by the key of the curve.
    """

    shown: tuple[str, ...] = SHOWN_AT_FIRST
    log: tuple[str, ...] = LOG_AT_FIRST
    unit: Unit = Unit.STEPS
    robust: bool = True
    smoothing: int = USUAL_SMOOTHING
    grouped: bool = False
    right: Mapping[str, str] = field(default_factory=dict)

    def span(self, curve: Curve) -> int:
        """Return roughly how many values the average of a curve covers; 1 without smoothing."""
        return max(1, round(curve.smoothing * SMOOTHINGS[self.smoothing]))


class CurveChoices(QObject):
    """Changes the choices, and reports each change."""

    changed: ClassVar[Signal] = Signal()

    def __init__(self, settings: CurveSettings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        settings = settings or CurveSettings()
        shown = tuple(dict.fromkeys(key for key in settings.shown if curve_of(key) is not None))
        right = {key: metric for key, metric in settings.right.items() if _fits_right(key, metric)}
        self._settings = dataclasses.replace(settings, shown=shown or SHOWN_AT_FIRST, right=right)

    @property
    def settings(self) -> CurveSettings:
        """Return the choices."""
        return self._settings

    def kept(self) -> dict[str, Any]:
        """Return the choices as the settings of the window store them."""
        settings = self._settings
        return {
            "curves": settings.shown,
            "curves_log": settings.log,
            "curves_unit": str(settings.unit),
            "curves_robust": settings.robust,
            "curves_smoothing": settings.smoothing,
            "curves_grouped": settings.grouped,
            "curves_right": dict(settings.right),
        }

    def replace(self, key: str, other: str) -> None:
        """Replace a curve by another. If both are on show, they change places."""
        swapped = {key: other, other: key}
        self.change(shown=tuple(swapped.get(each, each) for each in self._settings.shown))

    def add(self, key: str) -> None:
        """Show one more curve, at the end."""
        if key not in self._settings.shown:
            self.change(shown=(*self._settings.shown, key))

    def remove(self, key: str) -> None:
        """Remove a curve. The last curve stays."""
        left = tuple(each for each in self._settings.shown if each != key)
        if left:
            self.change(shown=left)

    def move(self, key: str, by: int) -> None:
        """Move a curve by some places; a negative number moves the curve earlier."""
        shown = list(self._settings.shown)
        place = max(0, min(len(shown) - 1, shown.index(key) + by))
        shown.remove(key)
        shown.insert(place, key)
        self.change(shown=tuple(shown))

    def set_log(self, keys: tuple[str, ...], on: bool) -> None:
        """Give some curves a logarithmic axis, or a linear one."""
        others = tuple(key for key in self._settings.log if key not in keys)
        self.change(log=(*others, *keys) if on else others)

    def set_right(self, key: str, metric: str) -> None:
        """Give the right axis of a curve to a metric; an empty name removes the axis."""
        others = {curve: other for curve, other in self._settings.right.items() if curve != key}
        self.change(right=others | {key: metric} if metric else others)

    def change(self, **choices: object) -> None:
        """Change some of the choices."""
        settings = dataclasses.replace(self._settings, **choices)  # type: ignore[arg-type]
        if settings != self._settings:
            self._settings = settings
            self.changed.emit()


def kept_choices(kept: Mapping[str, Any], keep: Callable[..., object], parent: QObject | None = None) -> CurveChoices:
    """Return the choices of the last session, and keep each change.

    Args:
        kept: the settings of the window.
        keep: changes some of them.
        parent: the owner.
    """
    log = LOG_AT_FIRST if kept["curves_log"] is None else kept["curves_log"]
    settings = CurveSettings(
        kept["curves"],
        log,
        Unit(kept["curves_unit"]),
        kept["curves_robust"],
        kept["curves_smoothing"],
        kept["curves_grouped"],
        kept["curves_right"],
    )
    choices = CurveChoices(settings, parent)
    choices.changed.connect(lambda: keep(**choices.kept()))
    return choices


def _fits_right(key: str, metric: str) -> bool:
    curve = curve_of(key)
    return curve is not None and curve.takes_right and right_line(metric) is not None
