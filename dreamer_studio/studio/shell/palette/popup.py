"""The palette on show: a field to type in, and the found items below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from dreamer_studio.studio.actions import Scope
from dreamer_studio.studio.shell.palette.items import PaletteItem
from dreamer_studio.studio.shell.palette.matching import best
from dreamer_studio.studio.shell.palette.rows import PaletteModel, RowDelegate
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.fields.focus import FocusPlace
from dreamer_studio.studio.widgets.keys import pressed
from dreamer_studio.studio.widgets.text import mute, scaled_font

LETTERS: Final = 100  # width in average letters
LEAST_MARGIN: Final = 16  # pixels left and right of the palette
SHARE: Final = 0.62  # of the height of the window
TOP: Final = 0.09  # of the height of the window
MOST_ROWS: Final = 200
PLACEHOLDER: Final = "Type an action, a key, a run, a task, a setting, a bookmark..."
KEYS: Final = "Up and Down choose, Enter runs, Esc closes."


class SearchField(QLineEdit):
    """A field that keeps the focus on Tab and reports when it loses the focus."""

    left: ClassVar[Signal] = Signal()
    """Emitted when another widget of the window takes the focus."""

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Keep the focus: there is nothing else to go to."""
        return True

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Report that another widget takes the focus, unless the user turns to another window."""
        super().focusOutEvent(event)
        away = {Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason}
        if event.reason() not in away:
            self.left.emit()


class PalettePopup(QFrame):
    """Floats over the top of a window, which keeps working.

    Attributes:
        search: the field.
        view: the list.
        note: the line below the list.

    Args:
        theme: the colors.
        window: the window.
    """

    chosen: ClassVar[Signal] = Signal(object)
    """Emitted with the item that the user runs, after the popup has closed and given the focus back."""

    searched: ClassVar[Signal] = Signal(str)
    """Emitted with the typed text when it has changed."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self.setAccessibleName("Command palette")
        self._window = window
        self._items: Sequence[PaletteItem] = ()
        self._recent: Sequence[str] = ()
        self._focus = FocusPlace()
        self.search = SearchField()
        self.search.setPlaceholderText(PLACEHOLDER)
        self.search.setAccessibleName("Search everything")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search)
        self.search.left.connect(self.hide)
        self.search.installEventFilter(self)
        self.model = PaletteModel(self)
        self.view = QListView()
        self.view.setAccessibleName("Found")
        self.view.setModel(self.model)
        self.view.setItemDelegate(RowDelegate(theme, self.view))
        self.view.setUniformItemSizes(True)
        self.view.setFrameShape(QListView.Shape.NoFrame)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.clicked.connect(lambda _: self._run())
        self.view.selectionModel().currentChanged.connect(lambda _, __: self._speak())
        self.note = QLabel()
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        mute(self.note)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 6)
        layout.addWidget(self.search)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.note)
        self.hide()

    @property
    def found(self) -> list[PaletteItem]:
        """Return the items on show, the best first."""
        rows = map(self.model.item_at, range(self.model.rowCount()))
        return [item for item in rows if item is not None]

    @property
    def current(self) -> PaletteItem | None:
        """Return the chosen item, or None if nothing was found."""
        return self.model.item_at(self.view.currentIndex().row())

    def open(self, items: Sequence[PaletteItem], recent: Sequence[str]) -> None:
        """Show the palette with an empty field.

        Args:
            items: everything that can be found.
            recent: ids of the items that were used, the last one first.
        """
        self._focus.remember()
        self._items, self._recent = items, recent
        self.search.setFont(scaled_font(QApplication.font(), 1.15))
        self.search.clear()
        self._list("")
        self._place()
        self.show()
        self.raise_()
        self.search.setFocus()
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]
        self._window.installEventFilter(self)

    def set_items(self, items: Sequence[PaletteItem]) -> None:
        """Search other items, and keep the choice."""
        if list(items) != list(self._items):
            self._items = items
            before = self.current
            self._list(self.search.text(), "" if before is None else before.id)

    def close_palette(self) -> None:
        """Hide the palette, and give the focus back."""
        self.hide()
        self._focus.go_back(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys of the palette, follow the size of the window, and close on a click outside."""
        kind = event.type()
        if watched is self.search and isinstance(event, QKeyEvent):
            return kind is QEvent.Type.KeyPress and self._press(event.key())
        if watched is self._window and kind is QEvent.Type.Resize and self.isVisible():
            self._place()
        elif kind is QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent) and self.isVisible():
            inside = self.rect().contains(self.mapFromGlobal(event.globalPosition().toPoint()))
            if isinstance(watched, QWidget) and watched.window() is self._window and not inside:
                self.hide()
        return False

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop watching the window, and drop the items, which hold the open run."""
        super().hideEvent(event)
        self._items = ()
        self.model.set_items(())
        QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
        self._window.removeEventFilter(self)

    def _press(self, key: int) -> bool:
        """Handle a key of the palette, and return whether it is one."""
        page = max(1, self.view.height() // max(1, self.view.sizeHintForRow(0)) - 1)
        moves = {"palette.up": -1, "palette.down": 1, "palette.far_up": -page, "palette.far_down": page}
        match pressed(Scope.PALETTE, key):
            case "":
                return False
            case "palette.run":
                self._run()
            case "palette.close":
                self.close_palette()
            case move:
                self._move(moves[move])
        return True

    def _move(self, rows: int) -> None:
        count, row = self.model.rowCount(), self.view.currentIndex().row()
        if not count:
            return
        around = abs(rows) == 1
        target = (row + rows) % count if around else min(max(row + rows, 0), count - 1)
        self.view.setCurrentIndex(self.model.index(target, 0))

    def _run(self) -> None:
        item = self.current
        if item is None or item.reason:
            return
        self.close_palette()
        self.chosen.emit(item)

    def _search(self, text: str) -> None:
        self._list(text)
        self.searched.emit(text)

    def _list(self, text: str, keep: str = "") -> None:
        """Show what a text finds, and choose the first row, or the item with the id `keep`."""
        found = best(self._items, text, self._recent)[:MOST_ROWS]
        self.model.set_items(found)
        row = next((row for row, item in enumerate(found) if item.id == keep), 0)
        if found:
            self.view.setCurrentIndex(self.model.index(row, 0))

    def _speak(self) -> None:
        item = self.current
        self.search.setAccessibleDescription("Nothing found" if item is None else item.spoken)

    def _place(self) -> None:
        room = self._window.rect()
        wide = self.fontMetrics().averageCharWidth() * LETTERS
        width = min(wide, room.width() - 2 * LEAST_MARGIN)
        self.setGeometry((room.width() - width) // 2, round(TOP * room.height()), width, round(SHARE * room.height()))
