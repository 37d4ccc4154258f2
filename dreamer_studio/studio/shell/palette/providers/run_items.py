"""The runs on this machine."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path

from dreamer_studio.library.entry import RunEntry, RunState
from dreamer_studio.studio.shell.palette.items import PaletteItem
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.library.messages import Listing


class RunItems:
    """Opens runs. Until the runs are listed, offers those that were open last.

    Args:
        listing: the list of runs.
        recent: returns the folders of the runs that were open last, the newest first.
        on_show: returns the folder of the open run, or None.
        open_run: opens a run by its folder.
    """

    def __init__(
        self,
        listing: Channel[tuple[Path, ...], Listing],
        recent: Callable[[], tuple[Path, ...]],
        on_show: Callable[[], Path | None],
        open_run: Callable[[Path], object],
    ) -> None:
        self._listing, self._recent, self._on_show, self._open = listing, recent, on_show, open_run
        self._made: tuple[object, tuple[PaletteItem, ...]] = (None, ())

    def items(self) -> Iterator[PaletteItem]:
        """Return the runs, newest first."""
        listed, on_show = self._listing.result, self._on_show()
        if listed is None:
            yield from (self._recent_item(path, on_show) for path in self._recent())
            return
        key = (listed, on_show)
        if key != self._made[0]:
            self._made = key, tuple(self._item(entry, on_show) for entry in listed.entries)
        yield from self._made[1]

    def _item(self, entry: RunEntry, on_show: Path | None) -> PaletteItem:
        reached = f"{entry.step:,} of {entry.steps:,} steps" if entry.steps else ""
        parts = (reached, str(entry.state), entry.note)
        return PaletteItem(
            _id(entry.path),
            "Run",
            entry.title,
            place=f"{entry.task} \N{MIDDLE DOT} {entry.preset}" if entry.task else "",
            detail=", ".join(part for part in parts if part),
            words=entry.path.name,
            reason=_why_not(entry, on_show),
            run=functools.partial(self._open, entry.path),
        )

    def _recent_item(self, path: Path, on_show: Path | None) -> PaletteItem:
        reason = "It is open here" if path == on_show else ""
        run = functools.partial(self._open, path)
        return PaletteItem(_id(path), "Run", path.name, detail=str(path), reason=reason, run=run)


def _id(path: Path) -> str:
    return f"run:{path}"


def _why_not(entry: RunEntry, on_show: Path | None) -> str:
    if entry.path == on_show:
        return "It is open here"
    if entry.state is RunState.DAMAGED:
        return f"Damaged: {entry.problem}" if entry.problem else "Damaged"
    return ""
