"""The dialog that exports a film. A separate thread makes the film, with progress."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from dreamer_studio.dreams.films import FilmRequest, Source, film_from_replay
from dreamer_studio.export import Film, Reel
from dreamer_studio.export.progress import Progress
from dreamer_studio.export.style import Colors
from dreamer_studio.export.write import FPS, check_options, image_size
from dreamer_studio.replay import EpisodeList
from dreamer_studio.session import Snapshot
from dreamer_studio.studio.actions import Scope
from dreamer_studio.studio.film.exporter import Exporter, FilmOrder
from dreamer_studio.studio.film.file_fields import FileFields
from dreamer_studio.studio.film.film_fields import FilmFields
from dreamer_studio.studio.film.outcome import Outcome, extent_in_words
from dreamer_studio.studio.widgets.fields.focus import set_home
from dreamer_studio.studio.widgets.keys import pressed
from dreamer_studio.studio.widgets.text import mute, plain_label
from dreamer_studio.viewing.film.choices import FilmChoice
from dreamer_studio.viewing.weights import agent_of

MEASURE_MS: Final = 150
MOST_MEASURED: Final = 400
"""Most frames of a film whose size the dialog shows before the film is made."""


class ExportDialog(QDialog):
    """Asks what to film, shows the progress, and then the file. The window stays usable meanwhile.

    The dialog deletes itself once it is closed and no export is running.

    Args:
        snapshot: the weights that dream; None before the model has learned anything.
        on_screen: the films of what was on screen, offered first.
        episodes: returns the stored episodes of the run; called in the exporter's thread.
        run: the run folder.
        viewing_horizon: steps of a dream.
        colors: the first choice of colors.
        parent: the window.
    """

    finishedExport = Signal(str)
    """Emitted when a film is written, with its path."""

    failedExport = Signal(str)
    """Emitted when there is no film, with the reason, which the dialog shows too."""

    def __init__(
        self,
        snapshot: Snapshot | None,
        on_screen: tuple[FilmChoice, ...],
        episodes: Callable[[], EpisodeList],
        run: Path,
        viewing_horizon: int,
        colors: Colors = "dark",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export a film")
        self._snapshot, self._episodes, self._run = snapshot, episodes, run
        self._exporter: Exporter | None = None
        self._closing = False
        form, note = QFormLayout(), plain_label(wrap=True)
        update = None if snapshot is None else snapshot.update
        self._film = FilmFields(form, update, on_screen, viewing_horizon, note)
        self._file = FileFields(form, colors, self)
        self._result = plain_label(wrap=True)
        mute(self._result)
        self._result.setAccessibleName("Result")
        form.addRow("Result", self._result)
        self._outcome = Outcome()
        layout = QVBoxLayout(self)
        layout.addWidget(note)
        layout.addLayout(form)
        layout.addWidget(self._outcome)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, parent=self)
        self._go = self._buttons.addButton("&Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self._close = self._buttons.button(QDialogButtonBox.StandardButton.Close)
        layout.addWidget(self._buttons)
        self.setMinimumWidth(620)
        set_home(self)
        self._measuring = QTimer(self)
        self._measuring.setSingleShot(True)
        self._measuring.setInterval(MEASURE_MS)
        self._connect()
        self._suggest()

    @property
    def running(self) -> bool:
        """Return whether a film is being made."""
        return self._exporter is not None

    @property
    def done_with(self) -> bool:
        """Return whether the dialog shows a finished film, so that the next export starts with a new dialog."""
        return self._outcome.written is not None and not self.running

    @property
    def problem(self) -> str:
        """Return why there is no film; empty if nothing went wrong."""
        return self._outcome.problem

    def export(self) -> None:
        """Start the export with the values of the fields."""
        file, path = self._file, self._file.path
        try:
            check_options(path, file.fps, file.scale)
        except ValueError as error:
            self._fail(str(error))
            return
        order = FilmOrder(self._made(), lambda: path, file.fps, file.scale, file.curves, file.colors)
        self._go.setEnabled(False)
        self._close.setText("Cancel")
        self._outcome.begin()
        self._exporter = Exporter(order, self)
        self._exporter.progressed.connect(self._outcome.advance)
        self._exporter.failed.connect(self._fail)
        self._exporter.finished.connect(self._stopped)
        self._exporter.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ignore Enter, which ends the input of a number. Only a button with the focus takes the key."""
        if pressed(Scope.FIELD, event.key()) != "field.enter":
            super().keyPressEvent(event)

    def reject(self) -> None:
        """Close the dialog. Cancel a running export first, and close when it has ended."""
        if self._exporter is None:
            self.done(QDialog.DialogCode.Rejected)
            self.deleteLater()
            return
        self._closing = True
        self._exporter.stop()
        self._buttons.setEnabled(False)

    def _fail(self, text: str) -> None:
        self._outcome.fail(text)
        self.failedExport.emit(text)

    def _stopped(self) -> None:
        """Show the outcome after the thread has ended. Close the dialog if the user asked for that meanwhile."""
        assert self._exporter is not None
        written = self._exporter.written
        self._exporter.deleteLater()
        self._exporter = None
        self._go.setEnabled(True)
        self._close.setText("Close")
        if written is not None:
            self._outcome.succeed(written)
            self._measure()
            self.finishedExport.emit(str(written.path))
        if self._closing:
            self.reject()

    def _made(self) -> Callable[[Progress], Film | Reel]:
        """Return the function that makes the film that the fields describe."""
        choice, shown = self._film.choice, self._film.shown
        if choice is not None:
            return functools.partial(_film_screen, choice, shown[0], shown[-1])
        assert self._snapshot is not None
        return functools.partial(_film_replay, self._snapshot, self._episodes, self._run, self._film.request)

    def _suggest(self) -> None:
        self._file.suggest(self._run / "dreams", self._film.stem, self._film.fps)
        self._measure()

    def _measure(self) -> None:
        """Show the known facts about the file before it is made."""
        file, path = self._file, self._file.path
        try:
            check_options(path, file.fps, file.scale)
        except ValueError as error:
            self._result.setText(f"{error}.")
            return
        seconds = self._film.length / file.fps if file.ending in FPS else 0.0
        words = [f"{self._film.length:,} frames", *extent_in_words(self._size(), seconds)]
        replaces = "; replaces the existing file" if path.is_file() else ""
        self._result.setText(", ".join(words) + replaces)

    def _size(self) -> tuple[int, int] | None:
        """Return the pixels of a film of the screen, or None if they are known only once the film is made."""
        choice, shown, file = self._film.choice, self._film.shown, self._file
        if choice is None or len(shown) > MOST_MEASURED:
            return None
        return image_size(choice.film(shown[0], shown[-1]), file.ending, file.scale, file.curves)

    def _connect(self) -> None:
        self._film.chosen.connect(self._suggest)
        for fields in (self._film, self._file):
            fields.changed.connect(self._measuring.start)
        self._measuring.timeout.connect(self._measure)
        self._buttons.rejected.connect(self.reject)
        self._go.clicked.connect(self.export)


def _film_screen(choice: FilmChoice, first: int, last: int, _: Progress) -> Reel:
    return choice.film(first, last)


def _film_replay(
    snapshot: Snapshot, episodes: Callable[[], EpisodeList], run: Path, request: FilmRequest, progress: Progress
) -> Film:
    device = next(iter(snapshot.weights.values())).device
    source = Source(agent_of(snapshot), device, snapshot.config, snapshot.step, snapshot.update, run)
    return film_from_replay(source, episodes(), request, progress)
