"""Use the window at random, as a monkey would: clicks, keys, typed letters, turns of the wheel, and drags.

Sometimes the monkey does what a person would: it chooses a task, or opens or closes a run. File dialogs move no file.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)

from dreamer_studio.studio.actions import ACTIONS, WORKSPACES
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.widgets.keys import qt_key

PAUSE_MS: Final = (5, 60)
RUN_SECONDS: Final = (15.0, 45.0)
"""Time after which the monkey closes a run, so that the pages get their share."""

TASKS: Final = ("gym:CartPole-v1", "gym:Pendulum-v1", "gym:Acrobot-v1", "dmc:cartpole-swingup")
LETTERS: Final = "abcdehilmnorstuw0123456789 -.:,_%"
NAVIGATION: Final = (
    "Tab",
    "Tab",
    "Backtab",
    "Left",
    "Right",
    "Up",
    "Down",
    "Return",
    "Esc",
    "Space",
    "Home",
    "End",
    "F2",
)
NEVER: Final = ("Quit", "New window", "Close at once", "Second window", "Leave it training", "Start study")
"""Texts of buttons and entries that end the program at once, or start processes that outlive it."""

HANDS: Final = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QMenuBar,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
)
LEAVING_A_POPUP: Final = 0.3
DEEPEST: Final = 40
"""Most events in progress at the same time, each in a dialog that the one before it opened."""

NONE: Final = Qt.KeyboardModifier.NoModifier
CONTROL: Final = Qt.KeyboardModifier.ControlModifier


class Fingers(QObject):
    """Acts on the window until a given moment.

    Attributes:
        done: how many events of each kind there were.
        places: how many events each place got.
        longest: seconds of the longest time between two events.

    Args:
        seed: determines the choices.
        until: the end, by the monotonic clock.
        trail: the file that gets a line for each event.
    """

    def __init__(self, seed: int, until: float, trail: Path) -> None:
        super().__init__()
        self._random = random.Random(seed)
        self._until = until
        self._trail = trail.open("a", encoding="utf-8")
        self._depth = 0
        self._shown: tuple[object, ...] = ()
        self._run_until = 0.0
        self._at = time.monotonic()
        self.done: Counter[str] = Counter()
        self.places: Counter[str] = Counter()
        self.longest = 0.0
        self._ways = {
            self._click: 50,
            self._key: 22,
            self._type: 6,
            self._wheel: 8,
            self._drag: 6,
            self._double_click: 4,
            self._right_click: 3,
            self._resize: 0.3,
            self._help_along: 5,
        }
        self._next()

    def _next(self) -> None:
        if time.monotonic() < self._until:
            QTimer.singleShot(self._random.randint(*PAUSE_MS), self, self._act)

    def _act(self) -> None:
        """Plan the next event, then make one: an event that opens a dialog lasts as long as the dialog."""
        self._next()
        now = time.monotonic()
        self.longest, self._at = max(self.longest, now - self._at), now
        shown = (QApplication.activeModalWidget(), QApplication.activePopupWidget())
        if self._depth and (shown == self._shown or self._depth > DEEPEST):
            return  # Qt handles events inside an event
        before, self._shown = self._shown, shown
        self._depth += 1
        try:
            self._act_on(shown[0], shown[1])
        finally:
            self._depth -= 1
            self._shown = before

    def _act_on(self, modal: QWidget | None, popup: QWidget | None) -> None:
        windows = [each for each in QApplication.topLevelWidgets() if isinstance(each, StudioWindow)]
        if not windows or not windows[0].isVisible():
            return
        if isinstance(modal, QFileDialog):
            self._answer(modal)
            return
        if isinstance(popup, QMenu):
            self._choose(popup)
            return
        if popup is not None and self._random.random() < LEAVING_A_POPUP:
            self._note("leave popup", type(popup).__name__)
            QTest.keyClick(popup, Qt.Key.Key_Escape)
            return
        others = [each for each in QApplication.topLevelWidgets() if each.isVisible() and each.isWindow()]
        top = popup or modal or self._random.choice([*[windows[0]] * 3, *others])
        self.places[place_of(windows[0], top)] += 1
        if top is windows[0] and self._close_run(windows[0]):
            return
        (way,) = self._random.choices(list(self._ways), list(self._ways.values()))
        way(top)

    def _note(self, kind: str, what: str) -> None:
        self.done[kind] += 1
        self._trail.write(f"{kind} {what}\n")
        self._trail.flush()

    def _target(self, top: QWidget) -> tuple[QWidget, QWindow, QPoint] | None:
        """Return a visible widget, mostly one that takes input, its window, and a visible point of the widget."""
        widgets = [each for each in top.findChildren(QWidget) if each.isVisible() and each.isEnabled()]
        useful = [each for each in widgets if isinstance(each, HANDS)]
        widget = self._random.choice(useful if useful and self._random.random() < 0.7 else widgets or [top])
        handle, region = top.windowHandle(), widget.visibleRegion().boundingRect()
        if handle is None or region.isEmpty() or widget.window() is not top or forbidden(widget):
            return None
        point = widget.mapTo(top, self._point(region))
        under = top.childAt(point)
        return (widget, handle, point) if under is None or not forbidden(under) else None

    def _point(self, area: QRect) -> QPoint:
        return QPoint(self._random.randint(area.left(), area.right()), self._random.randint(area.top(), area.bottom()))

    def _click(self, top: QWidget) -> None:
        if found := self._target(top):
            widget, handle, point = found
            modifier = self._random.choice([NONE, NONE, NONE, CONTROL, Qt.KeyboardModifier.ShiftModifier])
            self._note("click", name_of(widget))
            QTest.mouseClick(handle, Qt.MouseButton.LeftButton, modifier, point)

    def _double_click(self, top: QWidget) -> None:
        if found := self._target(top):
            self._note("double-click", name_of(found[0]))
            QTest.mouseDClick(found[1], Qt.MouseButton.LeftButton, NONE, found[2])

    def _right_click(self, top: QWidget) -> None:
        if found := self._target(top):
            self._note("right-click", name_of(found[0]))
            QTest.mouseClick(found[1], Qt.MouseButton.RightButton, NONE, found[2])

    def _wheel(self, top: QWidget) -> None:
        if found := self._target(top):
            self._note("wheel", name_of(found[0]))
            turn = QPoint(0, self._random.choice([-360, -120, 120, 360]))
            modifier = self._random.choice([NONE, NONE, CONTROL])
            place = found[2].toPointF()
            QTest.wheelEvent(found[1], place, turn, stateKey=modifier)

    def _drag(self, top: QWidget) -> None:
        if found := self._target(top):
            widget, handle, point = found
            self._note("drag", name_of(widget))
            _deselect(widget)
            QTest.mousePress(handle, Qt.MouseButton.LeftButton, NONE, point)
            for _ in range(self._random.randint(1, 6)):
                QTest.mouseMove(handle, self._point(top.rect()))
            QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, NONE, self._point(top.rect()))

    def _key(self, top: QWidget) -> None:
        handle = top.windowHandle()
        if handle is None:
            return
        if self._random.random() < 0.6:
            keys = [key for spec in ACTIONS if spec.id not in ("window.quit", "file.new_window") for key in spec.keys]
        else:
            keys = [*NAVIGATION, *(f"Alt+{letter}" for letter in "FERDVHNOGAESPBKM")]
        key = self._random.choice(keys)
        self._note("key", key)
        *modifiers, last = key.split("+") if key[-1] != "+" else [*key.split("+")[:-2], "+"]
        modifier = NONE
        for each in modifiers:
            modifier |= {"Ctrl": CONTROL, "Shift": Qt.KeyboardModifier.ShiftModifier}.get(
                each, Qt.KeyboardModifier.AltModifier
            )
        QTest.keyClick(handle, qt_key(last), modifier)

    def _type(self, top: QWidget) -> None:
        fields = [each for each in top.findChildren(QLineEdit) if each.isVisible() and each.isEnabled()]
        if fields:
            field = self._random.choice(fields)
            text = "".join(self._random.choices(LETTERS, k=self._random.randint(1, 6)))
            self._note("type", f"{name_of(field)}: {text}")
            field.setFocus()
            QTest.keyClicks(field, text)

    def _resize(self, top: QWidget) -> None:
        if isinstance(top, StudioWindow):
            size = self._random.choice([(1024, 700), (1280, 680), (1500, 900), (800, 600)])
            self._note("resize", str(size))
            top.showNormal()
            top.resize(*size)

    def _help_along(self, top: QWidget) -> None:
        """Do what a person would do next, so that runs come and go."""
        from dreamer_studio.studio.new_run.page import NewRunPage  # noqa: PLC0415  (the window loads pages late)

        pages = [page for page in top.findChildren(NewRunPage) if page.isVisible()]
        if pages and self._random.random() < 0.5:
            self._note("task", "")
            pages[0].choose_task(self._random.choice(TASKS))
            pages[0].panels.presets.radio_of(self._random.choice(["tiny", "tiny", "laptop"])).click()
        elif pages:
            self._note("start", "")
            button = self._random.choice([pages[0].panels.command.start, pages[0].panels.command.start_paused])
            button.click()
        elif isinstance(top, StudioWindow):
            action = top.action_set[
                self._random.choice(["run.settings", "view.dream", "view.curves", "file.preferences"])
            ]
            if not top.has_run:
                action = top.action_set[self._random.choice(["file.new", "file.preferences"])]
            self._note("action", action.text())
            action.trigger()

    def _close_run(self, window: StudioWindow) -> bool:
        now = time.monotonic()
        if not window.has_run:
            self._run_until = now + self._random.uniform(*RUN_SECONDS)
            return False
        if now < self._run_until:
            return False
        self._run_until = now + self._random.uniform(*RUN_SECONDS)
        self._note("close run", "")
        window.action_set["file.close"].trigger()
        return True

    def _choose(self, menu: QMenu) -> None:
        entries = [action for action in menu.actions() if action.isVisible() and action.isEnabled()]
        entry = self._random.choice([*entries, None])
        handle = menu.windowHandle()
        if entry is None or entry.isSeparator() or handle is None or never(entry.text()):
            self._note("menu", "Esc")
            QTest.keyClick(menu, Qt.Key.Key_Escape)
            return
        self._note("menu", entry.text())
        QTest.mouseClick(handle, Qt.MouseButton.LeftButton, NONE, menu.actionGeometry(entry).center())

    def _answer(self, dialog: QFileDialog) -> None:
        """Choose the folder of a run or a file to save, or cancel. Click nothing else, which could move files."""
        dialog.setOption(QFileDialog.Option.ReadOnly)
        runs = [path.parent for path in Path.home().rglob("config.json")]
        if not runs or self._random.random() < 0.4:
            self._note("file dialog", "cancel")
            dialog.reject()
            return
        path = self._random.choice(runs)
        if dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave:
            path = Path.home() / f"saved-{self.done.total()}"
        self._note("file dialog", path.name)
        field = dialog.findChild(QLineEdit, "fileNameEdit")
        if isinstance(field, QLineEdit):
            field.setText(str(path))
            QTest.keyClick(field, Qt.Key.Key_Return)


def place_of(window: StudioWindow, top: QWidget) -> str:
    """Return the name of a dialog, a workspace or a page."""
    if top is not window:
        return type(top).__name__
    if window.has_run:
        current = window.run.tabs.current
        return next((key for key in WORKSPACES if key in type(current).__name__.lower()), type(current).__name__)
    shown = [each for each in window.findChildren(QWidget) if each.isVisible()]
    names = {each.accessibleName() for each in shown}
    return "new run" if "New run" in names else "start page" if "Start page" in names else "nothing"


def name_of(widget: QWidget) -> str:
    """Return the class of a widget, with its accessible name or its text."""
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return f"{type(widget).__name__} {widget.accessibleName() or text}"


def never(text: str) -> bool:
    """Return whether the monkey never clicks a button or an entry with this text."""
    return any(text.replace("&", "").startswith(each) for each in NEVER)


def forbidden(widget: QWidget) -> bool:
    """Return whether a widget is a button that the monkey never clicks."""
    return isinstance(widget, QAbstractButton) and never(widget.text())


def _deselect(widget: QWidget) -> None:
    """Select no text under a widget: a drag of selected text waits for the release of a real mouse button."""
    text = widget if isinstance(widget, QLineEdit | QLabel) else widget.parent()
    if isinstance(text, QLineEdit):
        text.deselect()
    elif isinstance(text, QLabel):
        text.setSelection(0, 0)
    elif isinstance(text, QTextEdit | QPlainTextEdit):
        cursor = text.textCursor()
        cursor.clearSelection()
        text.setTextCursor(cursor)
