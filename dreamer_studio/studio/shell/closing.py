"""How a run closes: the questions to the user, and the steps that save the run and end its threads."""

from __future__ import annotations

from concurrent.futures import Future

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QDialog, QMessageBox, QWidget

from dreamer_studio.runs.planning import resume_line
from dreamer_studio.session import Quit, Session, State, Status
from dreamer_studio.studio.film.exports import Exports
from dreamer_studio.studio.film.last_seconds import LastSeconds
from dreamer_studio.studio.shell.run_threads import RunThreads

ASKING_STATES = {State.RUNNING, State.PAUSED, State.WAITING}


class Closing(QObject):
    """Saves a run and ends its threads, one step at each tick, so that the event loop stays responsive.

    Attributes:
        begun: whether the run is closing.

    Args:
        session: the run.
        threads: the run's threads.
        last_seconds, exports: the film writers, which may be busy.
        parent: the owner.
    """

    failed = Signal()
    """Emitted when no checkpoint can be written. The run stays open; a second close gives up the checkpoint."""

    def __init__(
        self, session: Session, threads: RunThreads, last_seconds: LastSeconds, exports: Exports, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._threads = session, threads
        self._last_seconds, self._exports = last_seconds, exports
        self.begun = False
        self._insisting = False
        self._unsaved = False
        self._saved: tuple[int, float] | None = None
        self._goodbye: Future[str] | None = None

    @property
    def busy(self) -> bool:
        """Return whether a thread or a film has yet to end."""
        return self._last_seconds.busy or self._exports.running or self._threads.running

    def begin(self, *, insist: bool) -> bool:
        """Begin to close, unless closing has begun. Return whether it begins now.

        Args:
            insist: whether to close even if no checkpoint can be written.
        """
        self._insisting = self._insisting or insist
        if self.begun:
            return False
        self.begun = True
        self.note(self._session.status.get())  # the training may have continued since the last tick
        self._exports.cancel()
        if not self._threads.call_off():
            self._goodbye = self._session.submit(Quit(save=not self._unsaved))
        return True

    def advance(self) -> bool:
        """Take the next step, and return whether everything has ended."""
        if self._goodbye is not None and self._goodbye.done():
            failed = self._goodbye.exception() is not None and self._threads.trains
            self._goodbye = None
            if failed:
                self._stay()
                return False
            self._threads.stop_viewing()
        if self._goodbye is not None:
            return False
        if not self._threads.running:
            self._last_seconds.cancel()  # a film had as much time as everything else
        return not self.busy

    def note(self, status: Status) -> None:
        """Notice that checkpoints can be written again after a failure."""
        if status.state is State.RUNNING or status.saved != self._saved:
            self._unsaved = False

    def may_begin(self, window: QWidget) -> bool:
        """Ask once, during a training, whether to close it."""
        status = self._session.status.get()
        self.note(status)
        if status.watching or (status.state not in ASKING_STATES and not self._unsaved):
            return True
        return _may_close(window, resume_line(status.folder, status.config), unsaved=self._unsaved)

    def _stay(self) -> None:
        self.begun, self._unsaved = False, True
        self._saved = self._session.status.get().saved
        insisting = self._insisting
        self.failed.emit()
        if insisting:
            self.begin(insist=True)


def close_dialogs(window: QWidget, keep: QDialog | None = None) -> None:
    """Close all dialogs of a window except `keep`. An open dialog keeps the program from ending."""
    for dialog in window.findChildren(QDialog):
        if dialog is not keep:
            dialog.reject()


def _may_close(window: QWidget, resume: str, *, unsaved: bool) -> bool:
    """Ask whether to close a training.

    Args:
        window: parent of the question.
        resume: the command that resumes the run.
        unsaved: whether its last checkpoint could not be written.
    """
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Question)
    box.setTextFormat(Qt.TextFormat.PlainText)
    if unsaved:
        box.setText("Close without a checkpoint?")
        box.setInformativeText(
            "The last checkpoint could not be written. You lose everything learned since the one before."
        )
    else:
        box.setText("Close while training?")
        box.setInformativeText(f"The program saves a checkpoint first. To resume from there:\n{resume}")
    word = "Close anyway" if unsaved else "Save and close"
    leave = box.addButton(word, QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(leave)
    box.exec()
    return box.clickedButton() is leave


def offer_to_leave_at_once(window: QWidget, abandoned: SignalInstance) -> None:
    """Ask without waiting for the answer. Closing continues meanwhile, and removes the question at its end."""
    box = QMessageBox(window)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Question)
    box.setText("Still saving and closing. Close at once?")
    box.setInformativeText(
        "Everything saved so far stays whole. The checkpoint in progress is lost; the run then resumes from the one "
        "before."
    )
    box.addButton("Close at once", QMessageBox.ButtonRole.DestructiveRole).clicked.connect(abandoned)
    box.setDefaultButton(box.addButton("Wait", QMessageBox.ButtonRole.RejectRole))
    box.open()
