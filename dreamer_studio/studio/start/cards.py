"""The three cards above the list of runs: resume the last run, begin a new run, look at the example."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from dreamer_studio.library.entry import RunEntry, RunState
from dreamer_studio.studio.actions import action, in_words
from dreamer_studio.studio.help import pages
from dreamer_studio.studio.run_list.run_delegate import paint_thumbnail
from dreamer_studio.studio.run_list.run_menu import OPEN, STOP, WATCH, possibilities
from dreamer_studio.studio.run_list.run_words import age_words, reached_words
from dreamer_studio.studio.theme import Palette, Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.chips import Chip
from dreamer_studio.studio.widgets.text import ElidedLabel, mute, scaled_font
from dreamer_studio.texts import rough_time

IMAGE = 80  # side of a card's image
NO_RUN = "No run yet. Press New run..., or look at the example first."


class Thumbnail(QWidget):
    """A small image with an edge, or an empty square."""

    def __init__(self, theme: Theme, name: str, side: int = IMAGE, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = theme.palette
        self._image: QImage | None = None
        self.setFixedSize(QSize(side, side))
        self.setAccessibleName(name)
        theme.changed.connect(self._restyle)

    @property
    def image(self) -> QImage | None:
        """Return the image on show."""
        return self._image

    def set_image(self, image: QImage | None) -> None:
        """Show an image, or the empty square for None."""
        if image is not self._image:
            self._image = image
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the image and its edge."""
        painter = QPainter(self)
        paint_thumbnail(painter, self._palette, self.rect(), self._image)

    def _restyle(self, palette: Palette) -> None:
        self._palette = palette
        self.update()


class GoOnCard(Card):
    """The last run with its steps and returns, and buttons that resume, watch or stop it."""

    wanted = Signal(str, object)
    """Emitted with the name of an action (`OPEN`, `WATCH` or `STOP`) and the entry."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Go on", help_text=pages.GO_ON, caption_lines=0, parent=parent)
        self._entry: RunEntry | None = None
        self.image = Thumbnail(theme, "Thumbnail of the last run")
        self._name = ElidedLabel()
        self._reached = ElidedLabel()
        self._state = ElidedLabel(lines=2)
        self.open = card_button("Resume", "Continue the training of this run in this window", primary=True)
        self.watch = card_button("Watch", "Play the run's policy and dream, without training")
        self.stop = card_button("Stop", "Save and end the training without a window")
        self._buttons = {OPEN: self.open, WATCH: self.watch, STOP: self.stop}
        for what, button in self._buttons.items():
            button.clicked.connect(lambda _=False, what=what: self.wanted.emit(what, self._entry))
        self._name.setFont(scaled_font(self.font(), 1.0, bold=True))
        mute(self._state)
        self.set_body(beside(self.image, [self._name, self._reached, self._state], [*self._buttons.values()]))
        self.show_run(None, None)

    @property
    def entry(self) -> RunEntry | None:
        """Return the run on show."""
        return self._entry

    def show_run(self, entry: RunEntry | None, image: QImage | None) -> None:
        """Show a run; for None, say that there is no run yet."""
        self._entry = entry
        self.image.set_image(image)
        for part in (self.image, self._name, self._reached):
            part.setVisible(entry is not None)
        possible = possibilities(entry) if entry is not None else set()
        for what, button in self._buttons.items():
            button.setVisible(what in possible)
        if entry is None:
            self.set_subtitle("")
            self._state.setText(NO_RUN)
            return
        self.open.setText("Open" if entry.state is RunState.FINISHED else "Resume")
        make_primary(self.watch, OPEN not in possible)
        self._name.setText(entry.title)
        self.set_subtitle(f"{entry.task}, {entry.preset}")
        self._reached.setText(reached_words(entry))
        self._state.setText(state_sentence(entry, time.time()))


class NewCard(Card):
    """Buttons that begin a run or open a folder."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "New", help_text=pages.NEW, caption_lines=0, parent=parent)
        self.new = card_button("&New run...", "Choose a task and train on it", primary=True)
        self.folder = card_button("&Open run folder...", "Open the folder of a run")
        body = QWidget()
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 0, 0, 0)
        for button, name in ((self.new, "file.new"), (self.folder, "file.open")):
            row = QHBoxLayout()
            row.addWidget(button)
            row.addWidget(Chip(theme, in_words(action(name))))
            row.addStretch(1)
            rows.addLayout(row)
        rows.addStretch(1)
        self.set_body(body)


class LookCard(Card):
    """The example, and the guide."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Look first", help_text=pages.LOOK_FIRST, caption_lines=0, parent=parent)
        self.image = Thumbnail(theme, "Thumbnail of the example")
        title = ElidedLabel("A cheetah that runs")
        title.setFont(scaled_font(self.font(), 1.0, bold=True))
        words = ElidedLabel("A trained run. Watch, dream and steer at once; nothing trains.", lines=2)
        mute(words)
        self.example = card_button("Open the &example", "Open the example; it works without training")
        self.guide = card_button("&Guide", "Read the guide: is it the model?")
        self.set_body(beside(self.image, [title, words], [self.example, self.guide]))


def card_button(text: str, tip: str, *, primary: bool = False) -> QPushButton:
    """Make a button of a card; a primary one has the accent color."""
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAutoDefault(True)
    make_primary(button, primary)
    return button


def make_primary(button: QPushButton, primary: bool) -> None:
    """Give a button the accent color, or take it away."""
    if button.property("primary") != primary:
        button.setProperty("primary", primary)
        button.style().unpolish(button)
        button.style().polish(button)


def beside(image: QWidget, labels: Sequence[QLabel], buttons: Sequence[QPushButton]) -> QWidget:
    """Return an image with lines of text and a row of buttons to its right."""
    body = QWidget()
    across = QHBoxLayout(body)
    across.setContentsMargins(0, 0, 0, 0)
    across.setSpacing(12)
    across.addWidget(image, alignment=Qt.AlignmentFlag.AlignTop)
    down = QVBoxLayout()
    down.setSpacing(4)
    for label in labels:
        down.addWidget(label)
    row = QHBoxLayout()
    row.setSpacing(6)
    for button in buttons:
        row.addWidget(button)
    row.addStretch(1)
    down.addLayout(row)
    down.addStretch(1)
    across.addLayout(down, 1)
    return body


def state_sentence(entry: RunEntry, now: float) -> str:
    """Return a sentence about the state of a run, such as "Stopped 5 min ago."."""
    words = entry.state_words(now)
    if entry.state is RunState.TRAINING_HERE and entry.holder is not None:
        since = time.strftime("%H:%M", time.localtime(entry.holder.since))
        silence = words.partition(", ")[2]
        words = f"in training by process {entry.holder.pid} since {since}{', ' if silence else ''}{silence}"
    if entry.state.training:
        left = entry.seconds_left if "silent" not in words else None
        to_go = "" if left is None else f", about {rough_time(left)} to go at the speed of the last minutes"
        return f"{words[:1].upper()}{words[1:]}{to_go}."
    sentence = f"{words[:1].upper()}{words[1:]} {age_words(now - entry.changed)}."
    return f"{sentence} {entry.problem[:1].upper()}{entry.problem[1:]}." if entry.problem else sentence
