"""The dialog that exports a film. A separate thread makes the film, with progress."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from dreamer_studio.dreams.films import FilmRequest, Source, film_from_replay
from dreamer_studio.export import Film, Reel
from dreamer_studio.export.film import Kind
from dreamer_studio.export.progress import Progress
from dreamer_studio.replay import EpisodeList
from dreamer_studio.session import Snapshot
from dreamer_studio.studio.film.exporter import Exporter, FilmOrder
from dreamer_studio.studio.widgets.fields.choice_box import choice_box
from dreamer_studio.studio.widgets.number_box import number_box
from dreamer_studio.viewing.film.choices import FilmChoice
from dreamer_studio.viewing.weights import agent_of

KINDS: dict[str, Kind] = {
    "Imagined rollouts (the model sees no frame)": "imagined",
    "Open loop beside the record (the model sees the context, then only the actions)": "open-loop",
    "Reconstructions (the model sees every frame)": "reconstruction",
}


class ExportDialog(QDialog):
    """Asks what to film, and shows the progress. The window stays usable meanwhile.

    The dialog deletes itself once it is closed and no export is running.

    Args:
        snapshot: the weights that dream; None before the model has learned anything.
        on_screen: the films of what was on screen, offered first.
        episodes: returns the stored episodes of the run; called in the exporter's thread.
        run: the run folder.
        viewing_horizon: steps of a dream.
        parent: the window.
    """

    finishedExport = Signal(str)
    failedExport = Signal(str)

    def __init__(
        self,
        snapshot: Snapshot | None,
        on_screen: tuple[FilmChoice, ...],
        episodes: Callable[[], EpisodeList],
        run: Path,
        viewing_horizon: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export a film")
        self._snapshot = snapshot
        self._on_screen = on_screen
        self._episodes = episodes
        self._run = run
        self._exporter: Exporter | None = None
        self._closing = False
        self._outcome: str | None = None
        self._kind = choice_box("What to film")
        self._kind.setAccessibleName("What")
        for shown in on_screen:
            self._kind.addItem(shown.words)
        self._kind.addItems(list(KINDS) if snapshot is not None else [])
        self._first = number_box((1, 1), 1, "First frame")
        self._last = number_box((1, 1), 1, "Last frame")
        self._first.valueChanged.connect(self._last.setMinimum)
        self._length = number_box((2, 500), viewing_horizon)
        self._context = number_box((1, 100), 5)
        self._count = number_box((1, 16), 4)
        self._seed = number_box((0, 2**31 - 1), 0)
        self._fps = number_box((1, 50), 20)
        self._scale = number_box((1, 16), 4)
        self._curves = QCheckBox("Draw reward, value and other curves below")
        self._path = QLineEdit(str(self._suggestion()))
        self._path.setAccessibleName("File")
        self._browse = QPushButton("Browse...")
        self._browse.clicked.connect(self._choose_path)
        self._bar = QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setAccessibleName("Progress of the export")
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._go = self._buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self._buttons.rejected.connect(self.reject)
        self._go.clicked.connect(self.export)
        self._form = QFormLayout()
        self._note = QLabel()
        self._note.setWordWrap(True)
        self._lay_out()
        self._kind.currentIndexChanged.connect(lambda _: self._show_kind())
        self._show_kind()

    def export(self) -> None:
        """Start the export with the values of the fields."""
        path = Path(self._path.text()).expanduser()
        order = FilmOrder(self._made(), lambda: path, self._fps.value(), self._scale.value(), self._curves.isChecked())
        self._go.setEnabled(False)
        self._exporter = Exporter(order, self)
        self._exporter.progressed.connect(lambda share: self._bar.setValue(int(share * 1000)))
        self._exporter.succeeded.connect(self._succeed)
        self._exporter.failed.connect(self._fail)
        self._exporter.finished.connect(self._stopped)
        self._exporter.start()

    @property
    def running(self) -> bool:
        """Return whether a film is being made."""
        return self._exporter is not None

    def reject(self) -> None:
        """Close the dialog. Cancel a running export first, and close when it has ended."""
        if self._exporter is None:
            self._end(QDialog.DialogCode.Rejected)
            return
        self._closing = True
        self._exporter.cancel()
        self._buttons.setEnabled(False)

    def _succeed(self, path: str) -> None:
        self._outcome = path

    def _fail(self, text: str) -> None:
        self._outcome = None
        self.failedExport.emit(text)

    def _stopped(self) -> None:
        """Close the dialog after the thread has reported its outcome and ended."""
        self._exporter = None
        self._go.setEnabled(True)
        self._bar.setValue(0)
        if self._outcome is not None:
            self.finishedExport.emit(self._outcome)
            self._end(QDialog.DialogCode.Accepted)
        elif self._closing:
            self._end(QDialog.DialogCode.Rejected)

    def _end(self, code: QDialog.DialogCode) -> None:
        self.done(code)
        self.deleteLater()

    def _made(self) -> Callable[[Progress], Film | Reel]:
        """Return the function that makes the film the fields describe."""
        shown = self._chosen
        if shown is not None:
            return functools.partial(_film_screen, shown, self._first.value() - 1, self._last.value() - 1)
        assert self._snapshot is not None
        request = FilmRequest(
            KINDS[self._kind.currentText()],
            self._length.value(),
            self._context.value(),
            self._count.value(),
            self._seed.value(),
        )
        return functools.partial(_film_replay, self._snapshot, self._episodes, self._run, request)

    @property
    def _chosen(self) -> FilmChoice | None:
        """Return the chosen film of the screen, or None for a film of stored episodes."""
        place = self._kind.currentIndex()
        return self._on_screen[place] if 0 <= place < len(self._on_screen) else None

    def _show_kind(self) -> None:
        """Show the fields for the chosen kind, and say what it films."""
        shown = self._chosen
        for field in (self._first, self._last):
            self._form.setRowVisible(field, shown is not None)
        for field in (self._length, self._context, self._count, self._seed):
            self._form.setRowVisible(field, shown is None)
        if shown is not None:
            self._note.setText(shown.note)
            self._fps.setValue(shown.fps)
            self._first.setRange(1, shown.length)
            self._first.setValue(1)
            self._last.setRange(1, shown.length)
            self._last.setValue(shown.length)
        elif self._snapshot is not None:
            self._note.setText(f"Films random stored episodes with the weights of update {self._snapshot.update:,}.")
        self._path.setText(str(self._suggestion()))

    def _suggestion(self) -> Path:
        if self._chosen is not None:
            return self._run / "dreams" / f"{self._chosen.stem}.gif"
        assert self._snapshot is not None
        kind = KINDS[self._kind.currentText()]
        return self._run / "dreams" / f"{kind}-update-{self._snapshot.update}.gif"

    def _choose_path(self) -> None:
        pattern = "Films and images (*.gif *.mp4 *.png *.npz)"
        path, _ = QFileDialog.getSaveFileName(self, "Export to", self._path.text(), pattern)
        if path:
            self._path.setText(path)

    def _lay_out(self) -> None:
        form = self._form
        form.addRow("What", self._kind)
        form.addRow("First frame", self._first)
        form.addRow("Last frame", self._last)
        form.addRow("Frames", self._length)
        form.addRow("Context frames", self._context)
        form.addRow("Sequences", self._count)
        form.addRow("Seed", self._seed)
        form.addRow("Frames per second", self._fps)
        form.addRow("Scale", self._scale)
        form.addRow("", self._curves)
        where = QHBoxLayout()
        where.addWidget(self._path, 1)
        where.addWidget(self._browse)
        form.addRow("File", where)
        layout = QVBoxLayout(self)
        layout.addWidget(self._note)
        layout.addLayout(form)
        layout.addWidget(self._bar)
        layout.addWidget(self._buttons)
        self.setMinimumWidth(620)


def _film_screen(shown: FilmChoice, first: int, last: int, _: Progress) -> Reel:
    return shown.film(first, last)


def _film_replay(
    snapshot: Snapshot, episodes: Callable[[], EpisodeList], run: Path, request: FilmRequest, progress: Progress
) -> Film:
    device = next(iter(snapshot.weights.values())).device
    source = Source(agent_of(snapshot), device, snapshot.config, snapshot.step, snapshot.update, run)
    return film_from_replay(source, episodes(), request, progress)
