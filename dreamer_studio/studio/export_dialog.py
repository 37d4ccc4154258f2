"""Export of a film: what, how, where to; made in a thread of its own, with progress."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreams.films import FilmRequest, Source, film_from_replay
from dreamer_studio.export import ExportCancelled, write
from dreamer_studio.export.film import Kind
from dreamer_studio.replay import EpisodeStore
from dreamer_studio.session import Snapshot

KINDS: dict[str, Kind] = {
    "Imagined rollouts (the model sees nothing real)": "imagined",
    "Open loop against truth (it sees the context, then only the actions)": "open-loop",
    "Reconstructions (it sees every frame)": "reconstruction",
}
STORE_BYTES = 256 * 2**20


@dataclass(frozen=True)
class ExportOrder:
    """Everything an export needs."""

    snapshot: Snapshot
    episodes: Path
    request: FilmRequest
    path: Path
    fps: int
    scale: int
    curves: bool


class Exporter(QThread):
    """Makes one film."""

    progressed = Signal(float)
    succeeded = Signal(str)
    failed = Signal(str)

    def __init__(self, order: ExportOrder, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("exporter")
        self._order = order
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Give up; nothing is left behind."""
        self._cancelled.set()

    def run(self) -> None:
        """Dream, draw and write."""
        order, snapshot = self._order, self._order.snapshot
        try:
            device = next(iter(snapshot.weights.values())).device
            spec = snapshot.spec
            agent = Agent.of_weights(snapshot.config, spec.action_size, spec.action_kind, snapshot.weights)
            source = Source(agent, device, snapshot.config.task, snapshot.step, snapshot.update)
            store = EpisodeStore(order.episodes, STORE_BYTES)
            film = film_from_replay(source, store, order.request, lambda share: self._progress(share / 2))
            write(
                film,
                order.path,
                fps=order.fps,
                scale=order.scale,
                curves=order.curves,
                progress=lambda share: self._progress((1 + share) / 2),
            )
        except ExportCancelled:
            self.failed.emit("Export cancelled; nothing was written.")
        except Exception as error:
            self.failed.emit(f"Export failed: {error}")
        else:
            self.succeeded.emit(str(order.path))

    def _progress(self, share: float) -> bool:
        self.progressed.emit(share)
        return not self._cancelled.is_set()


class ExportDialog(QDialog):
    """Asks what to film, and shows how far it is. The window stays usable meanwhile.

    It deletes itself once it is closed and no export runs in it any more.
    """

    finishedExport = Signal(str)
    failedExport = Signal(str)

    def __init__(self, snapshot: Snapshot, run: Path, viewing_horizon: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export a film")
        self._snapshot = snapshot
        self._run = run
        self._exporter: Exporter | None = None
        self._closing = False
        self._outcome: str | None = None
        self._kind = QComboBox()
        self._kind.addItems(list(KINDS))
        self._length = _spin(2, 500, viewing_horizon)
        self._context = _spin(1, 100, 5)
        self._count = _spin(1, 16, 4)
        self._seed = _spin(0, 2**31 - 1, 0)
        self._fps = _spin(1, 50, 20)
        self._scale = _spin(1, 16, 4)
        self._curves = QCheckBox("Draw reward and value underneath")
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
        self._kind.currentTextChanged.connect(lambda _: self._path.setText(str(self._suggestion())))
        self._lay_out()

    def export(self) -> None:
        """Begin, with what the fields say."""
        request = FilmRequest(
            KINDS[self._kind.currentText()],
            self._length.value(),
            self._context.value(),
            self._count.value(),
            self._seed.value(),
        )
        order = ExportOrder(
            self._snapshot,
            self._run / "episodes",
            request,
            Path(self._path.text()).expanduser(),
            self._fps.value(),
            self._scale.value(),
            self._curves.isChecked(),
        )
        self._go.setEnabled(False)
        self._exporter = Exporter(order, self)
        self._exporter.progressed.connect(lambda share: self._bar.setValue(int(share * 1000)))
        self._exporter.succeeded.connect(self._succeed)
        self._exporter.failed.connect(self._fail)
        self._exporter.finished.connect(self._stopped)
        self._exporter.start()

    @property
    def running(self) -> bool:
        """Whether a film is being made."""
        return self._exporter is not None

    def reject(self) -> None:
        """Close; an export that runs is cancelled first, and the dialog closes when it has ended."""
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
        """The thread has ended, having told its outcome before."""
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

    def _suggestion(self) -> Path:
        kind = KINDS[self._kind.currentText()]
        return self._run / "dreams" / f"{kind}-update-{self._snapshot.update}.gif"

    def _choose_path(self) -> None:
        pattern = "Films and pictures (*.gif *.mp4 *.png *.npz)"
        path, _ = QFileDialog.getSaveFileName(self, "Export to", self._path.text(), pattern)
        if path:
            self._path.setText(path)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow("What", self._kind)
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
        layout.addWidget(QLabel(f"With the weights of update {self._snapshot.update:,}, on random stored episodes."))
        layout.addLayout(form)
        layout.addWidget(self._bar)
        layout.addWidget(self._buttons)
        self.setMinimumWidth(620)


def _spin(low: int, high: int, value: int) -> QSpinBox:
    box = QSpinBox()
    box.setRange(low, high)
    box.setValue(value)
    return box
