"""Presents one or two cards on the full screen, with large words and the keys as the user presses them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QToolBar, QWidget

from dreamer_studio.studio.shell.workspace_tabs import WorkspaceTabs
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.frame_view import FrameView
from dreamer_studio.studio.widgets.keys import combination
from dreamer_studio.studio.widgets.layout.stage import Stage, part_of
from dreamer_studio.studio.widgets.text import scaled_font

ENLARGEMENT: Final = 1.6
"""Size of the words on the full screen, as a multiple of their size in the window."""

KEY_MS: Final = 1500
"""Time for which a pressed key stays on show."""

MARGIN: Final = 24  # pixels below the keys


class Presenting(QObject):
    """Shows the card with the focus and its partner, then the card alone, then the window again.

    Args:
        window: the window.
        tabs: the workspaces.
        set_aside: hides the docks (True), or shows them again.
        enlarge_text: shows all text at a multiple of its size in the window.
        around: further widgets that are hidden meanwhile.
    """

    def __init__(
        self,
        window: QMainWindow,
        tabs: WorkspaceTabs,
        set_aside: Callable[[bool], None],
        enlarge_text: Callable[[float], None],
        around: Sequence[QWidget] = (),
    ) -> None:
        super().__init__(window)
        self._window, self._tabs, self._around = window, tabs, around
        self._set_aside, self._enlarge_text = set_aside, enlarge_text
        self._stage: Stage | None = None
        self._keys: PressedKeys | None = None
        self._hidden: list[QWidget] = []
        self._was_full = False

    @property
    def active(self) -> bool:
        """Return whether cards are presented."""
        return self._stage is not None

    def toggle(self) -> None:
        """Present a pair of cards, then one of them, then stop."""
        if self._stage is None:
            card = self._card()
            if card is not None:
                partner = card.partner
                self._begin((card, partner) if partner is not None and partner.isVisible() else (card,))
        elif len(self._stage.large) > 1:
            focus = part_of(QApplication.focusWidget())
            self._stage.enlarge((focus if focus in self._stage.large else self._stage.large[0],))
        else:
            self.end()

    def end(self) -> None:
        """Show the window again."""
        stage, self._stage = self._stage, None
        if stage is None:
            return
        stage.changed.disconnect(self._follow)
        stage.restore()
        for widget in self._hidden:
            widget.show()
        self._hidden = []
        if not self._was_full:
            self._window.showNormal()
        self._enlarge_text(1.0)
        self._set_aside(False)
        if self._keys is not None:
            self._keys.end()
            self._keys = None

    def _begin(self, cards: tuple[Card, ...]) -> None:
        window = self._window
        self._stage, self._was_full = self._tabs.stage, window.isFullScreen()
        self._set_aside(True)
        chrome = [
            *self._around,
            window.menuBar(),
            window.statusBar(),
            self._tabs.tabBar(),
            *window.findChildren(QToolBar),
        ]
        self._hidden = [widget for widget in chrome if widget.isVisible()]
        for widget in self._hidden:
            widget.hide()
        self._enlarge_text(ENLARGEMENT)
        self._stage.enlarge(cards)
        self._stage.changed.connect(self._follow)
        window.showFullScreen()
        self._keys = PressedKeys(window)

    def _follow(self) -> None:
        """Stop when the user returns the cards to their place."""
        if self._stage is not None and not self._stage.large:
            self.end()

    def _card(self) -> Card | None:
        """Return the card to present: the enlarged one, the one with the focus, or the first with an image."""
        stage = self._tabs.stage
        focus = part_of(QApplication.focusWidget())
        candidates = [*stage.large, focus]
        candidates += [part_of(view) for view in stage.findChildren(FrameView) if view.isVisible()]
        return next((card for card in candidates if isinstance(card, Card) and stage.isAncestorOf(card)), None)


class PressedKeys(QLabel):
    """Shows each key that the user presses, at the bottom of a window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setFont(scaled_font(self.font(), 1.6, bold=True))
        self.setAutoFillBackground(True)
        self.setContentsMargins(16, 8, 16, 8)
        self.hide()
        self._forget = QTimer(self)
        self._forget.setSingleShot(True)
        self._forget.timeout.connect(self.hide)
        _application().installEventFilter(self)

    def end(self) -> None:
        """Stop listening, and delete the label."""
        _application().removeEventFilter(self)
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show a key when it goes down. Every key passes here before it is a shortcut."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and not event.isAutoRepeat():
            text = combination(event)
            if text.isprintable():
                self._show(text)
        return False

    def _show(self, text: str) -> None:
        self.setText(text)
        self.adjustSize()
        room = self.window().rect()
        self.move((room.width() - self.width()) // 2, room.height() - self.height() - MARGIN)
        self.show()
        self.raise_()
        self._forget.start(KEY_MS)


def _application() -> QApplication:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    return application
