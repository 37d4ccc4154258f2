"""The workers of the replay browser, without a window; the test plays the trainer."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import numpy as np
import pytest

from dreamer_studio.replay import Episode, EpisodeList
from dreamer_studio.replay.bookmarks import Bookmark, read_bookmarks, write_bookmarks
from dreamer_studio.replay.hard_moments import HardMoment, write_hard_moments
from dreamer_studio.replay.scenes import SavedScene, read_scene, write_scene
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.history import RowHistory
from dreamer_studio.runs.rows import Row
from dreamer_studio.studio.replay.image_cache import FrameCache
from dreamer_studio.viewing.frame_ref import FrameRef, HeldOutTest
from dreamer_studio.viewing.replay.bookmark_words import why_set
from dreamer_studio.viewing.replay.catalog import Running
from dreamer_studio.viewing.replay.messages import (
    ForgetBookmark,
    KeepBookmark,
    KeepFound,
    SaveScene,
    SetBookmark,
)
from tests.support.episodes import make_episode
from tests.support.file_limits import files_no_larger_than, no_file_can_be_opened
from tests.support.idle_session import SPEC, row
from tests.support.library import Library


def test_that_the_list_says_what_ended_an_episode_if_the_log_does(library: Library) -> None:
    library.store(make_episode(0, 20), make_episode(1, 30), make_episode(2, 40))
    history: RowHistory[Row] = RowHistory()
    history.append("prefill", {"kind": "prefill", "episode": 0, "end": "truncated"})
    history.append("train", {"kind": "train"})  # of an earlier version
    library.session.log.take(history)
    library.want()
    assert [library.catalog.end(place) for place in range(3)] == ["truncated", "", ""]
    history.append("train", {"kind": "train", "episode": 2, "end": "terminated"})
    library.want()
    assert [library.catalog.end(place) for place in range(3)] == ["truncated", "", "terminated"]
    library.session.log.take(RowHistory())
    library.want()
    assert [library.catalog.end(place) for place in range(3)] == ["", "", ""]


def test_that_nothing_is_read_for_a_hidden_browser(library: Library) -> None:
    library.store(make_episode(0, 20))
    library.channels.set_visible(False)
    library.want(frame=FrameRef(False, 0, 3), images=((0, 3),), returns=(0,), all_returns=True)
    channels = library.channels
    assert (channels.catalog.newest(), channels.frame.newest(), channels.thumbnails.newest()) == (None, None, None)


def test_that_episodes_are_listed_with_what_their_names_and_files_say(library: Library) -> None:
    library.be(config=dataclasses.replace(library.session.status.get().config, prefill=60))
    library.store(make_episode(0, 20), make_episode(1, 30), make_episode(2, 40))
    library.want()
    listed = library.catalog
    assert (listed.length.tolist(), listed.steps.tolist()) == ([19, 29, 39], [38, 58, 78])
    assert listed.prefill.tolist() == [True, True, False]  # it lasts to the end of the episode in which it ends
    assert np.isnan(listed.returns).all() and listed.unknown == 3
    library.want(returns=(1,))
    expected = [make_episode(number, rows).total_reward for number, rows in ((0, 20), (1, 30), (2, 40))]
    np.testing.assert_equal(library.catalog.returns, [np.nan, expected[1], np.nan])
    library.want(all_returns=True)
    assert library.catalog.returns.tolist() == expected
    library.store(make_episode(3, 50))
    library.work()
    assert library.catalog.returns.tolist()[:3] == expected  # what is known stays


def test_that_frames_and_thumbnails_are_the_requested_ones(library: Library) -> None:
    library.store(make_episode(0, 40), make_episode(1, 40))
    library.want(frame=FrameRef(False, 1, 35), images=((0, 20), (1, 7)))
    assert (library.block.first, len(library.block.images)) == (32, 8)
    assert library.block.images[3, 0, 0].tolist() == [35, 1, 0]
    drawn = [image.image[0, 0].tolist() for image in library.thumbnails if image.image is not None]
    assert drawn == [[20, 0, 0], [7, 1, 0]]


def test_that_an_unreadable_episode_is_reported_and_the_others_are_read(library: Library) -> None:
    library.store(make_episode(0, 20), make_episode(1, 20))
    damaged = next((library.folder / "episodes").glob("episode-000000*"))
    damaged.write_bytes(b"nothing")
    library.want(frame=FrameRef(False, 0, 3), images=((0, 3), (1, 3)), all_returns=True)
    assert "is not a readable episode" in library.problem
    assert [image.image is None for image in library.thumbnails] == [True, False]
    assert (library.catalog.unreadable, library.catalog.unknown) == (frozenset({0}), 0)


def test_that_the_running_episode_is_listed_with_its_newest_frame_and_restarts_with_its_attempt(
    library: Library,
) -> None:
    library.store(make_episode(0, 20))
    for index in range(30):
        library.session.steps.append(row(index, episode=1))
    library.want(frame=FrameRef(True, 1, 12))
    assert library.catalog.running == Running(1, 0, 30, 30, float(sum(range(30))))
    assert library.catalog.newest is not None and library.catalog.newest[0, 0, 0] == 29
    assert library.block.images[12 - library.block.first, 0, 0, 0] == 12
    frames, first_attempt = FrameCache(), library.block
    frames.set_attempt(library.catalog.running.attempt)
    frames.put(first_attempt)
    assert frames.get(FrameRef(True, 1, 12)) is not None
    for index in range(5):  # given up, and begun again
        library.session.steps.append(row(index, episode=1))
    library.want(frame=FrameRef(True, 1, 3))
    assert library.catalog.running.rows == 5
    frames.set_attempt(library.catalog.running.attempt)
    assert frames.get(FrameRef(True, 1, 12)) is None  # it is of the attempt that was given up
    library.want(frame=FrameRef(True, 1, 4), attempt=library.catalog.running.attempt)
    for block in (first_attempt, library.block):
        frames.put(block)
    assert frames.get(FrameRef(True, 1, 4)) is not None
    library.store(make_episode(1, 5))
    library.work()
    assert library.catalog.running is None  # it is stored now


def test_that_only_the_visible_of_ten_thousand_episodes_are_read(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.store(make_episode(0, 20))
    folder = library.folder / "episodes"
    (first,) = folder.iterdir()
    for number in range(1, 10_000):
        os.link(first, folder / first.name.replace("000000", f"{number:06d}"))
    library.be(replay_episodes=10_000)
    read: list[int] = []
    get = EpisodeList.get

    def counted(self: EpisodeList, place: int, *rows: int, remember: bool = False) -> Episode:
        read.append(place)
        return get(self, place, *rows, remember=remember)

    monkeypatch.setattr(EpisodeList, "get", counted)
    library.want(images=((9_999, 10), (9_998, 10)), returns=(9_999, 9_998))
    assert len(library.catalog) == 10_000
    assert sorted(read) == [9_998, 9_998, 9_999, 9_999]


def test_that_bookmarks_are_added_noted_and_removed_in_the_file(library: Library) -> None:
    library.store(make_episode(0, 20), make_episode(1, 20))
    path = library.folder / "bookmarks.json"
    (told,) = library.obey(SetBookmark(FrameRef(False, 1, 7)))
    assert told == "Bookmarked frame 7 of episode 1"
    library.obey(KeepBookmark(Bookmark(1, 7, note="look")), KeepFound((Bookmark(0, 3, "kl", value=2.0, update=9),)))
    assert read_bookmarks(path) == (Bookmark(1, 7, note="look"), Bookmark(0, 3, "kl", value=2.0, update=9))
    elsewhere = Bookmark(0, 12, note="by another window")
    write_bookmarks(path, (*read_bookmarks(path), elsewhere))
    library.obey(ForgetBookmark(Bookmark(0, 3, "kl")))
    assert library.bookmarks == read_bookmarks(path) == (Bookmark(1, 7, note="look"), elsewhere)


def listed(library: Library) -> list[Bookmark]:
    return list(library.bookmarks or ())


def test_that_hard_moments_follow_the_bookmarks_hardest_first_and_can_be_removed_and_brought_back(
    library: Library,
) -> None:
    library.store(make_episode(0, 20), make_episode(1, 20))
    folder = RunFolder(library.folder)
    library.obey(SetBookmark(FrameRef(False, 1, 7)))
    write_hard_moments(folder.hard_moments, (HardMoment(0, 9, 80, 17.0, 8.5), HardMoment(1, 7, 1240, 93.0, 9.3)))
    library.look_again()
    milder, harder = Bookmark(0, 9, "hard", value=8.5, update=80), Bookmark(1, 7, "hard", value=9.3, update=1240)
    assert listed(library) == [Bookmark(1, 7), harder, milder]
    assert why_set(harder) == "hard moment: loss 9.3 times the usual at update 1,240"
    library.obey(ForgetBookmark(harder))
    assert listed(library) == [Bookmark(1, 7), milder]
    library.look_again()
    assert listed(library) == [Bookmark(1, 7), milder]
    library.obey(KeepBookmark(harder))  # taken back
    assert listed(library) == [Bookmark(1, 7), harder, milder]
    again = HardMoment(0, 9, 2000, 90.0, 9.0)
    library.obey(ForgetBookmark(milder))
    write_hard_moments(folder.hard_moments, (again,))  # hard in another update
    library.look_again()
    assert listed(library) == [Bookmark(1, 7), harder, Bookmark(0, 9, "hard", value=9.0, update=2000)]


def test_that_a_hard_moment_with_a_note_stays_when_the_training_no_longer_keeps_it(library: Library) -> None:
    library.store(make_episode(0, 20))
    path = RunFolder(library.folder).hard_moments
    write_hard_moments(path, (HardMoment(0, 9, 80, 17.0, 8.5),))
    noted = Bookmark(0, 9, "hard", "the fall", 8.5, 80)
    library.obey(KeepBookmark(noted))
    write_hard_moments(path, ())
    library.obey(KeepFound(()))
    assert library.bookmarks == (noted,)


def test_that_damaged_hard_moments_are_reported_once_and_the_bookmarks_are_listed(library: Library) -> None:
    library.obey(KeepBookmark(Bookmark(1, 7)))
    path = RunFolder(library.folder).hard_moments
    path.write_text("nothing")
    (told,) = library.look_again()
    assert told.startswith("hard_moments.json cannot be read: ")
    assert told.endswith("No hard moments are listed.")
    assert (library.look_again(), library.bookmarks) == ([], (Bookmark(1, 7),))


def test_that_damaged_marks_of_removed_moments_list_all_and_are_set_aside_by_the_next_removal(library: Library) -> None:
    folder = RunFolder(library.folder)
    write_hard_moments(folder.hard_moments, (HardMoment(0, 9, 80, 17.0, 8.5), HardMoment(1, 7, 1240, 93.0, 9.3)))
    folder.removed_moments.write_text("[[0, 9,")
    (told,) = library.look_again()
    assert told.startswith("hard_moments_removed.json cannot be read: ")
    assert told.endswith("Removed moments are listed again; the next removal sets the file aside.")
    milder, harder = Bookmark(0, 9, "hard", value=8.5, update=80), Bookmark(1, 7, "hard", value=9.3, update=1240)
    assert listed(library) == [harder, milder]
    told = library.obey(ForgetBookmark(harder))[0]
    moved = "hard_moments_removed.json.damaged"
    assert told == f"The unreadable list of removed moments is now in {moved}."
    assert (library.folder / moved).read_text() == "[[0, 9,"
    assert listed(library) == [milder]


def test_that_a_bookmark_has_the_number_of_its_episodes_file_whatever_files_are_missing(library: Library) -> None:
    library.store(make_episode(0, 20), make_episode(1, 20), make_episode(2, 20))
    next((library.folder / "episodes").glob("episode-000000*")).unlink()
    library.be(replay_episodes=2)
    library.obey(SetBookmark(FrameRef(False, 2, 7)), SetBookmark(FrameRef(True, 3, 3)))
    assert read_bookmarks(library.folder / "bookmarks.json") == (Bookmark(2, 7), Bookmark(3, 3))


def test_that_a_damaged_bookmarks_file_is_set_aside_and_nothing_in_it_is_lost(library: Library) -> None:
    path = library.folder / "bookmarks.json"
    path.write_text('{"bookmarks": [{"episode": 1,')
    (told,) = library.obey()
    assert told.startswith("bookmarks.json cannot be read: JSONDecodeError")
    assert library.bookmarks == ()
    told, _ = library.obey(SetBookmark(FrameRef(False, 0, 7)))
    assert told == "The bookmarks that could not be read are in bookmarks.json.damaged now."
    assert read_bookmarks(path) == (Bookmark(0, 7),)
    path.write_text("once more")
    told, _ = library.obey(SetBookmark(FrameRef(False, 0, 8)))
    assert told == "The bookmarks that could not be read are in bookmarks.json.damaged-2 now."
    assert path.with_name("bookmarks.json.damaged").read_text() == '{"bookmarks": [{"episode": 1,'
    assert path.with_name("bookmarks.json.damaged-2").read_text() == "once more"


def test_that_a_bookmarks_file_that_cannot_be_opened_for_the_moment_stays_unchanged(library: Library) -> None:
    path = library.folder / "bookmarks.json"
    write_bookmarks(path, (Bookmark(1, 7, note="look"),))
    with no_file_can_be_opened():
        told = library.obey() + library.look_again() + library.obey(KeepBookmark(Bookmark(0, 3)))
    why = "bookmarks.json cannot be read just now (Too many open files); it stays as it is"
    assert told == [why, why]  # found at the first look, and asked for
    assert library.bookmarks is None
    assert [each.name for each in library.folder.iterdir()] == ["bookmarks.json"]
    assert library.look_again() == []
    assert library.bookmarks == (Bookmark(1, 7, note="look"),)
    library.obey(KeepBookmark(Bookmark(0, 3)))
    assert library.bookmarks == read_bookmarks(path) == (Bookmark(1, 7, note="look"), Bookmark(0, 3))


def test_that_a_folder_that_cannot_be_written_is_reported_in_one_line_and_left_as_it_is(library: Library) -> None:
    before = sorted(library.folder.iterdir())
    with files_no_larger_than(1):
        told = library.obey(SetBookmark(FrameRef(False, 0, 7)))
    assert told == [f"Bookmarks cannot be kept in {library.folder}: File too large."]
    assert sorted(library.folder.iterdir()) == before


def test_that_a_frame_that_cannot_be_bookmarked_is_refused_with_the_reason(library: Library) -> None:
    library.be(watching=True)
    told = library.obey(
        SetBookmark(FrameRef(True, 0, 7)),
        SetBookmark(FrameRef(False, 0, 7, "a.scene.npz")),
        SetBookmark(FrameRef(False, 0, 7, test=HeldOutTest(2))),
    )
    assert told[0].startswith("A watched run does not store this episode.")
    assert all(words.startswith("You can bookmark only frames of this run's replay.") for words in told[1:])
    assert told[2].endswith("This frame belongs to a test.")
    assert not (library.folder / "bookmarks.json").exists()


def test_that_a_scene_is_saved_from_the_replay_and_from_the_running_episode(library: Library, tmp_path: Path) -> None:
    library.store(make_episode(0, 40))
    for index in range(30):
        library.session.steps.append(row(index, episode=1))
    paths = tmp_path / "a.scene.npz", tmp_path / "b.scene.npz"
    library.obey(SaveScene(FrameRef(True, 1, 28), 8, 10, paths[1]))
    library.be(spec=dataclasses.replace(SPEC, action_size=2, action_names=("one", "two")))
    library.obey(SaveScene(FrameRef(False, 0, 20), 5, 10, paths[0]))
    stored, live = (read_scene(path) for path in paths)
    assert (stored.about.task, stored.about.first, stored.about.frame, stored.about.rows) == (SPEC.task, 16, 4, 15)
    assert stored.rows.image[:, 0, 0, 0].tolist() == list(range(16, 31))
    assert (live.about.episode, live.about.first, live.about.frame, live.about.rows) == (1, 21, 7, 9)
    again = tmp_path / "again.scene.npz"
    library.be(spec=SPEC)
    strange = dataclasses.replace(live.about, task="gym:Other-v0")
    write_scene(paths[1], SavedScene(strange, live.rows))
    library.obey(SaveScene(FrameRef(False, 1, 26, str(paths[1])), 2, 10, again))
    kept = read_scene(again)
    assert kept.about == dataclasses.replace(strange, first=25, frame=1, rows=5)  # where it was cut from at first
    assert kept.rows.image[:, 0, 0, 0].tolist() == list(range(25, 30))
    (told,) = library.obey(SaveScene(FrameRef(False, 0, 20), 5, 10, tmp_path / "none" / "c.scene.npz"))
    assert "No such file or directory" in told
