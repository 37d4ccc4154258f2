"""Setting an episode aside renames no other: in the list, in images, bookmarks and scenes."""

from __future__ import annotations

import numpy as np

from dreamer_studio.replay import EpisodeStore
from dreamer_studio.replay.bookmarks import Bookmark, read_bookmarks
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.replay.bookmark_words import frame_of
from dreamer_studio.viewing.replay.messages import SetBookmark
from dreamer_studio.viewing.scene.messages import SceneRequest
from dreamer_studio.viewing.scene.source import SceneSource
from tests.support.episodes import make_episode, same
from tests.support.idle_session import row
from tests.support.library import Library

ROWS = 20


def leave_out(library: Library, number: int) -> None:
    """Leave out an episode, as the training does with an unreadable file."""
    folder = library.folder / "episodes"
    store = EpisodeStore(folder, 0)
    store.leave_out(next(folder.glob(f"episode-{number:06d}-*.zst")), rename=True)
    library.be(replay_episodes=len(store), replay_newest=store.newest)


def stored_in(library: Library) -> list[int]:
    return [int(number) for number in library.catalog.numbers]


def test_that_frames_images_and_returns_are_of_the_requested_episode(library: Library) -> None:
    library.store(*(make_episode(number, ROWS) for number in range(4)))
    leave_out(library, 1)
    library.want(frame=FrameRef(False, 2, 7), images=((3, 5), (1, 5)), returns=(3,))
    assert library.block.images[7, 0, 0].tolist() == [7, 2, 0]
    images = [each.image for each in library.thumbnails]
    assert images[0] is not None and images[0][0, 0].tolist() == [5, 3, 0]
    assert images[1] is None
    assert library.catalog.returns[2] == make_episode(3, ROWS).total_reward
    library.want(frame=FrameRef(False, 1, 7))
    assert library.problem == "Episode 1 is not stored; 3 are, the newest is 3."


def test_that_the_list_changes_although_the_number_of_episodes_stays_the_same(library: Library) -> None:
    library.store(*(make_episode(number, ROWS) for number in range(3)))
    library.session.steps.append(row(0, episode=3))
    library.want()
    assert stored_in(library) == [0, 1, 2]
    assert library.catalog.running is not None and library.catalog.running.episode == 3
    folder = library.folder / "episodes"
    EpisodeStore(folder, 0).add(make_episode(3, ROWS))
    leave_out(library, 0)
    library.work()
    assert stored_in(library) == [1, 2, 3]
    assert library.catalog.running is None  # it is stored now


def test_that_a_request_for_a_running_episode_finds_it_among_the_stored_ones_after_its_end(library: Library) -> None:
    library.store(*(make_episode(number, ROWS) for number in range(3)))
    leave_out(library, 0)
    running, source = FrameRef(True, 3, 7), SceneSource(library.session)
    request = SceneRequest(running, 4, 5, "recorded", 0)
    library.session.steps.append(row(0, episode=3))
    for index in range(1, 9):
        library.session.steps.append(row(index, episode=3))
    live = source.find(request)
    assert live is not None and live.origin == running
    library.store(make_episode(3, ROWS))
    found, way = source.find(request), source.way_to(running)
    assert found is not None and found.origin == FrameRef(False, 3, 7)
    assert same(found.rows, make_episode(3, ROWS).part(4, 9))
    assert (way.episode, len(way.actions)) == (3, 7)


def test_that_the_running_episode_is_bookmarked_by_the_number_that_its_file_will_have(library: Library) -> None:
    library.store(*(make_episode(number, ROWS) for number in range(4)))
    leave_out(library, 1)
    library.obey(SetBookmark(FrameRef(True, 4, 6)), SetBookmark(FrameRef(False, 2, 5)))
    kept = read_bookmarks(library.folder / "bookmarks.json")
    assert kept == (Bookmark(4, 6), Bookmark(2, 5))
    newest_is_gone = np.array([0, 2])
    assert [frame_of(each, newest_is_gone, 4) for each in kept] == [FrameRef(True, 4, 6), FrameRef(False, 2, 5)]
    assert frame_of(kept[0], newest_is_gone, -1) is None  # nothing is trained
    assert frame_of(Bookmark(1, 6), newest_is_gone, 4) is None
    assert frame_of(kept[0], np.array([0, 2, 4]), 5) == FrameRef(False, 4, 6)
