"""Opens the command palette, and keeps what it lists up to date."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer

from dreamer_studio.studio.shell.flow.preferences import all_folders
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.theme import Theme

if TYPE_CHECKING:  # loaded when the palette is first opened
    from dreamer_studio.studio.shell.flow.pages import Pages
    from dreamer_studio.studio.shell.flow.run_flow import RunFlow
    from dreamer_studio.studio.shell.palette.items import PaletteItem, Provider
    from dreamer_studio.studio.shell.palette.popup import PalettePopup
    from dreamer_studio.studio.shell.palette.thread import PaletteThread
    from dreamer_studio.viewing.palette.messages import PaletteChannels

POLL_MS: Final = 300
MOST_USED: Final = 30
"""Most items whose use is remembered."""

LETTERS_FOR_TASKS: Final = 2
"""Typed letters after which the tasks are listed, which takes a process some seconds."""


class CommandPalette(QObject):
    """Shows the palette over a window, without blocking it.

    Args:
        theme: the colors.
        window: the window.
        settings: the settings, with the items used last.
        base: the default folder of runs.
        flow: opens runs.
        pages: show New run and the preferences.
    """

    def __init__(
        self, theme: Theme, window: StudioWindow, settings: SettingsFile, base: Path, flow: RunFlow, pages: Pages
    ) -> None:
        super().__init__(window)
        self._theme, self._window, self._settings, self._base = theme, window, settings, base
        self._flow, self._pages = flow, pages
        self._popup: PalettePopup | None = None
        self._channels: PaletteChannels | None = None
        self._thread: PaletteThread | None = None
        self._providers: Sequence[Provider] = ()
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self._refresh)
        window.action_set.bind({"palette.open": self.toggle})

    @property
    def popup(self) -> PalettePopup:
        """Return the palette on show.

        Raises:
            RuntimeError: it was never opened.
        """
        if self._popup is None:
            raise RuntimeError("the palette was never opened")
        return self._popup

    def toggle(self) -> None:
        """Open the palette, or close it."""
        if self._popup is None:
            self._popup = self._make()
        if self._popup.isVisible():
            self._popup.close_palette()
            return
        self._forget_failure()
        self._watch(on=True)
        self._popup.open(self._items(), self._settings.current.palette_used)
        self._refresh()
        self._poll.start()

    def end(self) -> None:
        """End the thread and its process, and wait until both have ended."""
        self._poll.stop()
        if self._thread is not None:
            self._thread.stop()
            self._thread.wait()

    def _make(self) -> PalettePopup:
        from dreamer_studio.studio.shell.palette.popup import PalettePopup  # noqa: PLC0415  (not needed at first)
        from dreamer_studio.studio.shell.palette.sources import make_providers  # noqa: PLC0415  (not needed at first)
        from dreamer_studio.studio.shell.palette.thread import PaletteThread  # noqa: PLC0415  (not needed at first)
        from dreamer_studio.viewing.palette.messages import PaletteChannels  # noqa: PLC0415  (not needed at first)

        self._channels = PaletteChannels()
        self._thread = PaletteThread(self._channels, self)
        self._thread.start(self._thread.Priority.LowPriority)
        self._providers = make_providers(self._window, self._settings, self._flow, self._pages, self._channels)
        popup = PalettePopup(self._theme, self._window)
        popup.chosen.connect(self._run)
        popup.searched.connect(self._ask_for_tasks)
        return popup

    def _items(self) -> tuple[PaletteItem, ...]:
        return tuple(item for provider in self._providers for item in provider.items())

    def _run(self, item: PaletteItem) -> None:
        others = [each for each in self._settings.current.palette_used if each != item.id]
        self._settings.change(palette_used=(item.id, *others[: MOST_USED - 1]))
        item.run()

    def _refresh(self) -> None:
        """Ask for what is missing, and show what is new."""
        assert self._popup is not None and self._channels is not None
        if not self._popup.isVisible():
            self._watch(on=False)
            self._poll.stop()
            return
        recent = tuple(map(Path, self._settings.current.recent))
        self._channels.runs.stand((*all_folders(self._base, self._settings), *recent))
        if self._window.has_run:
            self._channels.checkpoints.stand(self._window.run.session.status.get().folder)
        self._popup.set_items(self._items())
        self._popup.note.setText(self._note())

    def _watch(self, *, on: bool) -> None:
        assert self._channels is not None and self._thread is not None
        self._channels.set_visible(on)
        self._thread.set_watched(on)

    def _ask_for_tasks(self, text: str) -> None:
        """Ask for the tasks once, when the user searches."""
        assert self._channels is not None
        if len(text.strip()) >= LETTERS_FOR_TASKS and not self._channels.tasks.asked:
            self._channels.tasks.ask(None)
        self.popup.note.setText(self._note())

    def _forget_failure(self) -> None:
        """Let the next search ask for the tasks again if they could not be listed."""
        assert self._channels is not None
        answer = self._channels.tasks.newest()
        if answer is not None and answer.failure is not None:
            self._channels.tasks.withdraw()

    def _note(self) -> str:
        """Return the line below the list: the keys, or that nothing was found, and whether tasks are missing."""
        from dreamer_studio.studio.shell.palette.popup import KEYS  # noqa: PLC0415  (loaded by now)

        assert self._channels is not None
        tasks = self._channels.tasks
        answer = tasks.newest()
        parts = [KEYS if self.popup.found else "Nothing found."]
        if answer is not None and answer.failure is not None:
            parts.append(f"The tasks cannot be listed: {answer.failure.reason}")
        elif tasks.asked and answer is None:
            parts.append("Listing the tasks...")
        return " ".join(parts)
