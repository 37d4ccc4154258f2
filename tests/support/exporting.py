"""Exports of what is on screen, as a person makes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import imageio.v3 as iio
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QSpinBox

from dreamer_studio.studio.film.export_dialog import ExportDialog
from tests.support.reading import activate
from tests.support.studio import PATIENCE_MS, Studio


def open_dialog(studio: Studio) -> ExportDialog:
    """Open the dialog by its key."""
    studio.bot.keyClick(studio.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    (dialog,) = (each for each in studio.window.findChildren(ExportDialog) if each.isVisible())
    return dialog


def export(studio: Studio, dialog: ExportDialog, name: str) -> Path:
    path = studio.status.folder / "dreams" / name
    next(field for field in dialog.findChildren(QLineEdit) if field.accessibleName() == "File").setText(str(path))
    told: list[str] = []
    failed: list[str] = []
    dialog.finishedExport.connect(told.append)
    dialog.failedExport.connect(failed.append)
    dialog.export()
    studio.bot.waitUntil(lambda: bool(told or failed), timeout=PATIENCE_MS)
    assert not failed, failed[0]
    dialog.reject()
    activate(studio.bot, studio.window)  # so that keys go to the window again
    return path


def shorten(dialog: ExportDialog, *, frames: int) -> None:
    """Choose a short and small film of stored episodes: the usual one takes seconds."""
    for name, number in (("Frames", frames), ("Sequences", 1), ("Scale", 1)):
        (label,) = (each for each in dialog.findChildren(QLabel) if each.text() == name)
        box = label.buddy()
        assert isinstance(box, QSpinBox) and box.isEnabled()
        box.setValue(number)


def _kinds(dialog: ExportDialog) -> QComboBox:
    return next(box for box in dialog.findChildren(QComboBox) if box.accessibleName() == "What")


def kinds_of(dialog: ExportDialog) -> list[str]:
    return [_kinds(dialog).itemText(place) for place in range(_kinds(dialog).count())]


def choose_kind(dialog: ExportDialog, text: str) -> None:
    _kinds(dialog).setCurrentText(text)


def arrays_in(path: Path) -> dict[str, NDArray[Any]]:
    with np.load(path, allow_pickle=False) as film:
        return dict(film)


def frames_in(path: Path) -> int:
    return len(iio.imread(path, plugin="FFMPEG"))
