"""The first chapter: the whole loop, lit by what the training does, and steps of it one at a time."""

from __future__ import annotations

import functools
from typing import Final

from dreamer_studio.lessons.chapter import Chapter
from dreamer_studio.session import MakeUpdates, SlowDown, State, Status
from dreamer_studio.studio.help import learn
from dreamer_studio.studio.learn.diagram import LoopDiagram
from dreamer_studio.studio.learn.page import EMPTY, ChapterPage, stacked
from dreamer_studio.studio.learn.slider import LabeledSlider
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.button import push_button
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.film_strip import FilmStrip, StripRow
from dreamer_studio.studio.widgets.layout.flow_bar import FlowBar
from dreamer_studio.viewing.learn.loop import LIT
from dreamer_studio.viewing.learn.messages import LearnResult
from dreamer_studio.viewing.learn.messages.loop import LoopRequest, LoopResult
from dreamer_studio.viewing.role import Role

STEPS: Final[tuple[tuple[str, str, MakeUpdates], ...]] = (
    ("One update", "Make the next update of the training", MakeUpdates(1)),
    ("Ten updates", "Make the next ten updates of the training", MakeUpdates(10)),
    ("World model only", "Train the world model alone, once; the run will say so", MakeUpdates(1, "model")),
    ("Actor only", "Train the actor alone, once; the run will say so", MakeUpdates(1, "actor")),
    ("Value only", "Train the value model alone, once; the run will say so", MakeUpdates(1, "value")),
)
"""The buttons: text, tooltip, command."""

SLOW_STEP_MS: Final = 100
MOST_SLOW: Final = 20
"""Most steps of the slider of slow motion."""

NOTHING: Final = 0
"""Number of the right choice: the value model neither draws nor acts."""


class LoopPage(ChapterPage):
    """The diagram, steps and slow motion, and the dream of a fixed scene before and after a step.

    Attributes:
        diagram, strip, steps, slow: the parts of the page; the buttons are in the order of `STEPS`.
    """

    def __init__(self, theme: Theme, chapter: Chapter) -> None:
        self.diagram = LoopDiagram(theme)
        self.strip = FilmStrip(theme, EMPTY, 2, markers=False)
        self.steps = [push_button(text, tip) for text, tip, _ in STEPS]
        self.slow = LabeledSlider("Slow motion", (0, MOST_SLOW), 0, _slow_words)
        self._before: LoopResult | None = None
        loop = Card(theme, "The loop", help_text=learn.LOOP, caption_lines=1)
        loop.set_body(self.diagram)
        self._card = loop
        dream = Card(theme, "A dream of the scene", role=Role.DREAM, help_text=learn.BEFORE_AFTER, caption_lines=1)
        dream.set_body(self.strip)
        self._dream_card = dream
        super().__init__(theme, chapter, stacked(loop, self.slow, FlowBar(self.steps), dream))
        self.diagram.chapterWanted.connect(self._open)
        self.slow.moved.connect(lambda value: self.commandWanted.emit(SlowDown(value * SLOW_STEP_MS)))
        for button, (_, _, command) in zip(self.steps, STEPS, strict=True):
            button.clicked.connect(functools.partial(self._step, command))

    @property
    def request(self) -> LoopRequest:
        """Return the request for the scene on show."""
        return LoopRequest(self.scene)

    def show_status(self, status: Status) -> None:
        """Light what the training does, and offer steps while it is paused."""
        works = status.state is State.RUNNING
        self.diagram.light(LIT.get(status.phase, frozenset()) if works else frozenset())
        paused = status.state is State.PAUSED and not status.watching and not status.prefill
        for button in self.steps:
            button.setEnabled(paused)
        self.slow.setEnabled(not status.watching)
        if not self.slow.slider.isSliderDown():
            self.slow.show_value(status.slow_ms // SLOW_STEP_MS)
        self._card.set_caption(_doing(status))

    def draw(self, result: LearnResult, *, revealed: bool) -> None:
        """Show the dream of the newest weights, and below it the one from before the last step."""
        assert isinstance(result, LoopResult)
        if self._before is not None and self._before.request != result.request:
            self._before = None
        rows = [StripRow(f"update {result.update:,}", Role.DREAM, result.images)]
        if self._before is not None and self._before.update != result.update:
            rows.append(StripRow("before", Role.DREAM, self._before.images))
        count = len(result.images)
        self.strip.set_rows(rows, count, count)
        self._dream_card.set_caption(self._compared(result))

    def answer(self) -> tuple[int, str]:
        """Say why."""
        return NOTHING, (
            "The value model neither draws images nor chooses actions. It changes the dream only later, when the actor "
            "learns from its estimates. Pause the training and press Value only to see that."
        )

    def found(self) -> str:
        """Say where the user has been."""
        return "Each box leads to the chapter about it. Ctrl+7 and the list lead back here."

    @property
    def _newest(self) -> LoopResult | None:
        assert self.result is None or isinstance(self.result, LoopResult)
        return self.result

    def _compared(self, result: LoopResult) -> str:
        now = f"predicted rewards {result.reward:.3f}, value of the first state {result.value:.3f}"
        if self._before is None or self._before.update == result.update:
            return now
        before = self._before
        return f"{now}; before: {before.reward:.3f} and {before.value:.3f}"

    def _step(self, command: MakeUpdates) -> None:
        self._before = self._newest
        self.commandWanted.emit(command)

    def _open(self, key: str) -> None:
        self.tried()
        self.chapterWanted.emit(key)


def _slow_words(value: int) -> str:
    return f"slow motion {value * SLOW_STEP_MS:,} ms a phase" if value else "full speed"


def _doing(status: Status) -> str:
    if status.state is State.RUNNING:
        return f"Now: {status.phase}"
    if status.state is State.PAUSED and not status.watching:
        return "Paused: the buttons below make single steps."
    return "Steps need a training: pause one to make single updates."
