"""The preferences of the window. Every change applies at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from dreamer_studio.studio.help import pages
from dreamer_studio.studio.preferences.folders import FoldersList
from dreamer_studio.studio.theme import Scheme
from dreamer_studio.studio.widgets.fields.choice_box import choice_box
from dreamer_studio.studio.widgets.help_button import HelpButton
from dreamer_studio.studio.widgets.number_box import number_box
from dreamer_studio.studio.widgets.text import TEXT_SCALES, mute
from dreamer_studio.viewing.film.kept_seconds import SECONDS

LEAST_WIDTH: Final = 520
SCHEMES: Final[dict[Scheme, str]] = {
    "system": "Follow the system",
    "light": "Light",
    "dark": "Dark",
    "contrast": "High contrast",
}


class Preferred(Protocol):
    """The settings that the dialog shows."""

    @property
    def theme(self) -> Scheme:
        """The colors."""

    @property
    def text_scale(self) -> float:
        """Size of all text, as a multiple of the system's size."""

    @property
    def keep_seconds(self) -> int:
        """Seconds of the screen that are kept for a film."""

    @property
    def runs_folders(self) -> tuple[str, ...]:
        """Folders of runs besides the default one."""

    @property
    def ask_before_closing(self) -> bool:
        """Whether to ask before a training is closed."""

    @property
    def hints(self) -> bool:
        """Whether to show hints to a new user."""


class PreferencesDialog(QDialog):
    """Shows the settings and emits each change.

    Attributes:
        fields: the fields, by the names of their settings.

    Args:
        preferred: the settings.
        default_folder: the folder of runs that cannot be removed; new runs go into it.
        parent: the window.
    """

    changed: ClassVar[Signal] = Signal(str, object)
    """Emitted with the name of a setting and its new value."""

    def __init__(self, preferred: Preferred, default_folder: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Preferences")
        self.setMinimumWidth(LEAST_WIDTH)
        self.theme = _choices("Theme", SCHEMES, preferred.theme)
        sizes = sorted({*TEXT_SCALES, preferred.text_scale})
        self.text = _choices("Text size", {size: f"{size:.0%}" for size in sizes}, preferred.text_scale)
        self.seconds = number_box(SECONDS, preferred.keep_seconds, suffix=" s", tip=f"{SECONDS[0]} to {SECONDS[1]} s")
        self.folders = FoldersList(default_folder, preferred.runs_folders)
        self.asks = QCheckBox("&Ask before a training is closed")
        self.asks.setToolTip("Otherwise the program saves a checkpoint and ends the training")
        self.asks.setChecked(preferred.ask_before_closing)
        self.hints = QCheckBox("Show &hints")
        self.hints.setToolTip("Short hints for new users, each when it becomes useful")
        self.hints.setChecked(preferred.hints)
        self.fields: dict[str, QWidget] = {
            "theme": self.theme,
            "text_scale": self.text,
            "keep_seconds": self.seconds,
            "runs_folders": self.folders,
            "ask_before_closing": self.asks,
            "hints": self.hints,
        }
        self._lay_out()
        self._connect()

    def show_looks(self, preferred: Preferred) -> None:
        """Show theme and text size after another part of the window has changed them."""
        self.theme.setCurrentIndex(self.theme.findData(preferred.theme))
        if self.text.findData(preferred.text_scale) >= 0:
            self.text.setCurrentIndex(self.text.findData(preferred.text_scale))

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setVerticalSpacing(10)
        form.addRow("&Theme", self.theme)
        form.addRow("Te&xt size", self.text)
        form.addRow("&Film of the last", self.seconds)
        form.addRow("Folders of &runs", self.folders)
        form.addRow("", self.asks)
        form.addRow("", self.hints)
        for label in self.findChildren(QLabel):
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
        words = QLabel("Every change applies at once.")
        mute(words)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        below = QHBoxLayout()
        below.addWidget(words)
        below.addStretch(1)
        below.addWidget(HelpButton("Preferences", pages.PREFERENCES))
        layout.addLayout(below)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, parent=self)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)

    def _connect(self) -> None:
        self.theme.activated.connect(lambda _: self.changed.emit("theme", self.theme.currentData()))
        self.text.activated.connect(lambda _: self.changed.emit("text_scale", self.text.currentData()))
        self.seconds.valueChanged.connect(lambda seconds: self.changed.emit("keep_seconds", seconds))
        self.folders.changed.connect(lambda folders: self.changed.emit("runs_folders", folders))
        self.asks.toggled.connect(lambda on: self.changed.emit("ask_before_closing", on))
        self.hints.toggled.connect(lambda on: self.changed.emit("hints", on))


def _choices(name: str, words: Mapping[Any, str], chosen: object) -> QComboBox:
    """Return a box with the words of some values, and the chosen one on show."""
    box = choice_box(name)
    for value, text in words.items():
        box.addItem(text, value)
    box.setCurrentIndex(list(words).index(chosen))
    return box
