"""The dialog that exports films of one run, at most one at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from dreamer_studio.session import Session
from dreamer_studio.viewing.film.choices import FilmChoice

if TYPE_CHECKING:
    from dreamer_studio.export.style import Colors
    from dreamer_studio.studio.film.export_dialog import ExportDialog


class Exports(QObject):
    """Opens the dialog with the films that can be made now.

    Attributes:
        dialog: the open dialog, or None.

    Args:
        session: the run.
        on_screen: returns the films of the screen.
        length: returns the number of steps of the dreams on show.
        colors: returns whether the window is dark or light.
        window: the parent of the dialog.
    """

    exported = Signal(str)
    """Emitted when a film is written, with its path."""

    failed = Signal(str)
    """Emitted when there is nothing to export, with the reason. The dialog itself shows why an export failed."""

    def __init__(
        self,
        session: Session,
        on_screen: Callable[[], tuple[FilmChoice, ...]],
        length: Callable[[], int],
        colors: Callable[[], Colors],
        window: QWidget,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session, self._window = session, window
        self._on_screen, self._length, self._colors = on_screen, length, colors
        self.dialog: ExportDialog | None = None

    @property
    def running(self) -> bool:
        """Return whether a film is being made."""
        return self.dialog is not None and self.dialog.running

    def open(self) -> None:
        """Ask the user what to film, if there is anything."""
        snapshot, on_screen = self._session.snapshots.latest, self._on_screen()
        if snapshot is not None and snapshot.update == 0:
            snapshot = None
        if snapshot is None and not on_screen:
            self.failed.emit("There is nothing to export yet. Wait for the first frame.")
            return
        if self.dialog is not None and self.dialog.done_with:
            self.dialog.reject()
        if self.dialog is not None:
            self.dialog.activateWindow()
            return
        from dreamer_studio.studio.film.export_dialog import ExportDialog  # noqa: PLC0415  (needs torch: loaded by now)

        session = self._session
        folder = session.status.get().folder
        self.dialog = ExportDialog(
            snapshot, on_screen, session.stored_episodes, folder, self._length(), self._colors(), self._window
        )
        self.dialog.finished.connect(self._forget)
        self.dialog.finishedExport.connect(self.exported)
        self.dialog.show()

    def cancel(self) -> None:
        """Close the dialog, and cancel a film that is being made."""
        if self.dialog is not None:
            self.dialog.reject()

    def _forget(self) -> None:
        self.dialog = None
