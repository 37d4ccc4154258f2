"""How a run is closed: what a person is asked, and the steps that save it and end its threads."""

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
    """Saves a run and ends its threads, a step at each tick, so that the event loop goes on.

    Attributes:
        begun: whether the run is closing.

    Args:
        session: the run.
        threads: its threads.
        last_seconds, exports: films that may be in the making.
        parent: the owner.
    """

    failed = Signal()
    """No checkpoint could be written: the run stays open, and closing again closes it without one."""

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
        """Whether anything has yet to end: a thread, or a film."""
        return self._last_seconds.busy or self._exports.running or self._threads.running

    def begin(self, *, insist: bool) -> bool:
        """Begin to close, if that has not begun; return whether it begins now.

        Args:
            insist: whether to close even if no checkpoint can be written.
        """
        self._insisting = self._insisting or insist
        if self.begun:
            return False
        self.begun = True
        self._exports.cancel()
        if not self._threads.call_off():
            self._goodbye = self._session.submit(Quit(save=not self._unsaved))
        return True

    def advance(self) -> bool:
        """Take the next step, and return whether all has ended."""
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
            self._last_seconds.cancel()  # a film that is being kept had the time that all the rest took
        return not self.busy

    def note(self, status: Status) -> None:
        """Notice that a checkpoint can be written again, after one could not."""
        if status.state is State.RUNNING or status.saved != self._saved:
            self._unsaved = False

    def may_begin(self, window: QWidget) -> bool:
        """Ask once, while a training is going on, whether to close it."""
        status = self._session.status.get()
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
    """Close all dialogs of a window but one: they would keep the program from ending, or ask what is settled."""
    for dialog in window.findChildren(QDialog):
        if dialog is not keep:
            dialog.reject()


def _may_close(window: QWidget, resume: str, *, unsaved: bool) -> bool:
    """Ask whether to close a training.

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
        box.setInformativeText(
            "The last one could not be written. You would lose what was learned since the one before."
        )
    else:
        box.setText("Close while training?")
        box.setInformativeText(f"A checkpoint is saved first. To go on from there:\n{resume}")
    word = "Close all the same" if unsaved else "Save and close"
    leave = box.addButton(word, QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(leave)
    box.exec()
    return box.clickedButton() is leave


def offer_to_leave_at_once(window: QWidget, abandoned: SignalInstance) -> None:
    """Ask without waiting for the answer: closing goes on meanwhile, and removes the question at its end."""
    box = QMessageBox(window)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Question)
    box.setText("Still saving and closing. Leave at once?")
    box.setInformativeText(
        "Everything that has been saved stays whole. A checkpoint that is still being written is lost; the training "
        "would go on from the one before."
    )
    box.addButton("Leave at once", QMessageBox.ButtonRole.DestructiveRole).clicked.connect(abandoned)
    box.setDefaultButton(box.addButton("Wait", QMessageBox.ButtonRole.RejectRole))
    box.open()
