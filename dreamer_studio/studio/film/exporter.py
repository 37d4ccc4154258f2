"""Makes one film in a separate thread, which loads the libraries it needs: the window opens without them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from dreamer_studio.studio.owned_thread import OwnedThread

if TYPE_CHECKING:
    from dreamer_studio.export import Film, Reel, Written
    from dreamer_studio.export.progress import Progress
    from dreamer_studio.export.style import Colors


@dataclass(frozen=True)
class FilmOrder:
    """A film to make.

    Attributes:
        make: makes the frames, in the thread, given a function that reports progress.
        place: returns the path to write to, in the thread.
        fps, scale, curves, colors: the arguments of `export.write`.
    """

    make: Callable[[Progress], Film | Reel]
    place: Callable[[], Path]
    fps: int
    scale: int
    curves: bool
    colors: Colors = "dark"


class Exporter(OwnedThread):
    """Makes one film.

    Attributes:
        written: the file; None before the film is written.
    """

    progressed = Signal(float)
    succeeded = Signal(str)
    failed = Signal(str)

    def __init__(self, order: FilmOrder, parent: QObject | None = None) -> None:
        super().__init__("exporter", parent)
        self._order = order
        self.written: Written | None = None
        self._canceled = threading.Event()

    def stop(self) -> None:
        """Cancel the export and leave no file."""
        self._canceled.set()

    def run(self) -> None:
        """Make the film, draw it and write it."""
        from dreamer_studio.export import ExportCanceled, write  # noqa: PLC0415  (needs Pillow)

        order = self._order
        try:
            film = order.make(lambda share: self._progress(share / 2))
            if self._canceled.is_set():  # some films do not report progress while they are made
                raise ExportCanceled
            path = order.place()
            self.written = write(
                film,
                path,
                fps=order.fps,
                scale=order.scale,
                curves=order.curves,
                colors=order.colors,
                progress=lambda share: self._progress((1 + share) / 2),
            )
        except ExportCanceled:
            self.failed.emit("The export is canceled, and nothing was written.")
        except OSError as error:
            self.failed.emit(f"There is no film: {_in_words(error)}.")
        except Exception as error:
            self.failed.emit(f"There is no film: {error}")
        else:
            self.succeeded.emit(str(path))

    def _progress(self, share: float) -> bool:
        self.progressed.emit(share)
        return not self._canceled.is_set()


def _in_words(error: OSError) -> str:
    """Return the system's words for an error and the path, without the number of the error."""
    if error.strerror is None:
        return str(error)
    return f"{error.filename}: {error.strerror}" if error.filename is not None else error.strerror
