"""Name, folder and seeds of a new run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QPushButton, QWidget

from dreamer_studio.studio.widgets.fields.problem_label import ProblemLabel
from dreamer_studio.studio.widgets.folder_dialog import ask_for_folder
from dreamer_studio.viewing.new_run.choice import SEEDS
from dreamer_studio.viewing.new_run.place import FOLDER, NAME

TIPS = {
    NAME: "The name of the folder of the run or study. Left empty, the program numbers the runs of a task.",
    FOLDER: "The folder with all your runs",
    SEEDS: "One seed trains in this window. Several, such as 1 2 3 or 1-5, are a study that trains in the background",
}


class PlacePanel(QWidget):
    """Three fields, each with the problem of its text, if any."""

    edited: ClassVar[Signal] = Signal(str, str)
    """Emitted with a field and its text after the user has changed it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, QLineEdit] = {}
        self._problems: dict[str, ProblemLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        for number, (key, label) in enumerate({NAME: "&Name", FOLDER: "Fo&lder", SEEDS: "S&eeds"}.items()):
            self._add(2 * number, key, label)
        self._browse = QPushButton("&Browse...")
        self._browse.setToolTip("Choose the folder with all your runs")
        self._browse.clicked.connect(self._choose_folder)
        self._grid.addWidget(self._browse, 2, 2)
        QWidget.setTabOrder(self.fields[FOLDER], self._browse)
        QWidget.setTabOrder(self._browse, self.fields[SEEDS])

    def set_texts(self, texts: Mapping[str, str]) -> None:
        """Set the texts of some fields without emitting `edited`."""
        for key, text in texts.items():
            if self.fields[key].text() != text:
                with QSignalBlocker(self.fields[key]):
                    self.fields[key].setText(text)

    def set_automatic_name(self, name: str) -> None:
        """Show the name that the program gives to the run if the user gives none."""
        self.fields[NAME].setPlaceholderText(name)

    def set_problems(self, errors: Mapping[str, str]) -> None:
        """Show the problem of each field beside the field."""
        for key, label in self._problems.items():
            label.set_problem(errors.get(key, ""))

    def problem_of(self, key: str) -> str:
        """Return the problem of a field; empty if there is none."""
        return self._problems[key].problem

    def _add(self, row: int, key: str, text: str) -> None:
        field = QLineEdit()
        field.setToolTip(TIPS[key])
        field.setAccessibleName(text.replace("&", ""))
        field.textEdited.connect(lambda typed: self.edited.emit(key, typed))
        label = QLabel(text)
        label.setBuddy(field)
        problem = ProblemLabel(field)
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(field, row, 1)
        self._grid.addWidget(problem, row + 1, 1, 1, 2)
        self.fields[key], self._problems[key] = field, problem

    def _choose_folder(self) -> None:
        ask_for_folder(self, "Folder with all runs", self._take_folder, self.fields[FOLDER].text())

    def _take_folder(self, folder: Path) -> None:
        self.fields[FOLDER].setText(str(folder))
        self.edited.emit(FOLDER, str(folder))
