"""The dialog that exports films of one run, at most one at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from dreamer_studio.session import Session
from dreamer_studio.viewing.film.choices import FilmChoice

if TYPE_CHECKING:
    from dreamer_studio.studio.film.export_dialog import ExportDialog


class Exports(QObject):
    """Opens the dialog on what there is to film.

    Attributes:
        dialog: the open dialog, or None.

    Args:
        session: the run.
        on_screen: gives what can be filmed of the screen.
        length: gives the steps of the dreams on show.
        window: the parent of the dialog.
    """

    exported = Signal(str)
    """Where a film was written."""

    failed = Signal(str)
    """Why none was, in words."""

    def __init__(
        self,
        session: Session,
        on_screen: Callable[[], tuple[FilmChoice, ...]],
        length: Callable[[], int],
        window: QWidget,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session, self._window = session, window
        self._on_screen, self._length = on_screen, length
        self.dialog: ExportDialog | None = None

    @property
    def running(self) -> bool:
        """Whether a film is being made."""
        return self.dialog is not None and self.dialog.running

    def open(self) -> None:
        """Ask a person what to film, if there is anything."""
        snapshot, on_screen = self._session.snapshots.latest, self._on_screen()
        if snapshot is not None and snapshot.update == 0:
            snapshot = None
        if snapshot is None and not on_screen:
            self.failed.emit("There is nothing to export yet: nothing has been on show.")
            return
        if self.dialog is not None:
            self.dialog.activateWindow()
            return
        from dreamer_studio.studio.film.export_dialog import ExportDialog  # noqa: PLC0415  (needs torch: loaded by now)

        folder = self._session.status.get().folder
        self.dialog = ExportDialog(snapshot, on_screen, folder, self._length(), self._window)
        self.dialog.finished.connect(self._forget)
        self.dialog.finishedExport.connect(self.exported)
        self.dialog.failedExport.connect(self.failed)
        self.dialog.show()

    def cancel(self) -> None:
        """Close the dialog; a film in the making is given up first."""
        if self.dialog is not None:
            self.dialog.reject()

    def _forget(self) -> None:
        self.dialog = None
