"""What a person is asked before the window closes, and while it does."""

from __future__ import annotations

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import QMessageBox, QWidget


def may_leave(window: QWidget, resume: str, *, unsaved: bool) -> bool:
    """Ask whether a training is to be closed.

    Args:
        window: which shows it.
        resume: the command that goes on with it.
        unsaved: whether its last checkpoint could not be written.
    """
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Question)
    box.setTextFormat(Qt.TextFormat.PlainText)
    if unsaved:
        box.setText("Close without a checkpoint?")
        box.setInformativeText("It could not be written; what was learned since the last one would be lost.")
    else:
        box.setText("Close while training?")
        box.setInformativeText(f"A checkpoint is saved first. The training goes on from there with\n{resume}")
    word = "Close all the same" if unsaved else "Save and close"
    leave = box.addButton(word, QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(leave)
    box.exec()
    return box.clickedButton() is leave


def offer_to_leave_at_once(window: QWidget, abandoned: SignalInstance) -> None:
    """Ask without waiting for the answer: the closing goes on meanwhile, and takes the question with it."""
    box = QMessageBox(window)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Question)
    box.setText("Still saving and closing. Leave at once?")
    box.setInformativeText(
        "Whatever has been saved stays whole. A checkpoint that is still being written is lost, and the training "
        "goes on from the one before."
    )
    box.addButton("Leave at once", QMessageBox.ButtonRole.DestructiveRole).clicked.connect(abandoned)
    box.setDefaultButton(box.addButton("Wait", QMessageBox.ButtonRole.RejectRole))
    box.open()
