"""Messages at the top of the window that report problems without interrupting anything."""

from collections.abc import Callable
from typing import ClassVar, Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QGuiApplication,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.chips import Chip
from dreamer_studio.studio.widgets.text import fixed_font, plain_label, scaled_font
from dreamer_studio.viewing.role import Role

_WORDS: Final = {Role.ERROR: "Error", Role.WARN: "Warning", Role.OK: "Done", Role.NEUTRAL: "Note"}
_READING_MS: Final = 1000  # until the next check whether the user still reads
_STRIPE = 4  # width of the colored edge, in pixels

Action = tuple[str, Callable[[], object]]
"""The text of a button, and its function."""


class Banner(QFrame):
    """One message: its kind as a word, plain text, buttons for remedies, and details on request."""

    dismissed: ClassVar[Signal] = Signal()

    def __init__(
        self,
        theme: Theme,
        role: Role,
        text: str,
        details: str = "",
        *actions: Action,
        subject: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """Make a banner.

        Args:
            theme: The colors.
            role: ERROR, WARN, OK or NEUTRAL.
            text: What happened and what to do, in a sentence or two. Shown as plain text, never as markup.
            details: A traceback or similar, hidden until the user asks for it.
            actions: Remedies, each with its own button; pressing a button also dismisses the banner.
            subject: What the message is about, such as "export"; a stack shows one banner for each subject.
            parent: The owner.

        Raises:
            ValueError: If the role is not one of these.
        """
        super().__init__(parent)
        if role not in _WORDS:
            raise ValueError(f"a banner's role is one of {', '.join(_WORDS)}, not {role}")
        self.role, self.text, self.details, self.subject = role, text, details, subject
        self._count = 1
        self._end = QTimer(self)
        self._end.setSingleShot(True)
        self._end.timeout.connect(self._dismiss_unless_read)
        self._palette = theme.palette
        self._word = Chip(theme, _WORDS[role], role, framed=False)
        self._word.setFont(scaled_font(self._word.font(), 1.0, bold=True))
        self._message = plain_label(text, wrap=True, selectable=True)
        self._details = _details_view(details)
        self._remedies = tuple(_remedy_button(*action) for action in actions)
        self._show_details = QPushButton("Details")
        self._copy = QPushButton("Copy")
        self._dismiss = QPushButton("Dismiss")
        self._lay_out()
        self._connect(theme)
        self.setAccessibleName(f"{_WORDS[role]}: {text}")
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def stay(self, seconds: float | None) -> None:
        """Dismiss the banner after some seconds from now, or never with None; a banner under the mouse stays."""
        self._end.stop()
        if seconds is not None:
            self._end.start(round(1000 * seconds))

    def count_again(self) -> None:
        """Count one more occurrence of the same problem."""
        self._count += 1
        self._word.set(f"{_WORDS[self.role]} ({self._count} times)", self.role)

    def copy_text(self) -> None:
        """Copy the message and its details to the clipboard."""
        QGuiApplication.clipboard().setText("\n\n".join(part for part in (self.text, self.details) if part))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the background, its lower border and the colored edge."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._palette.raised))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(self._palette.border))
        painter.fillRect(0, 0, _STRIPE, self.height(), QColor(self._palette.of(self.role)))

    def _dismiss_unless_read(self) -> None:
        if self.underMouse() or self._show_details.isChecked():
            self._end.start(_READING_MS)
        else:
            self.dismissed.emit()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._word)
        row.addWidget(self._message, stretch=1)
        for button in (*self._remedies, self._show_details, self._copy, self._dismiss):
            button.setAutoDefault(False)
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_STRIPE + 10, 6, 10, 7)
        layout.addLayout(row)
        layout.addWidget(self._details)
        self._show_details.setVisible(bool(self.details))
        self._details.hide()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def _connect(self, theme: Theme) -> None:
        for button in self._remedies:
            button.clicked.connect(self.dismissed)
        self._show_details.setCheckable(True)
        self._show_details.toggled.connect(self._details.setVisible)
        self._copy.clicked.connect(self.copy_text)
        self._dismiss.clicked.connect(self.dismissed)
        theme.changed.connect(self._restyle)

    def _restyle(self, palette: Palette) -> None:
        self._palette = palette
        self.update()


class BannerStack(QWidget):
    """The banners of a window, newest on top. A repeated message raises its banner's count."""

    def __init__(self, theme: Theme, *, most: int = 4, parent: QWidget | None = None) -> None:
        """Make an empty stack.

        Args:
            theme: The colors.
            most: Most banners kept; beyond this number the oldest is removed.
            parent: The owner.
        """
        super().__init__(parent)
        self._theme = theme
        self._most = most
        self._banners: list[Banner] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.hide()

    @property
    def banners(self) -> tuple[Banner, ...]:
        """Return the banners on show, oldest first."""
        return tuple(self._banners)

    def show_message(
        self,
        role: Role,
        text: str,
        details: str = "",
        *actions: Action,
        subject: str = "",
        seconds: float | None = None,
    ) -> Banner:
        """Show a message, or count up the banner that already shows it.

        The message replaces the banner about the same `subject`, and stays for some `seconds`, or with None until the
        user dismisses it. The other arguments are those of `Banner`.
        """
        for banner in self._banners:
            if (banner.role, banner.text) == (role, text):
                banner.count_again()
                banner.stay(seconds)
                return banner
        self.clear(subject)
        banner = Banner(self._theme, role, text, details, *actions, subject=subject)
        banner.stay(seconds)
        banner.dismissed.connect(lambda: self.remove(banner))
        self._banners.append(banner)
        self._layout.insertWidget(0, banner)
        if len(self._banners) > self._most:
            self.remove(self._banners[0])
        self.show()
        return banner

    def clear(self, subject: str) -> None:
        """Remove the banner about a subject, if there is one; an empty subject stands for none."""
        for banner in [each for each in self._banners if subject and each.subject == subject]:
            self.remove(banner)

    def remove(self, banner: Banner) -> None:
        """Remove a banner, unless it is gone already."""
        if banner in self._banners:
            self._banners.remove(banner)
            self._layout.removeWidget(banner)
            banner.hide()
            banner.deleteLater()
            self.setVisible(bool(self._banners))


def _remedy_button(text: str, do: Callable[[], object]) -> QPushButton:
    button = QPushButton(text)
    button.clicked.connect(lambda _: do())
    return button


def _details_view(details: str) -> QPlainTextEdit:
    view = QPlainTextEdit(details)
    view.setReadOnly(True)
    view.setFont(fixed_font())
    view.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    view.setFixedHeight(view.fontMetrics().lineSpacing() * 10)
    view.setTabChangesFocus(True)
    view.setAccessibleName("Details")
    return view
