"""List runs, read their thumbnails, and carry out the commands of the list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from dreamer_studio.envs import EnvError
from dreamer_studio.library.labels import read_label, write_label
from dreamer_studio.library.listing import RunList
from dreamer_studio.library.thumbnail import read_thumbnail
from dreamer_studio.library.trash import Trashed, move_to_trash, restore
from dreamer_studio.replay import ReplayError
from dreamer_studio.runs.errors import InputError
from dreamer_studio.viewing.channel import Channel, Commands
from dreamer_studio.viewing.library.messages import (
    LabelRun,
    LibraryChannels,
    LibraryCommand,
    Listing,
    RunThumbnail,
    StopStudy,
    ThumbnailSpot,
    TrashRuns,
    UndoTrash,
)
from dreamer_studio.viewing.throttle import Throttle
from dreamer_studio.viewing.worker import Worker

LIST_SECONDS = 2.0  # between looks at the folders
SHOW_SECONDS = 0.5  # between answers while older rows are read


class ListingWorker:
    """Keeps the list of runs up to date while it is visible.

    The first look reads the ends of the logs. Later turns read the rest in small pieces, and other workers can have
    their turns in between.

    Attributes:
        trashed: runs in the trash, a group for each command, oldest first.

    Args:
        channel: the standing request.
        list_seconds: time between two looks at the folders.
        gives_way: returns whether the user waits for something else, so that the rest of the logs has to wait.
    """

    def __init__(
        self,
        channel: Channel[tuple[Path, ...], Listing],
        list_seconds: float,
        gives_way: Callable[[], bool] = lambda: False,
    ) -> None:
        self.channel = channel
        self._gives_way = gives_way
        self.trashed: list[tuple[Trashed, ...]] = []
        self._runs = RunList()
        self._due, self._show_due = Throttle(list_seconds), Throttle(SHOW_SECONDS)
        self._generation = 0
        self._roots: tuple[Path, ...] = ()
        self._unshown = False
        self._listed: Listing | None = None

    def turn(self) -> bool:
        """List when it is due, else read a piece of what is missing. Return whether there was work."""
        taken = self.channel.take()
        if taken is not None:
            self._generation, self._roots = taken
            self._listed = None
            self._due()
            return self.list_now()
        if not self.channel.wants(self._generation):
            return False
        changed = self._due() and self.list_now()
        if self._gives_way():
            return changed
        if self._runs.read_more():
            self._unshown = True
            if self._show_due():
                self._show()
            return True
        if self._unshown:
            return self._show()
        return changed

    def list_now(self) -> bool:
        """Look at the folders, and return whether something has changed."""
        self._runs.list(self._roots)
        return self._show()

    def _show(self) -> bool:
        """Answer with everything read so far, and return whether something has changed."""
        self._unshown = False
        entries = self._runs.entries
        trashed = tuple(each for group in self.trashed for each in group)
        found = Listing(self._roots, entries, trashed)
        if found == self._listed:
            return False
        self.channel.answer(self._generation, found, done=False)
        self._listed = found
        return True


class RunThumbnailWorker:
    """Answers the newest request for thumbnails, one image per turn. Images that are in memory are not read again."""

    def __init__(self, channel: Channel[tuple[ThumbnailSpot, ...], tuple[RunThumbnail, ...]]) -> None:
        self.channel = channel
        self._generation = 0
        self._wanted: list[ThumbnailSpot] = []
        self._ready: list[RunThumbnail] = []
        self._kept: dict[Path, RunThumbnail] = {}

    def turn(self) -> bool:
        """Read one thumbnail, if any is missing, and return whether there was work."""
        taken = self.channel.take()
        if taken is not None:
            self._generation, spots = taken
            kept = [self._kept.get(spot.run) for spot in spots]
            self._ready = [each for each, spot in zip(kept, spots, strict=True) if each and each.spot == spot]
            ready = {each.spot for each in self._ready}
            self._wanted = [spot for spot in spots if spot not in ready]
        elif not self._wanted or not self.channel.wants(self._generation):
            return False
        if self._wanted:
            self._ready.append(self._read(self._wanted.pop(0)))
        self.channel.answer(self._generation, tuple(self._ready), done=not self._wanted)
        return True

    def _read(self, spot: ThumbnailSpot) -> RunThumbnail:
        try:
            image = read_thumbnail(spot.run)
        except (ReplayError, OSError):
            image = None
        made = self._kept[spot.run] = RunThumbnail(spot, image)
        return made


class LibraryCommandsWorker:
    """Carries out the commands of the list, one per turn, and reports the outcome."""

    def __init__(self, lister: ListingWorker, channel: Commands[LibraryCommand]) -> None:
        self.channel = channel
        self._lister = lister

    def turn(self) -> bool:
        """Carry out one command, if there is any, and return whether there was."""
        command = self.channel.take()
        if command is None:
            return False
        try:
            match command:
                case LabelRun(run, label):
                    write_label(run, label)
                case TrashRuns(runs):
                    self._trash(runs)
                case UndoTrash():
                    self._undo()
                case StopStudy(folder):
                    self._stop_study(folder)
        except (InputError, EnvError, OSError) as error:
            self.channel.reply(str(error), bad=True)
        self._lister.list_now()
        return True

    def _trash(self, runs: Sequence[Path]) -> None:
        moved: list[Trashed] = []
        names = [read_label(run).name or run.name for run in runs]
        try:
            moved.extend(map(move_to_trash, runs))  # if one is refused, those before it have moved
        finally:
            if moved:
                self._lister.trashed.append(tuple(moved))
                what = names[0] if len(moved) == 1 else f"{len(moved)} runs"
                self.channel.reply(f"{what} moved to {moved[0].kept.parent}")

    def _stop_study(self, folder: Path) -> None:
        from dreamer_studio.studies.plan import Plan  # noqa: PLC0415  (not needed for a list)
        from dreamer_studio.studies.stopping import request_stop  # noqa: PLC0415  (not needed for a list)
        from dreamer_studio.studies.study_folder import find_study  # noqa: PLC0415  (not needed for a list)

        found = find_study(folder)
        told = "; ".join(request_stop(Plan(found.study), found.folder))
        self.channel.reply(f"{found.study.name}: {told}")

    def _undo(self) -> None:
        if not self._lister.trashed:
            self.channel.reply("Nothing is in the trash to bring back.", bad=True)
            return
        waiting, back = list(self._lister.trashed.pop()), []
        try:
            while waiting:
                back.append(restore(waiting[0]))
                del waiting[0]
        finally:
            if waiting:
                self._lister.trashed.append(tuple(waiting))
            if back:
                names = (read_label(path).name or path.name for path in back)
                self.channel.reply(f"Back from the trash: {', '.join(names)}")


def library_workers(
    channels: LibraryChannels, gives_way: Callable[[], bool] = lambda: False
) -> Callable[[], Sequence[Worker]]:
    """Return a function that makes the workers of the list, in the thread that calls it.

    Args:
        channels: the channels of the workers.
        gives_way: as in `ListingWorker`.
    """

    def make() -> Sequence[Worker]:
        lister = ListingWorker(channels.listing, LIST_SECONDS, gives_way)
        return (
            LibraryCommandsWorker(lister, channels.commands),
            lister,
            RunThumbnailWorker(channels.thumbnails),
        )

    return make
