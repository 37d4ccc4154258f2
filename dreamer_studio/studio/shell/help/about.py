"""The About box."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox, QWidget

from dreamer_studio import __version__


def show_about(parent: QWidget) -> None:
    """Show the name, the version and the paper."""
    QMessageBox.about(
        parent,
        "Dreamer Studio",
        f"Dreamer Studio {__version__}\n\nTrain a DreamerV1 world model and look inside it, live.\n"
        "After Hafner et al. 2019, Dream to Control, arXiv:1912.01603.",
    )
