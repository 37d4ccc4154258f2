"""The workers behind the list of runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dreamer_studio.library.labels import Label
from dreamer_studio.replay import EpisodeStore
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.library import workers
from dreamer_studio.viewing.library.messages import (
    LabelRun,
    LibraryChannels,
    LibraryCommand,
    Listing,
    RunThumbnail,
    ThumbnailSpot,
    TrashRuns,
    UndoTrash,
)
from dreamer_studio.viewing.library.workers import library_workers
from tests.support.listed_runs import held_elsewhere, write_run
from tests.support.made_run import made_episode


class Desk:
    """The channels and the workers behind them, in the test's own thread."""

    def __init__(self, root: Path) -> None:
        self.channels = LibraryChannels()
        self.channels.listing.ask((root,))
        self._workers = library_workers(self.channels)()
        self.work()

    def work(self) -> int:
        turns = 0
        while [worker.turn() for worker in self._workers].count(True):
            turns += 1
        return turns

    @property
    def listing(self) -> Listing:
        listing = self.channels.listing.result
        assert listing is not None
        return listing

    @property
    def names(self) -> set[str]:
        return {entry.name for entry in self.listing.entries}

    def obey(self, *commands: LibraryCommand) -> list[tuple[str, bool]]:
        before = self.channels.commands.replies_since(0)[1]
        for command in commands:
            self.channels.commands.send(command)
        self.work()
        return [(reply.text, reply.bad) for reply in self.channels.commands.replies_since(before)[0]]

    def thumbnails(self, *spots: ThumbnailSpot) -> tuple[RunThumbnail, ...]:
        self.channels.thumbnails.ask(spots)
        self.work()
        found = self.channels.thumbnails.result
        assert found is not None
        return found


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(workers, "LIST_SECONDS", 0.0)
    write_run(tmp_path / "one", tests=(1.0,))
    write_run(tmp_path / "two", tests=(2.0,))
    return Desk(tmp_path)


def test_that_a_list_comes_without_sizes_first_and_then_with_them(tmp_path: Path) -> None:
    write_run(tmp_path / "one", tests=(1.0,))
    channels = LibraryChannels()
    channels.listing.ask((tmp_path,))
    made = library_workers(channels)()
    sizes = []
    for turns in (1, 3):
        for _ in range(turns):
            for worker in made:
                worker.turn()
        listing = channels.listing.result
        assert listing is not None
        sizes.append(listing.entries[0].size_bytes)
    assert sizes[0] is None and sizes[1] is not None


def test_that_the_rest_of_the_logs_waits_while_the_user_waits_for_something_else(tmp_path: Path) -> None:
    write_run(tmp_path / "one", tests=(1.0,))
    channel: Channel[tuple[Path, ...], Listing] = Channel()
    busy = [True]
    worker = workers.ListingWorker(channel, 0.0, lambda: busy[0])
    channel.ask((tmp_path,))
    while worker.turn():
        pass
    assert channel.result is not None and channel.result.entries[0].size_bytes is None
    busy[0] = False
    while worker.turn():
        pass
    assert channel.result.entries[0].size_bytes is not None


def test_that_nothing_is_answered_while_nothing_changes_or_the_list_is_hidden(desk: Desk, tmp_path: Path) -> None:
    listing = desk.listing
    assert desk.work() == 0 and desk.listing is listing
    desk.channels.set_visible(False)
    write_run(tmp_path / "three", step=100)
    assert desk.work() == 0 and desk.listing is listing


def test_that_a_label_shows_in_the_list(desk: Desk, tmp_path: Path) -> None:
    assert desk.obey(LabelRun(tmp_path / "one", Label("walker", "slow"))) == []
    assert desk.names == {"walker", "two"}
    refused = desk.obey(LabelRun(tmp_path / "missing", Label("x")))
    assert len(refused) == 1 and refused[0][1]


def test_that_runs_go_to_the_trash_together_and_come_back_with_undo(desk: Desk, tmp_path: Path) -> None:
    said = desk.obey(TrashRuns((tmp_path / "one", tmp_path / "two")))
    assert said == [(f"2 runs moved to {tmp_path / '.trash'}", False)]
    assert not desk.names and len(desk.listing.trashed) == 2
    assert desk.obey(UndoTrash()) == [("Back from the trash: one, two", False)]
    assert desk.names == {"one", "two"} and not desk.listing.trashed
    assert desk.obey(UndoTrash())[0][1]


def test_that_a_run_that_trains_is_refused_and_those_before_it_can_come_back(desk: Desk, tmp_path: Path) -> None:
    with held_elsewhere(tmp_path / "two") as holder:
        moved, refused = desk.obey(TrashRuns((tmp_path / "one", tmp_path / "two")))
    assert not moved[1] and refused[1] and f"process {holder.pid}" in refused[0]
    assert desk.names == {"two"}
    desk.obey(UndoTrash())
    assert desk.names == {"one", "two"}


def test_that_a_run_that_cannot_be_restored_stays_in_the_trash_for_the_next_try(desk: Desk, tmp_path: Path) -> None:
    desk.obey(TrashRuns((tmp_path / "one", tmp_path / "two")))
    away = (tmp_path / ".trash" / "two").rename(tmp_path / "away")
    back, refused = desk.obey(UndoTrash())
    assert back == ("Back from the trash: one", False) and refused[1]
    (tmp_path / ".trash").mkdir()
    away.rename(tmp_path / ".trash" / "two")
    assert desk.obey(UndoTrash()) == [("Back from the trash: two", False)]


def test_that_thumbnails_are_the_middle_of_the_newest_episode_and_read_once(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    episodes = [made_episode(seed) for seed in (1, 2)]
    store = EpisodeStore(tmp_path / "one" / "episodes", 0)
    for episode in episodes:
        store.add(episode)
    spots = [ThumbnailSpot(tmp_path / name, 7) for name in ("one", "two")]
    found = {each.spot: each.image for each in desk.thumbnails(*spots)}
    image = found[spots[0]]
    assert image is not None and np.array_equal(image, episodes[1].image[len(episodes[1]) // 2])
    assert found[spots[1]] is None
    monkeypatch.setattr(workers, "read_thumbnail", lambda run: pytest.fail(f"{run} was read again"))
    assert {each.spot for each in desk.thumbnails(*spots)} == set(spots)


def test_that_a_damaged_episode_gives_no_thumbnail(desk: Desk, tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "one" / "episodes", 0)
    store.add(made_episode(1))
    for file in (tmp_path / "one" / "episodes").iterdir():
        file.write_bytes(b"no episode")
    (thumbnail,) = desk.thumbnails(ThumbnailSpot(tmp_path / "one", 0))
    assert thumbnail.image is None
