"""Items of the open run: its checkpoints, its bookmarks and its settings."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from dreamer_studio.config import options, setting_text
from dreamer_studio.studio.shell.palette.items import PaletteItem
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.compare.messages import Contestant

if TYPE_CHECKING:  # a run that is open has loaded these
    from dreamer_studio.replay.bookmarks import Bookmark
    from dreamer_studio.viewing.frame_ref import FrameRef


class CheckpointItems:
    """Opens checkpoints of the open run in Compare.

    Args:
        window: the window.
        listed: the list of checkpoints.
    """

    def __init__(self, window: StudioWindow, listed: Channel[Path, tuple[Contestant, ...]]) -> None:
        self._window, self._listed = window, listed

    def items(self) -> Iterator[PaletteItem]:
        """Return the checkpoints, newest first."""
        if not self._window.has_run:
            return
        run = self._window.run
        folder = run.session.status.get().folder
        for one in reversed(self._listed.result or ()):
            if one.folder == folder:
                yield PaletteItem(
                    f"checkpoint:{one.path}",
                    "Checkpoint",
                    one.listed_name[0].upper() + one.listed_name[1:],
                    detail=f"Open the checkpoint in Compare. {one.best_in_words}".rstrip(),
                    run=functools.partial(run.compare_checkpoint, one.path),
                )


class BookmarkItems:
    """Dreams from the bookmarks of the open run."""

    def __init__(self, window: StudioWindow) -> None:
        self._window = window

    def items(self) -> Iterator[PaletteItem]:
        """Return the bookmarks in the order of their file."""
        if not self._window.has_run:
            return
        from dreamer_studio.viewing.replay.bookmark_words import frame_of  # noqa: PLC0415  (only a run has bookmarks)

        run = self._window.run
        status, kept = run.session.status.get(), run.replay_channels.bookmarks.result
        if kept is None:
            return
        running = -1 if status.watching else status.episode
        for bookmark in kept.bookmarks:
            yield self._item(status.folder, bookmark, frame_of(bookmark, kept.numbers, running))

    def _item(self, folder: Path, bookmark: Bookmark, frame: FrameRef | None) -> PaletteItem:
        from dreamer_studio.viewing.replay.bookmark_words import why_set  # noqa: PLC0415  (only a run has bookmarks)

        where = f"Episode {bookmark.episode:,}, frame {bookmark.index:,}"
        run = self._window.run
        return PaletteItem(
            f"bookmark:{folder}:{bookmark.episode}:{bookmark.index}",
            "Bookmark",
            bookmark.note or where,
            place=f"{where}, {why_set(bookmark)}" if bookmark.note else why_set(bookmark),
            detail="Dream from this frame.",
            reason="Its episode is not stored" if frame is None else "",
            run=functools.partial(run.dream_from, frame) if frame is not None else lambda: None,
        )


class SettingItems:
    """Opens Run > Settings at a setting that may change while the run trains."""

    def __init__(self, window: StudioWindow) -> None:
        self._window = window

    def items(self) -> Iterator[PaletteItem]:
        """Return the settings with their values."""
        if not self._window.has_run:
            return

        run = self._window.run
        status = run.session.status.get()
        reason = "The run is only watched" if status.watching else self._window.action_set.why_not("run.settings")
        for option in options():
            if not option.fixed:
                yield PaletteItem(
                    f"setting:{option.name}",
                    "Setting",
                    option.name,
                    place=f"now {setting_text(getattr(status.config, option.name))}",
                    detail=f"{option.help}; {option.range}",
                    words=option.name.replace("_", " "),
                    reason=reason,
                    run=functools.partial(run.open_settings, option.name),
                )
