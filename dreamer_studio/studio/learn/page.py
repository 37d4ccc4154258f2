"""The base of the chapters' pages: a title, a picture of the running agent, a guess, and an exercise."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dreamer_studio.arrays import Floats
from dreamer_studio.envs import EnvSpec
from dreamer_studio.lessons.chapter import Chapter
from dreamer_studio.session import Status
from dreamer_studio.studio.learn.guess_box import GuessBox
from dreamer_studio.studio.learn.paper.card import PaperCard
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.button import push_button
from dreamer_studio.studio.widgets.text import mute, plain_label, scaled_font
from dreamer_studio.viewing.learn.messages import LearnRequest, LearnResult

EMPTY: Final = "Fills with the first update. In a new run it comes after the prefill."
"""Text of an empty picture."""

TITLE_SIZE: Final = 1.5
"""Size of the title, as a multiple of the usual text."""


class ChapterPage(QWidget):
    """A chapter. A subclass makes the stage, which is the picture, and says what the measurements mean.

    Attributes:
        chapter: the texts.
        guess: the question before the reveal.
        other_scene: the button that shows another fixed scene.
        paper: the card with the equations of the chapter; None without equations.
    """

    finished = Signal()
    """Emitted when the user has done the exercise."""

    actionWanted = Signal(str)
    """Emitted when the user wants an action of the window, with its id."""

    commandWanted = Signal(object)
    """Emitted with a `Command` for the training."""

    chapterWanted = Signal(str)
    """Emitted when the user wants another chapter, with its key."""

    def __init__(self, theme: Theme, chapter: Chapter, stage: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chapter = chapter
        self._scene = 0
        self._result: LearnResult | None = None
        self._tried = False
        self._words = plain_label(wrap=True)
        self._exercise = plain_label(wrap=True)
        self._done = plain_label(wrap=True)
        self.paper = PaperCard(theme, chapter.equations) if chapter.equations else None
        self.guess = GuessBox(theme, chapter.guess)
        self.guess.chosen.connect(lambda _: self._reveal())
        self.other_scene = push_button("Another scene", "Look at a piece of another stored episode")
        self.other_scene.clicked.connect(self._next_scene)
        self._lay_out(stage)
        self.setAccessibleName(chapter.title)

    @property
    def request(self) -> LearnRequest | None:
        """Return the standing request for the worker; None if the page needs no results."""
        raise NotImplementedError

    @property
    def scene(self) -> int:
        """Return the number of the fixed scene."""
        return self._scene

    @property
    def revealed(self) -> bool:
        """Return whether the user has guessed, or skipped the guess."""
        return self.guess.choice is not None

    @property
    def result(self) -> LearnResult | None:
        """Return the newest result; None before the first."""
        return self._result

    def show_result(self, result: LearnResult) -> None:
        """Show the answer to the standing request."""
        self._result = result
        self.tell(f"Weights of update {result.update:,} \N{MIDDLE DOT} {result.origin.words}")
        self._draw()
        if self.revealed:
            self.guess.tell(*self.answer())
        self._tell_found()

    def tell(self, words: str) -> None:
        """Show a line about the scene, or the reason why there is none."""
        self._words.setText(words)

    def draw(self, result: LearnResult, *, revealed: bool) -> None:
        """Draw the stage; before the reveal without what the guess is about."""
        raise NotImplementedError

    def answer(self) -> tuple[int, str]:
        """Return the number of the right choice, and a sentence with what was measured. Called with a result."""
        raise NotImplementedError

    def found(self) -> str:
        """Return what the exercise has shown, in a sentence or two. Called with a result after `tried`."""
        raise NotImplementedError

    def tried(self) -> None:
        """Take note that the user does the exercise. What it shows comes now, and again with each result."""
        self._tried = True
        self._tell_found()

    def set_spec(self, spec: EnvSpec) -> None:
        """Take the task's facts; called once, before the first result."""

    def show_status(self, status: Status) -> None:
        """Show what the training does; called 30 times a second while the page is on show."""

    @property
    def outcome(self) -> str:
        """Return what the exercise has shown; empty before it is done."""
        return self._done.text()

    def _tell_found(self) -> None:
        if self._tried and self.revealed and self._is_current:
            self._done.setText(self.found())
            self.finished.emit()

    @property
    def _is_current(self) -> bool:
        """Return whether the page has all that it needs for what the user has chosen."""
        return self.request is None or (self._result is not None and self._result.request == self.request)

    def _draw(self) -> None:
        if self._result is not None:
            self.draw(self._result, revealed=self.revealed)

    def _reveal(self) -> None:
        self._draw()
        self._exercise.setVisible(True)
        if self.request is None or self._result is not None:
            self.guess.tell(*self.answer())

    def _next_scene(self) -> None:
        self._scene += 1

    def _lay_out(self, stage: QWidget) -> None:
        chapter = self.chapter
        title, subject = plain_label(chapter.title), plain_label(chapter.subject)
        title.setFont(scaled_font(title.font(), TITLE_SIZE, bold=True))
        for label in (subject, self._words):
            mute(label)
        head = QHBoxLayout()
        head.addWidget(title)
        head.addWidget(subject, 1)
        self._exercise.setText(chapter.exercise)
        self._exercise.setFont(scaled_font(self._exercise.font(), 1.0, bold=True))
        self._exercise.hide()
        below = QHBoxLayout()
        below.addWidget(self._words, 1)
        below.addWidget(self.other_scene)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addLayout(head)
        for widget in (plain_label(chapter.sentence, wrap=True), self.guess, stage):
            layout.addWidget(widget)
        layout.addLayout(below)
        for widget in (self._exercise, self._done):
            layout.addWidget(widget)
        if self.paper is not None:
            layout.addWidget(self.paper)
        layout.addStretch(1)


def stacked(*widgets: QWidget) -> QWidget:
    """Return a stage with widgets one below the other."""
    stage = QWidget()
    layout = QVBoxLayout(stage)
    layout.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        layout.addWidget(widget)
    return stage


def place_of(errors: Floats, column: int) -> str:
    """Say how a frame ranks among the frames of a scene by its error, and which frame is the worst.

    Args:
        errors: (T,), of all frames.
        column: of the frame.
    """
    rank = int((errors > errors[column]).sum()) + 1
    if rank == 1:
        return "This is the worst frame"
    return f"Number {rank} of {len(errors)}; the worst is {int(errors.argmax()) + 1}"
