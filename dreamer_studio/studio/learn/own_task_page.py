"""The last chapter: run Dreamer on another task."""

from __future__ import annotations

from typing import Final

from dreamer_studio.envs import EnvSpec
from dreamer_studio.lessons.chapter import Chapter
from dreamer_studio.studio.help import learn
from dreamer_studio.studio.learn.page import ChapterPage, stacked
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.button import push_button
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.key_values import KeyValueList
from dreamer_studio.studio.widgets.layout.flow_bar import FlowBar
from dreamer_studio.viewing.learn.messages import LearnResult

IMAGES_AND_REWARDS: Final = 0
"""Number of the right choice."""


class OwnTaskPage(ChapterPage):
    """What passes between Dreamer and the task of this run, and a button to the page of a new run.

    Attributes:
        facts, new_run: the facts and the button.
    """

    def __init__(self, theme: Theme, chapter: Chapter) -> None:
        self.facts = KeyValueList(("Task", "Dreamer gets", "Dreamer gives", "Dreamer knows"))
        self.new_run = push_button("New run...", "Choose a task; nothing trains before you press Start there")
        card = Card(theme, "This run's task", help_text=learn.OWN_TASK, caption_lines=0)
        card.set_body(self.facts)
        super().__init__(theme, chapter, stacked(card, FlowBar((self.new_run,))))
        self.other_scene.hide()
        self.new_run.clicked.connect(self._leave)

    @property
    def request(self) -> None:
        """Return None: this page asks no worker."""

    def set_spec(self, spec: EnvSpec) -> None:
        """Show the task's facts."""
        actions = ", ".join(spec.action_names[:6]) + (", ..." if spec.action_size > 6 else "")
        kind = "one of" if spec.action_kind == "discrete" else "numbers from -1 to 1:"
        self.facts.set_value("Task", spec.task)
        self.facts.set_value("Dreamer gets", "an image of 64 x 64 pixels and a reward, after each action")
        self.facts.set_value("Dreamer gives", f"{kind} {actions}")
        self.facts.set_value("Dreamer knows", "nothing else: no physics, no rules, no positions")

    def draw(self, result: LearnResult, *, revealed: bool) -> None:
        """Draw nothing: there are no results."""

    def answer(self) -> tuple[int, str]:
        """Say what a task must offer."""
        return IMAGES_AND_REWARDS, (
            "Any environment of gymnasium with a picture to draw will do. The page of a new run checks the task first, "
            "and estimates how long the training takes."
        )

    def found(self) -> str:
        """Say how to come back."""
        return "The training of a new run begins when you press Start on its page."

    def _leave(self) -> None:
        self.tried()
        self.actionWanted.emit("file.new")
