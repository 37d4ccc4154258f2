"""The progress of an export, and its outcome: the file with buttons to see it, or the reason for a failure."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from dreamer_studio.export import Written
from dreamer_studio.studio.widgets.fields.problem_label import ProblemLabel
from dreamer_studio.studio.widgets.text import plain_label
from dreamer_studio.texts import size_words


class Outcome(QWidget):
    """A progress bar; after the export, the facts about the file and two buttons, or the reason for a failure.

    Attributes:
        written: the file; None before the film is written.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.written: Written | None = None
        self._bar = QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setAccessibleName("Progress of the export")
        self._line = plain_label(wrap=True, selectable=True)
        self._problem = ProblemLabel(self)
        self._open = QPushButton("&Open")
        self._open.clicked.connect(lambda: self._show_path(folder=False))
        self._folder = QPushButton("&Show in folder")
        self._folder.clicked.connect(lambda: self._show_path(folder=True))
        row = QHBoxLayout()
        row.addWidget(self._line, 1)
        row.addWidget(self._open)
        row.addWidget(self._folder)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._bar)
        layout.addLayout(row)
        layout.addWidget(self._problem)
        self._refresh(running=False)

    @property
    def problem(self) -> str:
        """Return why there is no film; empty if nothing went wrong."""
        return self._problem.problem

    def begin(self) -> None:
        """Show an empty bar, and clear the last outcome."""
        self.written = None
        self._problem.set_problem("")
        self._bar.setValue(0)
        self._refresh(running=True)

    def advance(self, share: float) -> None:
        """Show the finished share, 0 to 1."""
        self._bar.setValue(int(share * 1000))

    def succeed(self, written: Written) -> None:
        """Show the facts about the written file."""
        self.written = written
        self._line.setText(f"Written: {written_in_words(written)}.")
        self._line.setToolTip(str(written.path))
        self._refresh(running=False)

    def fail(self, reason: str) -> None:
        """Show why there is no film."""
        self._problem.set_problem(reason)
        self._refresh(running=False)

    def _refresh(self, *, running: bool) -> None:
        self._bar.setVisible(running)
        for widget in (self._line, self._open, self._folder):
            widget.setVisible(self.written is not None)

    def _show_path(self, *, folder: bool) -> None:
        """Open the file, or its folder, with the program of the desktop."""
        if self.written is None:
            return
        path = self.written.path.absolute()
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent if folder else path))):
            self._problem.set_problem(f"no program opens {path.parent if folder else path.name}")


def written_in_words(written: Written) -> str:
    """Return pixels, seconds and size of a file."""
    return ", ".join([*extent_in_words(written.size, written.seconds), size_words(written.bytes)])


def extent_in_words(size: tuple[int, int] | None, seconds: float) -> list[str]:
    """Return pixels and seconds in words; leave out unknown pixels, and the seconds of a still image."""
    pixels = [f"{size[0]:,} x {size[1]:,} pixels"] if size is not None else []
    return pixels + ([f"{seconds:.1f} s"] if seconds else [])
