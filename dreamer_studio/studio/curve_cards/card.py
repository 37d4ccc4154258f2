"""A card with one curve."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QToolButton, QVBoxLayout, QWidget

from dreamer_studio.envs import ENDS
from dreamer_studio.studio.curve_cards.curves import RETURN, Curve
from dreamer_studio.studio.curve_cards.drawing import Drawing
from dreamer_studio.studio.curve_cards.horizontal import Unit
from dreamer_studio.studio.curve_cards.menus import add_card_actions, add_curves, add_marks, add_right_axis, set_menu
from dreamer_studio.studio.curve_cards.source import CurveSource
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.plots.training.curve import CurvePlot
from dreamer_studio.studio.widgets.plots.training.marks import Mark
from dreamer_studio.studio.widgets.plots.training.published import PublishedSwitch


class CurveCard(Card):
    """Shows a curve with the user's choices.

    Attributes:
        curve: the curve.
        plot: its plot.
    """

    windowWanted: ClassVar[Signal] = Signal(str)
    """Emitted when the user wants the curve in a window of its own, with its key."""

    def __init__(self, theme: Theme, curve: Curve, source: CurveSource, *, chooses: bool = True) -> None:
        """Make a card; `chooses` says whether the user can choose another curve in it."""
        super().__init__(theme, curve.title, help_text=curve.help, caption_lines=0)
        self.curve = curve
        self._source = source
        self._chooses = chooses
        self.plot = CurvePlot(
            theme,
            [line.style for line in curve.lines],
            name=curve.title,
            smoothing_span=source.choices.settings.span(curve),
            empty_text=curve.empty,
            words=ENDS,
        )
        self.plot.unit = curve.unit
        self._switch = PublishedSwitch(self.plot) if curve.title == RETURN else None
        self._drawing = Drawing(curve, self.plot, source)
        self.set_subtitle(curve.unit)
        if self._switch is not None:
            self.add_header_widget(self._switch)
        if chooses:
            self.add_header_widget(_choice_button(self._fill))
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot.legend)
        layout.addWidget(self.plot, 1)
        self.set_body(body)
        self.plot.menuWanted.connect(self._extend)
        self.plot.markPicked.connect(self._compare)
        self.plot.logChosen.connect(lambda on: source.choices.set_log((curve.key,), on))
        source.choices.changed.connect(self._apply)
        self._apply()

    @property
    def stale(self) -> bool:
        """Return whether the plot shows other choices than those in force."""
        return self._drawing.stale

    def refresh(self) -> None:
        """Draw the new rows of the logs."""
        if self._switch is not None:
            by_steps = self._source.choices.settings.unit is Unit.STEPS  # as the published scores are
            self._switch.set_task(self._source.config().task if by_steps else "")
        self._drawing.refresh()

    def _apply(self) -> None:
        settings = self._source.choices.settings
        self.plot.set_robust(settings.robust)
        self.plot.set_log(self.curve.key in settings.log)

    def _fill(self, menu: QMenu) -> None:
        menu.clear()
        choices = self._source.choices
        add_curves(menu, self._source.metrics, (self.curve.key,), lambda key: choices.replace(self.curve.key, key))
        menu.addSeparator()
        self._add_card_actions(menu)

    def _extend(self, menu: QMenu) -> None:
        add_marks(menu, self.plot.marks, self._source)
        menu.addSeparator()
        self._add_card_actions(menu)

    def _add_card_actions(self, menu: QMenu) -> None:
        add_right_axis(menu, self.curve, self._source)
        if self._chooses:
            add_card_actions(menu, self.curve.key, self._source, lambda: self.windowWanted.emit(self.curve.key))

    def _compare(self, mark: Mark) -> None:
        if mark.key is None:
            self._source.told.emit(f"The run no longer keeps a checkpoint of the {mark.text}.")
        else:
            self._source.checkpointWanted.emit(mark.key)


def _choice_button(fill: Callable[[QMenu], None]) -> QToolButton:
    button = QToolButton()
    button.setText("\N{BLACK DOWN-POINTING SMALL TRIANGLE}")
    button.setToolTip("Show another curve here, or move this one")
    button.setAccessibleName("Show another curve here, or move this one")
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
    set_menu(button, fill)
    return button
