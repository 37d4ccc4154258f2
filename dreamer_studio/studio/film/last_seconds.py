"""The last seconds on show: always recorded, and written to the run's folder when the user asks for them."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QInputDialog, QWidget

from dreamer_studio.config import changed_settings
from dreamer_studio.session import START, Session
from dreamer_studio.studio.actions import action, in_words
from dreamer_studio.studio.film.exporter import Exporter, FilmOrder
from dreamer_studio.viewing.film.captures import Capture, CompareCapture, LiveCapture, SceneCapture
from dreamer_studio.viewing.film.choices import FilmChoice, comparison_on_screen, moments_on_screen, scene_on_screen
from dreamer_studio.viewing.film.kept_seconds import SECONDS
from dreamer_studio.viewing.film.screen_history import ScreenHistory

if TYPE_CHECKING:
    from dreamer_studio.export.style import Colors
    from dreamer_studio.viewing.film.scene_film import Facts

SCALE = 3


class LastSeconds(QObject):
    """Records the screen, and writes films of the last seconds in threads, one after the other.

    Attributes:
        history: the recorded moments.
        keep: the action that writes a film of them.
        choose: the action that asks for the number of seconds.

    Args:
        session: the run.
        capture: returns what is on show.
        seconds: length of the record at first, 5 to 120.
        colors: returns whether the window is dark or light.
        window: the parent of dialogs.
        parent: the owner.
    """

    kept = Signal(str)
    """Emitted when a film is written, with its path."""

    failed = Signal(str)
    """Emitted when there is no film, with the reason."""

    secondsChosen = Signal(int)
    """Emitted when the user sets the length of the record, in seconds."""

    def __init__(
        self,
        session: Session,
        capture: Callable[[], Capture | None],
        seconds: int,
        colors: Callable[[], Colors],
        window: QWidget,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session, self._capture, self._colors = session, capture, colors
        self._exporter: Exporter | None = None
        self._waiting: list[FilmOrder] = []
        self.history = ScreenHistory()
        self.keep = QAction(self)
        self.keep.triggered.connect(self._keep)
        self.choose = QAction(action("film.seconds").text, self)
        self.choose.triggered.connect(lambda: self._ask(window))
        self.set_seconds(seconds)

    @property
    def busy(self) -> bool:
        """Return whether a film is being written."""
        return self._exporter is not None

    def cancel(self) -> None:
        """Cancel the film that is being written and the waiting ones. No file of them remains."""
        self._waiting.clear()
        if self._exporter is not None:
            self._exporter.stop()

    def set_seconds(self, seconds: int) -> None:
        """Set the length of the record, 5 to 120 seconds."""
        self.history.seconds = seconds
        self.keep.setText(f"Keep the last {self.history.seconds} seconds")

    def note(self) -> None:
        """Record what is on show; called at each tick of the window."""
        now = time.monotonic()
        match self._capture():
            case LiveCapture() as live:
                self.history.note_live(live, now)
            case SceneCapture() as scene:
                self.history.note_scene(scene, now)
            case CompareCapture() as compared:
                self.history.note_compared(compared, now)

    def on_screen(self) -> tuple[FilmChoice, ...]:
        """Return the films of the screen: a scene or a comparison, otherwise the last seconds."""
        capture = self._capture()
        if isinstance(capture, CompareCapture) and (choices := comparison_on_screen(capture, self._facts())):
            return choices
        shown = self._last_seconds()
        if isinstance(capture, SceneCapture):
            shown = scene_on_screen(capture, self._facts())
        return () if shown is None else (shown,)

    def _last_seconds(self) -> FilmChoice | None:
        moments = self.history.moments
        return moments_on_screen(moments, self._facts()) if moments else None

    def _facts(self) -> Facts:
        from dreamer_studio.viewing.film.scene_film import Facts  # noqa: PLC0415  (needs Pillow)

        status = self._session.status.get()
        names = status.spec.action_names if status.spec is not None else ()
        return Facts(
            status.config.task,
            names,
            status.folder,
            functools.partial(step_of, self._session),
            status.config.preset,
            changed_settings(status.config),
            status.watching,
        )

    def _keep(self) -> None:
        shown = self._last_seconds()
        if shown is None:
            self.failed.emit("There is nothing to keep yet. Wait for the first frame.")
            return
        dreams = self._session.status.get().folder / "dreams"
        name = time.strftime("kept-%Y%m%d-%H%M%S")
        film = functools.partial(shown.film, 0, shown.length - 1)
        place = functools.partial(free_path, dreams, name)
        self._waiting.append(FilmOrder(lambda _: film(), place, shown.fps, SCALE, True, self._colors()))
        self._start_next()

    def _start_next(self) -> None:
        if self._exporter is None and self._waiting:
            self._exporter = Exporter(self._waiting.pop(0), self)
            self._exporter.succeeded.connect(self.kept)
            self._exporter.failed.connect(self.failed)
            self._exporter.finished.connect(self._finish)
            self._exporter.start()

    def _finish(self) -> None:
        assert self._exporter is not None
        self._exporter.deleteLater()
        self._exporter = None
        self._start_next()

    def _ask(self, parent: QWidget) -> None:
        seconds, chosen = QInputDialog.getInt(
            parent,
            "Seconds to keep",
            f"Seconds that {in_words(action('film.keep'))} keeps:",
            self.history.seconds,
            *SECONDS,
        )
        if chosen:
            self.set_seconds(seconds)
            self.secondsChosen.emit(seconds)


def step_of(session: Session, update: int) -> int:
    """Return the environment step of an update according to the log, or -1 if the log lacks it."""
    rows, _ = session.rows_since(START)
    return next((row["step"] for row in reversed(rows) if row["kind"] == "update" and row["update"] == update), -1)


def free_path(folder: Path, name: str) -> Path:
    """Return an unused path in a run's folder: an MP4, or a GIF without ffmpeg.

    Raises:
        OSError: the folder is a link, which could lead out of the run.
    """
    from dreamer_studio.export.ffmpeg import find_ffmpeg  # noqa: PLC0415  (searches for ffmpeg)

    if folder.is_symlink():
        raise OSError(f"{folder} is a link, which could lead out of the run")
    ending = ".gif" if find_ffmpeg() is None else ".mp4"
    path, number = folder / f"{name}{ending}", 1
    while path.exists():
        number += 1
        path = folder / f"{name}-{number}{ending}"
    return path
