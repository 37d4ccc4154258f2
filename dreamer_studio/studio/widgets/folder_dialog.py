"""Asks for a folder, without stopping the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def ask_for_folder(
    parent: QWidget,
    title: str,
    then: Callable[[Path], object],
    start: str = "",
    *,
    otherwise: Callable[[], object] | None = None,
) -> None:
    """Show a dialog for a folder.

    Args:
        parent: the owner of the dialog.
        title: the title of the dialog.
        then: called with the folder that the user chooses.
        start: the first folder that the dialog shows; empty for the current folder.
        otherwise: called if the user cancels.
    """
    dialog = QFileDialog(parent, title, start)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.fileSelected.connect(lambda path: then(Path(path)))
    if otherwise is not None:
        dialog.rejected.connect(otherwise)
    dialog.open()
