"""Boxes for a value leave wheel, letters and focus to the rest of the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QComboBox, QLineEdit, QMainWindow, QSpinBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.fields.choice_box import choice_box
from dreamer_studio.studio.widgets.fields.focus import set_home
from dreamer_studio.studio.widgets.fields.manners import mannerly
from dreamer_studio.studio.widgets.fields.problem_label import ProblemLabel
from dreamer_studio.studio.widgets.frame_view import FrameView
from dreamer_studio.studio.widgets.number_box import number_box, real_box
from tests.support.fields import turn_wheel
from tests.support.reading import activate


class Window(QMainWindow):
    """An image, boxes, and two actions as the studio's window has."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.image = FrameView(theme, "Image")
        self.number = number_box((0, 99), 5, "Number", whole=True)
        self.real = real_box((0, 9), 1.5, 0.5, "Real")
        self.choice = choice_box("Choice", ("one", "two"))
        self.line = QLineEdit()
        mannerly(self.line)
        place = QWidget()
        layout = QVBoxLayout(place)
        for widget in (self.image, self.number, self.real, self.choice, self.line):
            layout.addWidget(widget)
        place.setFocusProxy(self.image)
        set_home(place, whole=True)
        self.setCentralWidget(place)
        self.done: list[str] = []
        for key in ("D", "Ctrl+E"):
            action = QAction(key, self)
            action.setShortcut(QKeySequence(key))
            action.triggered.connect(lambda _, key=key: self.done.append(key))
            self.addAction(action)


@pytest.fixture
def window(theme: Theme, qtbot: QtBot) -> Window:
    made = Window(theme)
    qtbot.addWidget(made)
    made.show()
    activate(qtbot, made)
    return made


@pytest.mark.parametrize("name", ["number", "real", "choice"])
def test_that_the_wheel_changes_a_box_only_while_it_has_the_focus(window: Window, name: str) -> None:
    box: QWidget = getattr(window, name)
    window.image.setFocus()
    before = box.property("currentIndex" if name == "choice" else "value")
    if name == "choice":
        window.choice.setCurrentIndex(1)
        before = 1
    turn_wheel(box)
    assert box.property("currentIndex" if name == "choice" else "value") == before
    assert window.image.hasFocus()
    box.setFocus()
    turn_wheel(box)
    assert box.property("currentIndex" if name == "choice" else "value") != before


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_that_enter_takes_the_typed_number_and_gives_the_focus_back(window: Window, qtbot: QtBot, key: Qt.Key) -> None:
    window.number.setFocus()
    window.number.selectAll()
    qtbot.keyClicks(window.number, "42")
    assert window.number.value() == 5
    qtbot.keyClick(window.number, key)
    assert window.number.value() == 42 and window.image.hasFocus()


def test_that_esc_restores_a_number_that_was_not_reported_and_gives_the_focus_back(
    window: Window, qtbot: QtBot
) -> None:
    for box, before in ((window.number, 5), (window.real, 1.5)):
        box.setFocus()
        box.selectAll()
        qtbot.keyClicks(box, "7")
        qtbot.keyClick(box, Qt.Key.Key_Escape)
        assert window.image.hasFocus()
        assert box.value() in {before, 7.0}  # a box that reports each digit has reported the 7
    assert window.number.value() == 5


def test_that_a_letter_typed_in_a_box_for_a_value_is_an_action_of_the_window(window: Window, qtbot: QtBot) -> None:
    for box in (window.number, window.real, window.choice):
        box.setFocus()
        qtbot.keyClick(box, Qt.Key.Key_D)
    assert window.done == ["D", "D", "D"]
    assert isinstance(window.number, QSpinBox) and isinstance(window.choice, QComboBox)
    window.line.setFocus()
    qtbot.keyClick(window.line, Qt.Key.Key_D)
    assert window.done == ["D", "D", "D"] and window.line.text() == "d"


@pytest.mark.parametrize("name", ["number", "real", "choice", "line", "image"])
def test_that_ctrl_e_is_an_action_of_the_window_wherever_the_focus_is(window: Window, qtbot: QtBot, name: str) -> None:
    widget: QWidget = getattr(window, name)
    widget.setFocus()
    qtbot.keyClick(widget, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert window.done == ["Ctrl+E"]


def test_that_a_box_outside_of_a_home_gives_its_focus_to_the_visible_whole_one(window: Window, qtbot: QtBot) -> None:
    beside = number_box((0, 9), 3, "Beside")
    window.addToolBar("Tools").addWidget(beside)
    beside.setFocus()
    qtbot.keyClick(beside, Qt.Key.Key_Return)
    assert window.image.hasFocus()


def test_that_a_problem_quotes_what_was_typed_as_it_is(qtbot: QtBot) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    label = ProblemLabel(field)
    qtbot.addWidget(label)
    label.set_problem("<b>x</b> is no task")
    assert label.textFormat() is Qt.TextFormat.PlainText
