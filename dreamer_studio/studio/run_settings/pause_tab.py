"""The rules that pause a training: a list, and fields for a new one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QPushButton, QVBoxLayout, QWidget

from dreamer_studio.numerals import whole_number
from dreamer_studio.session import PauseRule, SetPauseRules, Status
from dreamer_studio.session.pause_rules import MOST_RULES, NAMES, SIDED, Quantity, Side
from dreamer_studio.studio.widgets.fields.choice_box import choice_box
from dreamer_studio.studio.widgets.fields.problem_label import ProblemLabel
from dreamer_studio.studio.widgets.text import mute, plain_label

SIDES: tuple[Side, ...] = ("above", "below")
KEPT = (
    "A rule ends when it fires. The others are kept with the run and hold again after a resume; minutes then start "
    "again. A rule changes nothing else in the training."
)


class PauseTab(QWidget):
    """Shows the rules that hold, and adds and removes rules.

    Attributes:
        rules: the list of rules.
        quantity, side, bound: the fields of a new rule.
        add, remove: the buttons.
    """

    commanded: ClassVar[Signal] = Signal(object)
    """Emitted with a `SetPauseRules`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._set: tuple[PauseRule, ...] = ()
        self._now: Mapping[Quantity, float] = {}
        self.rules = QListWidget()
        self.rules.setAccessibleName("Rules that pause the training")
        self.rules.currentRowChanged.connect(lambda _: self._enable())
        self.quantity = choice_box("Pause when", NAMES.values())
        self.side = choice_box("Side", SIDES)
        self.bound = QLineEdit()
        self.bound.setAccessibleName("Bound")
        self.bound.setPlaceholderText("number")
        self.bound.setMaximumWidth(self.fontMetrics().averageCharWidth() * 16)
        self._problem = ProblemLabel(self.bound)
        self._value = plain_label()
        mute(self._value)
        self.add = QPushButton("A&dd")
        self.remove = QPushButton("&Remove")
        self.remove.setAutoDefault(False)
        self.quantity.currentIndexChanged.connect(lambda _: self._choose())
        self.bound.textEdited.connect(lambda _: self._enable())
        self.bound.returnPressed.connect(self._add)
        self.add.clicked.connect(self._add)
        self.add.setAutoDefault(False)
        self.remove.clicked.connect(self._remove)
        self._none = plain_label("No rule pauses this training.")
        self.setFocusProxy(self.quantity)
        self._lay_out()
        self._choose()

    def show_status(self, status: Status, newest: Mapping[str, float]) -> None:
        """Show the rules that hold, and the present value of the chosen quantity.

        Args:
            status: of the session.
            newest: the newest metrics of an update, by name.
        """
        now: dict[Quantity, float] = {"step": float(status.step)}
        for quantity, last in (("return", status.last_return), ("test", status.last_test)):
            if last is not None:
                now[quantity] = last.total_reward  # type: ignore[index]
        for quantity, name in (("kl", "kl"), ("entropy", "actor_entropy")):
            if name in newest:
                now[quantity] = newest[name]  # type: ignore[index]
        self._now = now
        if status.pause_rules != self._set:
            self._set = status.pause_rules
            self.rules.clear()
            self.rules.addItems([f"Pause when {rule}" for rule in self._set])
            self._none.setVisible(not self._set)
        self._show_value()
        self._enable()

    def _choose(self) -> None:
        """Show the fields that the chosen quantity needs."""
        self.side.setVisible(self._quantity in SIDED)
        self.bound.setVisible(self._quantity != "skip")
        self._show_value()
        self._enable()

    @property
    def _quantity(self) -> Quantity:
        return list(NAMES)[max(0, self.quantity.currentIndex())]

    def _rule(self) -> PauseRule:
        """Read the fields.

        Raises:
            ValueError: the fields make no valid rule; the message says why.
        """
        quantity = self._quantity
        if quantity == "skip":
            return PauseRule("skip")
        text = self.bound.text().strip()
        bound: float = whole_number(text) if quantity == "step" else _number(text)
        return PauseRule(quantity, SIDES[self.side.currentIndex()] if quantity in SIDED else "above", bound)

    def _enable(self) -> None:
        problem = ""
        rule: PauseRule | None = None
        try:
            rule = self._rule()
        except ValueError as error:
            problem = str(error) if self.bound.text().strip() else ""
        if rule in self._set:
            problem = "this rule is set already"
        elif len(self._set) >= MOST_RULES:
            problem = f"at most {MOST_RULES} rules"
        self._problem.set_problem(problem)
        self.add.setEnabled(rule is not None and not problem)
        self.remove.setEnabled(self.rules.currentRow() >= 0)

    def _add(self) -> None:
        if self.add.isEnabled():
            self.commanded.emit(SetPauseRules((*self._set, self._rule())))
            self.bound.clear()
            self._enable()

    def _remove(self) -> None:
        row = self.rules.currentRow()
        if row >= 0:
            self.commanded.emit(SetPauseRules((*self._set[:row], *self._set[row + 1 :])))

    def _show_value(self) -> None:
        value = self._now.get(self._quantity)
        self._value.setText("" if value is None else f"now {value:,.4g}" if value < 1e6 else f"now {value:,.0f}")

    def _lay_out(self) -> None:
        new = QHBoxLayout()
        new.addWidget(plain_label("Pause when"))
        for widget in (self.quantity, self.side, self.bound, self._value):
            new.addWidget(widget)
        new.addStretch(1)
        new.addWidget(self.add)
        note = plain_label(KEPT, wrap=True)
        mute(note)
        below = QHBoxLayout()
        below.addWidget(note, 1)
        below.addWidget(self.remove)
        layout = QVBoxLayout(self)
        layout.addLayout(new)
        layout.addWidget(self._problem)
        layout.addWidget(self._none)
        layout.addWidget(self.rules, 1)
        layout.addLayout(below)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a number") from None
