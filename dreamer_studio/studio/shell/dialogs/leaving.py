"""Questions about a run that still trains when the user leaves it: save and stop, train without a window, or stay."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import QMessageBox, QWidget

from dreamer_studio.studio.shell.dialogs.question import Answer, Question


class Leave(Enum):
    """What the user does with a run that trains."""

    SAVE = "save it and stop"
    HAND_OVER = "let it train without a window"
    SECOND_WINDOW = "keep it here, and open the other run in a second window"
    STAY = "change nothing"


_SAVES: Final = "A checkpoint is saved, so nothing is lost. To resume later:"
_HANDS_OVER: Final = Answer(
    "Leave it training", "Save, then train on in a separate process, which the start page lists"
)
_SECOND: Final = Answer("Second window", "Keep this run here; two windows share the processor")
_UNSAVED: Final = "The last checkpoint could not be written. You lose everything learned since the previous checkpoint."


def ask_to_close_window(parent: QWidget, resume: str) -> Leave:
    """Ask what becomes of the training when the window closes; `resume` is the command that resumes it."""
    return _ask(Question(parent, "Close while training?", _SAVES, _answers("Save and close"), resume))


def ask_to_close_run(parent: QWidget, resume: str) -> Leave:
    """Ask what becomes of the training when the start page replaces it."""
    return _ask(Question(parent, "Close this run while it trains?", _SAVES, _answers("Save and stop"), resume))


def ask_to_open_another(parent: QWidget, name: str, other: str, resume: str) -> Leave:
    """Ask what becomes of the training of the run `name` when the run `other` is opened."""
    title = f"Open {other} while {name} trains?"
    return _ask(Question(parent, title, _SAVES, [*_answers("Save and stop"), _SECOND], resume))


def ask_to_close_unsaved(parent: QWidget) -> Leave:
    """Ask whether to close a training whose last checkpoint could not be written."""
    return _ask(Question(parent, "Close without a checkpoint?", _UNSAVED, [Answer("Close anyway")]))


def offer_to_leave_at_once(window: QWidget, abandoned: SignalInstance) -> None:
    """Ask without waiting for the answer. Closing continues meanwhile, and removes the question at its end."""
    box = QMessageBox(window)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Question)
    box.setText("Still saving and closing. Close at once?")
    box.setInformativeText(
        "Everything saved so far stays whole. The checkpoint in progress is lost; the run then resumes from the "
        "previous checkpoint."
    )
    box.addButton("Close at once", QMessageBox.ButtonRole.DestructiveRole).clicked.connect(abandoned)
    box.setDefaultButton(box.addButton("Wait", QMessageBox.ButtonRole.RejectRole))
    box.open()


def _answers(save: str) -> Sequence[Answer]:
    return [Answer(save, "Save a checkpoint and end the training"), _HANDS_OVER]


def _ask(question: Question) -> Leave:
    """Ask a question whose first answer closes the run."""
    answer = question.ask()
    if answer is None:
        return Leave.STAY
    return {_HANDS_OVER: Leave.HAND_OVER, _SECOND: Leave.SECOND_WINDOW}.get(answer, Leave.SAVE)
