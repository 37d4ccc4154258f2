"""The frame around every panel: a title, and a note on what the model was allowed to see."""

from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from dreamer_studio.studio.help.help import Help
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.chips import Chip, Swatch
from dreamer_studio.studio.widgets.help_button import HelpButton
from dreamer_studio.studio.widgets.layout.stage import set_part, toggle_large
from dreamer_studio.studio.widgets.text import ElidedLabel, mute, plain_label, scaled_font
from dreamer_studio.viewing.role import Role


class Card(QFrame):
    """A titled box: colored square, title and word, subtitle, header widgets, body, caption, and a `?`.

    Attributes:
        help_button: the `?`.
        partner: the card that is presented beside this one, or None.
    """

    def __init__(
        self,
        theme: Theme,
        title: str,
        *,
        help_text: Help,
        role: Role = Role.NEUTRAL,
        caption_lines: int = 2,
        parent: QWidget | None = None,
    ) -> None:
        """Make a card with an empty body.

        Args:
            theme: The colors.
            title: The contents in a word or two.
            help_text: The text behind the `?`.
            role: The kind of contents. Its word is added to the title unless the title has it already.
            caption_lines: Lines reserved for the caption below the body, 0 for none.
            parent: The owner.
        """
        super().__init__(parent)
        self._title = _bold(title)
        self._word = Chip(theme, _word_beside(title, role), role, framed=False)
        self._subtitle = ElidedLabel()
        self._badge = Chip(theme)
        self._key = Chip(theme)
        self._caption = ElidedLabel(lines=max(1, caption_lines))
        self._body: QWidget | None = None
        self._accent = False
        self.help_button = HelpButton(title, help_text)
        self._header_slot = QHBoxLayout()
        self._layout = QVBoxLayout(self)
        self._lay_out(theme, role, caption_lines)
        self.setAccessibleName(title)
        self.partner: Card | None = None
        set_part(self)

    @property
    def caption(self) -> str:
        """Return the whole text below the body, even if it is elided on screen."""
        return self._caption.text()

    @property
    def subtitle(self) -> str:
        """Return the whole muted text after the title, even if it is elided on screen."""
        return self._subtitle.text()

    @property
    def badge(self) -> str:
        """Return the framed word after the title, empty if there is none."""
        return self._badge.text()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Enlarge the card, or return it to its place."""
        if not toggle_large(self):
            super().mouseDoubleClickEvent(event)

    def spoken_caption(self) -> str:
        """Return what the card says about its body, for a screen reader."""
        return ", ".join(words for words in (self.subtitle, self.badge, self.caption) if words)

    def set_body(self, body: QWidget) -> None:
        """Set the body, and delete the one before."""
        if self._body is not None:
            self._layout.removeWidget(self._body)
            self._body.hide()  # else it stays on screen, under the new body, until it is deleted
            self._body.deleteLater()
        self._body = body
        self._layout.insertWidget(1, body, stretch=1)

    def add_header_widget(self, widget: QWidget) -> None:
        """Add a widget, such as a legend, at the right of the header."""
        self._header_slot.addWidget(widget)

    def set_caption(self, text: str) -> None:
        """Set the text below the body. The card keeps its size."""
        self._caption.setText(text)

    def set_subtitle(self, text: str) -> None:
        """Set the muted text after the title; a text that does not fit is elided."""
        self._subtitle.setText(text)

    def set_badge(self, text: str | None, role: Role = Role.NEUTRAL) -> None:
        """Set the framed word after the title, such as "exact", or remove it with None."""
        self._badge.set(text or "", role)

    def set_key_hint(self, key: str | None) -> None:
        """Set the key of this card, such as "E", or remove the hint with None."""
        self._key.set(key or "", Role.NEUTRAL)
        self._key.setAccessibleName(f"Key {key}" if key else "")

    def set_accent(self, on: bool) -> None:
        """Give the card the violet border of a dream, or remove the border."""
        if on != self._accent:
            self._accent = on
            self.setProperty("accent", on)
            self.style().unpolish(self)
            self.style().polish(self)

    def _lay_out(self, theme: Theme, role: Role, caption_lines: int) -> None:
        header = QHBoxLayout()
        header.setSpacing(7)
        if role is not Role.NEUTRAL:
            header.addWidget(Swatch(theme, role))
        header.addWidget(self._title)
        for widget in (self._word, self._badge, self._key):
            header.addWidget(widget)
        header.addWidget(self._subtitle, stretch=1)
        header.addLayout(self._header_slot)
        header.addWidget(self.help_button)
        self._layout.setContentsMargins(11, 8, 11, 9)
        self._layout.setSpacing(6)
        self._layout.addLayout(header)
        mute(self._subtitle)
        mute(self._caption)
        self._caption.setFont(scaled_font(self.font(), 0.92))
        self._layout.addWidget(self._caption)
        self._caption.setVisible(caption_lines > 0)


def _word_beside(title: str, role: Role) -> str:
    return "" if role is Role.NEUTRAL or role.value in title.casefold() else role.value


def _bold(text: str) -> QLabel:
    label = plain_label(text)
    label.setFont(scaled_font(label.font(), 1.0, bold=True))
    return label
