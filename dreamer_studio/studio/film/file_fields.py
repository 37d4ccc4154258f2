"""The fields for the look, the format and the path of a film."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QFileDialog, QFormLayout, QHBoxLayout, QLineEdit, QPushButton, QWidget

from dreamer_studio.export.style import Colors
from dreamer_studio.export.write import FPS
from dreamer_studio.studio.widgets.fields.choice_box import choice_box
from dreamer_studio.studio.widgets.number_box import number_box

FORMATS: Final = {
    ".gif": "GIF: a film for every program, 256 colors",
    ".webp": "WebP: a film for browsers, every pixel as drawn",
    ".mp4": "MP4: a film, the smallest file",
    ".png": "PNG: a strip, time from left to right",
    ".npz": "npz: the arrays, for Python",
}
COLORS: Final[dict[str, Colors]] = {"Dark": "dark", "Light": "light"}
FRAME: Final = 64  # pixels


class FileFields(QObject):
    """Adds its rows to a form. The format and the ending of the file's name follow each other.

    Args:
        form: the form.
        colors: the first choice of colors.
        parent: the dialog.
    """

    changed = Signal()
    """Emitted when the user changes a field."""

    def __init__(self, form: QFormLayout, colors: Colors, parent: QWidget) -> None:
        super().__init__(parent)
        self._form, self._dialog = form, parent
        self._format = choice_box("Format", FORMATS.values())
        self._fps = number_box((1, FPS[".gif"][1]), 20)
        self._scale = number_box((1, 16), 4, suffix="x", tip=f"A frame has {FRAME} x {FRAME} pixels")
        self._colors = choice_box("Colors", COLORS)
        self._colors.setCurrentIndex(list(COLORS.values()).index(colors))
        self._curves = QCheckBox("Draw reward, value and other curves below")
        self._path = _PathField()
        self._path.setAccessibleName("File")
        browse = QPushButton("&Browse...")
        browse.clicked.connect(self._browse)
        where = QHBoxLayout()
        where.addWidget(self._path, 1)
        where.addWidget(browse)
        form.addRow("Format", self._format)
        form.addRow("Frames per second", self._fps)
        form.addRow("Scale", self._scale)
        form.addRow("Colors", self._colors)
        form.addRow("", self._curves)
        form.addRow("File", where)
        self._format.activated.connect(lambda _: self._show_ending())
        self._path.textChanged.connect(self._follow_path)
        for number in (self._fps, self._scale):
            number.valueChanged.connect(self.changed)
        self._colors.activated.connect(self.changed)
        self._curves.toggled.connect(self.changed)

    @property
    def path(self) -> Path:
        """Return the file to write."""
        return Path(self._path.text()).expanduser()

    @property
    def ending(self) -> str:
        """Return the ending of the file's name, in small letters."""
        return self.path.suffix.lower()

    @property
    def fps(self) -> int:
        """Return the frames per second; only films have them."""
        return self._fps.value()

    @property
    def scale(self) -> int:
        """Return how many times each pixel is enlarged."""
        return self._scale.value()

    @property
    def curves(self) -> bool:
        """Return whether the film has curves."""
        return self._curves.isChecked()

    @property
    def colors(self) -> Colors:
        """Return the chosen colors."""
        return COLORS[self._colors.currentText()]

    def suggest(self, folder: Path, stem: str, fps: int) -> None:
        """Suggest a file in the chosen format, and the frames per second."""
        self._fps.setValue(fps)
        self._path.setText(str(folder / f"{stem}{self._chosen_ending()}"))

    def _chosen_ending(self) -> str:
        return list(FORMATS)[self._format.currentIndex()]

    def _show_ending(self) -> None:
        """Give the file's name the ending of the chosen format."""
        path = Path(self._path.text())
        stem = path.with_suffix("") if path.suffix.lower() in FORMATS else path
        self._path.setText(f"{stem}{self._chosen_ending()}")

    def _follow_path(self) -> None:
        """Choose the format of the typed ending, and show the fields that this format needs."""
        ending = self.ending
        if ending in FORMATS:
            self._format.setCurrentIndex(list(FORMATS).index(ending))
            self._fps.setMaximum(FPS.get(ending, FPS[".mp4"])[1])
            self._form.setRowVisible(self._fps, ending in FPS)
            for field in (self._scale, self._colors, self._curves):
                self._form.setRowVisible(field, ending != ".npz")
        self.changed.emit()

    def _browse(self) -> None:
        pattern = f"Films and images ({' '.join(f'*{ending}' for ending in FORMATS)})"
        path, _ = QFileDialog.getSaveFileName(self._dialog, "Export to", self._path.text(), pattern)
        if path:
            self._path.setText(path)


class _PathField(QLineEdit):
    """Shows the end of a long path, the file's name; the tooltip has all of it."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumWidth(320)
        self.textChanged.connect(self._show_end)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the end in the new width."""
        super().resizeEvent(event)
        self._show_end(self.text())

    def _show_end(self, text: str) -> None:
        self.setToolTip(text)
        if not self.hasFocus() or self.cursorPosition() == len(text):
            self.end(False)
