"""Curves of the training, from the rows of its log."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from dreamer_studio.config import Config
from dreamer_studio.envs import ENDS, known_end
from dreamer_studio.session import START, Place
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.plots.curve import CurvePlot, Reference
from dreamer_studio.studio.widgets.plots.published import PublishedSwitch
from dreamer_studio.studio.widgets.plots.series import SeriesStyle
from dreamer_studio.viewing.role import Role

Row = dict[str, Any]
RowsSince = Callable[[Place], tuple[list[Row], Place]]
"""`Session.rows_since`: the rows of the log after a place, and the place after those rows."""


@dataclass(frozen=True)
class Line:
    """One line of a curve: the kind of log rows it draws, and the value it reads from each (`key`)."""

    style: SeriesStyle
    kind: str
    key: str


@dataclass(frozen=True)
class Curve:
    """A curve for a card: name, unit, meaning and lines."""

    title: str
    unit: str
    help: str
    empty: str
    lines: tuple[Line, ...]
    smoothing: int = 30


def _updates(name: str, key: str, role: Role = Role.MODEL, *, dashed: bool = False) -> Line:
    return Line(SeriesStyle(name, role, dashed=dashed), "update", key)


RETURN, KL = "Return", "KL"
_AFTER_PREFILL = "Fills with updates of the model. In a new run they begin after the prefill."

CURVES = (
    Curve(
        RETURN,
        "per episode",
        "Undiscounted return of each training episode, with exploration noise, and of each test, without noise in a "
        "separate environment. Point at a return to see how the episode ended: terminated (the task reached a terminal "
        "state), truncated (the task stopped the episode) or cut (by time_limit or the safety bound). If the author of "
        "DreamerV1 published test returns for this task, the plot shows their mean and standard deviation; the button "
        "names the source.",
        "Fills with the first finished episode.",
        (
            Line(SeriesStyle("prefill", Role.NEUTRAL, smoothed=False), "prefill", "return"),
            Line(SeriesStyle("training", Role.REAL), "train", "return"),
            Line(SeriesStyle("test", Role.OK, smoothed=False), "test", "return"),
        ),
        smoothing=10,
    ),
    Curve(
        "Image loss",
        "nats above the constant",
        "Minus the log-probability of the images, without the Gaussian constant of 11,291.92 nats, which no model can "
        "reduce. This is half the squared error, summed over the image.",
        _AFTER_PREFILL,
        (_updates("image", "image_loss"),),
    ),
    Curve(
        KL,
        "nats, before the clip",
        "Mean KL of posterior and prior: how much the frames surprise the model. Below the free nats, the loss does "
        "not push the KL any lower.",
        _AFTER_PREFILL,
        (_updates("KL", "kl", Role.DREAM),),
    ),
    Curve(
        "Speed",
        "per second",
        "Environment steps and updates per second of work, averaged over half a minute.",
        _AFTER_PREFILL,
        (
            _updates("environment steps", "steps_per_s", Role.REAL),
            _updates("updates", "updates_per_s", dashed=True),
        ),
    ),
    Curve(
        "Reward loss",
        "nats above the constant",
        "Minus the log-probability of the rewards, without the constant. This is half the squared error.",
        _AFTER_PREFILL,
        (_updates("reward", "reward_loss"),),
    ),
    Curve(
        "Actor and value loss",
        "",
        "Actor loss: minus the discounted lambda-return of imagined rollouts. Value loss: minus the log-probability of "
        "those returns under the value model, constant included.",
        _AFTER_PREFILL,
        (_updates("actor", "actor_loss", Role.DREAM), _updates("value", "value_loss", dashed=True)),
    ),
    Curve(
        "Imagined value",
        "discounted return",
        "Mean value estimate and lambda-return of the imagined rollouts from which the actor learns.",
        _AFTER_PREFILL,
        (_updates("value", "imagined_value"), _updates("lambda-return", "lambda_return", Role.DREAM, dashed=True)),
    ),
    Curve(
        "Entropy",
        "nats",
        "Entropy of the policy in imagined rollouts, and of prior and posterior.",
        _AFTER_PREFILL,
        (
            _updates("policy", "actor_entropy", Role.DREAM),
            _updates("prior", "prior_entropy", Role.NEUTRAL, dashed=True),
            _updates("posterior", "posterior_entropy"),
        ),
    ),
    Curve(
        "Gradient norms",
        "before the clip",
        "Global norm of each optimizer's gradient before it is clipped.",
        _AFTER_PREFILL,
        (
            _updates("model", "model_grad_norm"),
            _updates("actor", "actor_grad_norm", Role.DREAM),
            _updates("value", "value_grad_norm", Role.NEUTRAL, dashed=True),
        ),
    ),
)
SHOWN_AT_FIRST = (RETURN, "Image loss", KL, "Speed")


class CurvesPanel(QWidget):
    """A row of cards, each with a curve; the user can choose another curve for each card."""

    def __init__(self, theme: Theme, rows_since: RowsSince, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._turn = 0
        self._cards = [_CurveCard(theme, title, rows_since) for title in SHOWN_AT_FIRST]
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for card in self._cards:
            layout.addWidget(card, 1)

    def refresh_next(self, config: Config) -> None:
        """Draw the new rows of the log on the next card. Each call serves one card."""
        self._cards[self._turn].refresh(config)
        self._turn = (self._turn + 1) % len(self._cards)


class _Drawing:
    """A curve and its plot. While visible, it reads the missing rows of the log."""

    def __init__(
        self, curve: Curve, plot: CurvePlot, rows_since: RowsSince, switch: PublishedSwitch | None = None
    ) -> None:
        self._curve = curve
        self._switch = switch
        self._plot = plot
        self._rows_since = rows_since
        self._read = START
        self._flags: list[tuple[float, str]] = []

    def refresh(self, config: Config) -> None:
        if self._switch is not None:
            self._switch.set_task(config.task)
        rows, place = self._rows_since(self._read)
        if place.opening != self._read.opening:  # the log was reopened: drawn rows may be undone
            self._plot.clear()
            self._flags.clear()
        first, self._read = self._read.number == 0, place
        if not rows:
            return
        if self._curve.title == KL and first:
            self._plot.set_reference(Reference(config.free_nats, f"{config.free_nats:g} free nats"))
        for line in self._curve.lines:
            points = [
                (row["step"], row[line.key], known_end(row.get("end")))
                for row in rows
                if row["kind"] == line.kind and _is_number(row.get(line.key))
            ]
            if points:
                x, y, ends = zip(*points, strict=True)
                self._plot.append(line.style.name, x, y, ends)
        self._flags += [(row["step"], describe_change(row)) for row in rows if row["kind"] == "change"]
        self._plot.set_flags(self._flags)


class _CurveCard(QWidget):
    """One card: a button to choose the curve, and the plots, each made when first chosen."""

    def __init__(self, theme: Theme, title: str, rows_since: RowsSince) -> None:
        super().__init__()
        self._theme = theme
        self._rows_since = rows_since
        self._drawings: dict[str, _Drawing] = {}
        self._cards = QStackedWidget()
        self._choice = _choice_button(self._choose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._cards)
        self._card_of: dict[str, Card] = {}
        self._choose(title)

    def refresh(self, config: Config) -> None:
        self._drawings[self._shown].refresh(config)

    def _choose(self, title: str) -> None:
        if title not in self._drawings:
            self._make(_curve(title))
        self._shown = title
        card = self._card_of[title]
        card.add_header_widget(self._choice)
        self._cards.setCurrentWidget(card)

    def _make(self, curve: Curve) -> None:
        plot = CurvePlot(
            self._theme,
            [line.style for line in curve.lines],
            name=curve.title,
            smoothing_span=curve.smoothing,
            empty_text=curve.empty,
            words=ENDS,
        )
        switch = PublishedSwitch(plot) if curve.title == RETURN else None
        self._drawings[curve.title] = _Drawing(curve, plot, self._rows_since, switch)
        card = Card(self._theme, curve.title, help_text=curve.help, caption_lines=0)
        card.set_subtitle(curve.unit)
        if switch is not None:
            card.add_header_widget(switch)
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(plot.legend)
        layout.addWidget(plot, 1)
        card.set_body(body)
        self._cards.addWidget(card)
        self._card_of[curve.title] = card


def _choice_button(choose: Callable[[str], None]) -> QToolButton:
    button = QToolButton()
    button.setText("\N{BLACK DOWN-POINTING SMALL TRIANGLE}")
    button.setToolTip("Show another curve here")
    button.setAccessibleName("Show another curve here")
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
    menu = QMenu(button)
    for curve in CURVES:
        menu.addAction(curve.title)
    menu.triggered.connect(lambda action: choose(action.text()))
    button.setMenu(menu)
    return button


def describe_change(row: Row) -> str:
    """Describe a change of a setting, from its row of the log."""
    name, before, after = (row.get(key, "?") for key in ("name", "before", "after"))
    return f"{name} {before} \N{RIGHTWARDS ARROW} {after}"


def _is_number(value: object) -> bool:
    """Return whether a value is a number; a log that another program wrote may hold anything."""
    return isinstance(value, int | float) and math.isfinite(value)


def _curve(title: str) -> Curve:
    return next(curve for curve in CURVES if curve.title == title)
