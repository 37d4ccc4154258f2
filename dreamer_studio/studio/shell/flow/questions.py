"""Questions about runs that cannot simply be opened."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QWidget

from dreamer_studio.runs.lock import Holder
from dreamer_studio.studio.shell.dialogs.question import Answer, Question

OPEN: Final = Answer("Open it", "Let the task run its code")
WATCH: Final = Answer("Watch it", "Play the policy of the newest checkpoint without training")


def ask_for_trust(parent: QWidget, folder: Path, task: str) -> bool:
    """Ask whether the user trusts a run whose task runs code or text from its configuration."""
    question = Question(
        parent,
        f"Do you trust the run {folder.name}?",
        "Its task imports a module or gives text to its environment, which can do anything on this computer. Open it "
        "only if you know where the run comes from.",
        [OPEN],
        task,
    )
    return question.ask() is OPEN


def ask_to_open_elsewhere(parent: QWidget, film: Path, folder: Path) -> bool:
    """Ask whether to open a run at a place that only a film names."""
    question = Question(
        parent,
        "Open the run that this film names?",
        f"{film.name} was made in a folder that is in none of your folders of runs. Open it only if you know it.",
        [WATCH],
        str(folder),
    )
    return question.ask() is WATCH


def ask_to_watch(parent: QWidget, folder: Path, holder: Holder) -> bool:
    """Ask whether to watch a run that another process trains."""
    question = Question(
        parent,
        f"{folder.name} is training already",
        f"This run is being trained by {holder}, so it cannot be trained here too. You can watch it: the window "
        "follows its newest weights, episodes and curves.",
        [WATCH],
    )
    return question.ask() is WATCH
