"""How a run closes: the steps that save the run and end its threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget

from dreamer_studio.runs.planning import resume_line
from dreamer_studio.session import Quit, Session, State, Status
from dreamer_studio.studio.film.exports import Exports
from dreamer_studio.studio.film.last_seconds import LastSeconds
from dreamer_studio.studio.shell.dialogs.leaving import Leave, ask_to_close_unsaved
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

    def ask(self, window: QWidget, question: Callable[[QWidget, str], Leave] | None) -> Leave:
        """Ask what becomes of a training. A run that does not train may close at once.

        Args:
            window: parent of the question.
            question: asks, given the command that resumes the run; None to save and stop without asking.
        """
        status = self._session.status.get()
        self.note(status)
        if status.watching:
            return Leave.SAVE
        if self._unsaved:
            return ask_to_close_unsaved(window)
        if question is None or status.state not in ASKING_STATES:
            return Leave.SAVE
        return question(window, resume_line(status.folder, status.config, device=self._session.device))

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
