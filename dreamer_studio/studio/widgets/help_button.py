"""The ? that explains a panel: a button, and the text that it opens."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, QPoint, QRect, Qt, QUrl
from PySide6.QtGui import QWhatsThisClickedEvent
from PySide6.QtWidgets import QFrame, QTextBrowser, QToolButton, QVBoxLayout, QWidget

from dreamer_studio.studio.help.help import Help
from dreamer_studio.studio.help.html import help_html

CHARACTERS: Final = 66
"""Width of the text, in average characters."""

MOST_OF_SCREEN: Final = 0.75
"""Largest share of the screen's height; a longer text scrolls."""

MARGIN: Final = 12  # pixels around the text


class HelpButton(QToolButton):
    """Opens the help of a panel, close to the button.

    Attributes:
        help: the text.
        popup: the open text, or None.

    Args:
        title: the name of the panel.
        text: the text.
    """

    def __init__(self, title: str, text: Help, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.help = text
        self.popup: HelpPopup | None = None
        self.setText("?")
        self.setAutoRaise(True)
        self.setToolTip(f"What “{title}” shows")
        self.setAccessibleName(f"What {title} shows")
        self.setAccessibleDescription(text.plain)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self.open)
        self._title = title

    def open(self) -> None:
        """Show the text."""
        self.popup = HelpPopup(self._title, self.help, self)
        self.popup.destroyed.connect(self._forget)
        self.popup.show_beside(self)

    def _forget(self) -> None:
        self.popup = None


class HelpPopup(QFrame):
    """A help text that a click elsewhere, or Esc, closes. Its links go to the glossary of the window.

    Args:
        title: the name of the panel.
        text: the text.
        owner: the button.
    """

    def __init__(self, title: str, text: Help, owner: QWidget) -> None:
        super().__init__(owner, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(f"What {title} shows")
        self._window = _main_window(owner)
        self.browser = QTextBrowser()
        self.browser.setOpenLinks(False)
        self.browser.setFrameShape(QFrame.Shape.NoFrame)
        self.browser.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.browser.setHtml(help_html(text))
        self.browser.setAccessibleName(f"What {title} shows")
        self.browser.setAccessibleDescription(text.plain)
        self.browser.anchorClicked.connect(self._follow)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN // 2, MARGIN // 2, MARGIN // 2)
        layout.addWidget(self.browser)

    def show_beside(self, button: QWidget) -> None:
        """Show the text below a button, or above it, within its screen."""
        room = button.screen().availableGeometry()
        metrics, document = self.fontMetrics(), self.browser.document()
        width = min(CHARACTERS * metrics.averageCharWidth(), room.width() - 4 * MARGIN)
        document.setTextWidth(width)
        height = min(round(document.size().height()) + 2 * MARGIN, round(MOST_OF_SCREEN * room.height()))
        self.resize(width + 3 * MARGIN, height)
        self.move(_beside(button, self.rect(), room))
        self.show()
        self.browser.setFocus()

    def _follow(self, link: QUrl) -> None:
        """Close, and let the window open the glossary."""
        window = self._window
        self.close()
        open_in_help(window, link.toString())


def open_in_help(widget: QWidget, link: str) -> None:
    """Let the main window of a widget open a link, such as `glossary:dream`, in the Help window."""
    QCoreApplication.postEvent(_main_window(widget), QWhatsThisClickedEvent(link))


def _main_window(widget: QWidget) -> QWidget:
    """Return the window that owns all others: a dialog or a plot's own window belongs to it."""
    window = widget.window()
    parent = window.parentWidget()
    return window if parent is None else _main_window(parent)


def _beside(button: QWidget, box: QRect, room: QRect) -> QPoint:
    """Return the top left corner of a box inside `room`, as near to a button as possible."""
    below = button.mapToGlobal(QPoint(0, button.height()))
    y = below.y()
    if y + box.height() > room.bottom():
        y = max(room.top(), below.y() - button.height() - box.height())
    x = min(max(below.x(), room.left()), room.right() - box.width())
    return QPoint(x, y)
