"""The controls of all curves: axes, smoothing, follow and hold, and one more curve."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QMenu, QPushButton, QSlider, QWidget

from dreamer_studio.studio.curve_cards.choices import SMOOTHINGS
from dreamer_studio.studio.curve_cards.deck import CurveDeck
from dreamer_studio.studio.curve_cards.horizontal import Unit
from dreamer_studio.studio.curve_cards.menus import add_curves, set_menu
from dreamer_studio.studio.curve_cards.source import CurveSource
from dreamer_studio.studio.widgets.fields.choice_box import choice_box
from dreamer_studio.studio.widgets.fields.manners import mannerly
from dreamer_studio.studio.widgets.layout.flow_bar import FlowBar, together

_SLIDER_WIDTH = 110
_TIPS = {
    Unit.STEPS: "Steps of the simulator, the prefill's included.",
    Unit.UPDATES: "Updates of the weights.",
    Unit.AGENT_STEPS: "Environment steps divided by the action repeat.",
    Unit.HOURS: "Hours of work, without pauses and without the time in which the program was closed.",
}


class CurvesBar(FlowBar):
    """Changes the choices that all curves share."""

    def __init__(self, source: CurveSource, deck: CurveDeck, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._source, self._deck = source, deck
        self.unit = choice_box("Horizontal axis", list(Unit), "The unit of the horizontal axis of all curves")
        self.smoothing = _slider()
        self._smoothing_text = QLabel()
        self.log = QCheckBox("Log axis")
        self.log.setToolTip("Make the vertical axis of all curves logarithmic; the menu of a plot does so for one")
        self.robust = QCheckBox("Hide outliers")
        self.robust.setToolTip(
            "Leave outliers, such as an early spike, out of sight where they would flatten the curve"
        )
        self.follow = _button("Follow", "Show all data, and follow them")
        self.hold = _button("Hold", "Keep the axes as they are")
        self.fit = _button("Fit", "Fit each vertical axis to the values in sight, and hold")
        self.add = menu_button("Curves", "Choose which curves to show", self._fill)
        self._lay_out()
        self._connect()
        self._show()

    def _lay_out(self) -> None:
        smoothing = together(QLabel("Smoothing"), self.smoothing, self._smoothing_text)
        buttons = together(self.follow, self.hold, self.fit, self.add)
        for part in (self.unit, smoothing, self.log, self.robust, buttons):
            self.add_item(part)

    def _connect(self) -> None:
        choices = self._source.choices
        self.unit.currentIndexChanged.connect(lambda place: choices.change(unit=list(Unit)[place]))
        self.smoothing.valueChanged.connect(lambda place: choices.change(smoothing=place))
        self.log.clicked.connect(lambda on: choices.set_log(choices.settings.shown, on))
        self.robust.clicked.connect(lambda on: choices.change(robust=on))
        self.follow.clicked.connect(self._deck.follow)
        self.hold.clicked.connect(self._deck.hold)
        self.fit.clicked.connect(self._deck.fit)
        choices.changed.connect(self._show)

    def _show(self) -> None:
        """Show the choices in force."""
        settings = self._source.choices.settings
        with QSignalBlocker(self.unit), QSignalBlocker(self.smoothing):
            self.unit.setCurrentIndex(list(Unit).index(settings.unit))
            self.smoothing.setValue(settings.smoothing)
        self.unit.setToolTip(_TIPS[settings.unit])
        self._smoothing_text.setText(_in_words(SMOOTHINGS[settings.smoothing]))
        logs = sum(key in settings.log for key in settings.shown)
        self.log.setTristate(0 < logs < len(settings.shown))
        state = Qt.CheckState.PartiallyChecked if logs else Qt.CheckState.Unchecked
        self.log.setCheckState(Qt.CheckState.Checked if logs == len(settings.shown) else state)
        self.robust.setChecked(settings.robust)

    def _fill(self, menu: QMenu) -> None:
        menu.clear()
        choices = self._source.choices
        shown = choices.settings.shown
        add_curves(
            menu,
            self._source.metrics,
            shown,
            lambda key: self._source.remove_curve(key) if key in choices.settings.shown else choices.add(key),
        )


def _in_words(factor: float) -> str:
    if factor == 0.0:
        return "none"
    return "usual" if factor == 1.0 else f"{factor:g} x usual"


def _slider() -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(0, len(SMOOTHINGS) - 1)
    slider.setPageStep(1)
    slider.setFixedWidth(_SLIDER_WIDTH)
    slider.setTickPosition(QSlider.TickPosition.TicksBelow)
    slider.setAccessibleName("Smoothing")
    slider.setToolTip("About how many values the strong line averages; the faint line has every value")
    mannerly(slider)
    return slider


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button


def menu_button(text: str, tip: str, fill: Callable[[QMenu], None]) -> QPushButton:
    """Return a button with a menu that is filled each time it opens."""
    button = _button(text, tip)
    set_menu(button, fill)
    return button
