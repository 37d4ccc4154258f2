"""The episodes of tests: stored beside the replay, bounded, and never learned from.

`tests/update-000042/` holds the episodes of the tests that the weights of update 42 played, each under its number among
all test episodes of the run.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.files import write_whole
from dreamer_studio.replay.episode import Episode
from dreamer_studio.replay.files import ReplayError
from dreamer_studio.replay.growing import GrowingEpisode
from dreamer_studio.replay.index import EpisodeIndex, EpisodeList
from dreamer_studio.replay.stored import StoredEpisode, episodes_in, file_names

MOST_EPISODES: Final = 32
"""Most episodes that stay, from the newest tests."""

MOST_BYTES: Final = 64 * 2**20
"""Most bytes of their files."""

_NAME = re.compile(r"update-(\d{6,12})")


@dataclass(frozen=True, eq=False)
class KeptEpisode:
    """An episode of a test.

    Attributes:
        update: of the weights that played it.
        number: among all test episodes of the run.
        rows: its first rows.
        states: (L, n), the simulator's states at these rows; None if they are not on record.
    """

    update: int
    number: int
    rows: Episode
    states: NDArray[np.float64] | None = None


def keep_test(
    folder: Path,
    update: int,
    first: int,
    played: Sequence[GrowingEpisode],
    check: Callable[[], None] = lambda: None,
) -> None:
    """Store the episodes of one test, and remove older ones beyond the bounds.

    Tests of later updates are removed, and so are episodes of the same update with this or a later number: the training
    went back, and plays these tests again. If one test is beyond the bounds, only its first episodes are stored.

    Args:
        folder: of all stored tests.
        update: of the weights that played.
        first: number of the test's first episode among all test episodes of the run.
        played: the episodes.
        check: called before anything is removed, and for each file as in `write_whole`.

    Raises:
        OSError: they cannot be written; whole files stay.
        ReplayError: the folder has files of an earlier format.
    """
    check()
    for later in (known for known in _tests_in(folder) if known[0] > update):
        shutil.rmtree(later[1])
    target = folder / _name_of(update)
    target.mkdir(parents=True, exist_ok=True)
    packed, left = [], MOST_BYTES
    for number, episode in enumerate(played[:MOST_EPISODES], first):
        content = episode.pack()
        left -= len(content)
        if left < 0:
            break
        packed.append((StoredEpisode(number, len(episode), episode.total_steps).file_name, content))
    _make_room(target, first, MOST_EPISODES - len(packed), left)
    for name, content in packed:
        write_whole(target / name, content, check=check)
    _forget_oldest(folder)


def read_tests(folder: Path, most_rows: int, action_size: int) -> Iterator[KeptEpisode]:
    """Read the first rows of stored test episodes, newest test first, at most `MOST_EPISODES`.

    Damaged files are left out, and in a stranger's run episodes with other actions than (A,) = `action_size`.

    Raises:
        OSError: the folder cannot be read.
    """
    left = MOST_EPISODES
    for update, path in reversed(_tests_in(folder)):
        episodes = EpisodeIndex(path, ram_bytes=0).refresh()
        for place in range(min(left, len(episodes))):
            left -= 1
            try:
                rows = episodes.get(place, 0, min(most_rows, episodes.length(place)))
                states = episodes.states(place, 0, len(rows))
            except ReplayError:
                continue
            if rows.action.shape[1] == action_size:
                yield KeptEpisode(update, int(episodes.numbers[place]), rows, states)


def stored_test(folder: Path, update: int) -> EpisodeList:
    """Return the stored episodes of the test that the weights of an update played; none if the test is gone.

    Raises:
        OSError: the folder cannot be read.
        ReplayError: it has files of an earlier format.
    """
    return EpisodeIndex(folder / _name_of(update), ram_bytes=0).refresh()


def _name_of(update: int) -> str:
    return f"update-{update:06d}"


def _make_room(target: Path, first: int, most: int, most_bytes: int) -> None:
    """Remove what takes the place of episodes from number `first` on, and earlier ones that leave no room for them."""
    files = {target / known.file_name: known.number for known in episodes_in(target)}
    earlier = [file for file, number in files.items() if number < first]
    fits = len(earlier) <= most and sum(file.stat().st_size for file in earlier) <= most_bytes
    for file, number in files.items():
        if number >= first or not fits:
            file.unlink()


def _forget_oldest(folder: Path) -> None:
    episodes = size = 0
    for _, path in reversed(_tests_in(folder)):
        files = [path / name for name in file_names(path)]
        episodes += len(files)
        size += sum(file.stat().st_size for file in files)
        if episodes > MOST_EPISODES or size > MOST_BYTES:
            shutil.rmtree(path)


def _tests_in(folder: Path) -> list[tuple[int, Path]]:
    """Return update and folder of each test, oldest first; links are left out."""
    matches = ((_NAME.fullmatch(name), folder / name) for name in file_names(folder))
    return sorted((int(match[1]), path) for match, path in matches if match and not path.is_symlink())
