"""An episode that is packed while it grows."""

import io
from pathlib import Path

import numpy as np
import psutil
import pytest

from dreamer_studio.envs import TimeStep
from dreamer_studio.replay import EpisodeStore, GrowingEpisode, ReplayError, read_growing, sample_sequences
from dreamer_studio.replay.files import pack_episode
from dreamer_studio.replay.index import EpisodeIndex
from dreamer_studio.replay.seekable import BLOCK_ROWS, MOST_ROWS_AT_ONCE
from dreamer_studio.replay.states import read_states
from tests.support.episodes import grown, make_episode, row_of, same, states_for

MIB = 2**20


@pytest.mark.parametrize("rows", [1, BLOCK_ROWS - 1, BLOCK_ROWS, BLOCK_ROWS + 1, 50])
def test_that_a_growing_episode_of_any_length_packs_to_the_file_of_the_whole_one(rows: int) -> None:
    episode, states = make_episode(3, rows), states_for(rows)
    growing = grown(episode, states)
    assert growing.pack() == growing.pack() == pack_episode(episode, states)
    assert growing.pack(with_states=False) == grown(episode).pack() == pack_episode(episode)
    assert (len(growing), growing.action_size) == (rows, 2)
    assert (growing.total_steps, growing.total_reward) == (episode.total_steps, episode.total_reward)


def test_that_any_rows_of_a_growing_episode_can_be_read() -> None:
    episode, states = make_episode(3, 50), states_for(50)
    growing = grown(episode, states)
    for start, stop in ((0, 50), (0, 1), (49, 50), (15, 17), (16, 32), (40, 50), (48, 50)):
        assert same(growing.read(start, stop), episode.part(start, stop - start))
        np.testing.assert_array_equal(growing.states.read(start, stop), states[start:stop])
    assert [len(part) for part in growing.parts()] == [50]


@pytest.mark.parametrize("read_at", [1, BLOCK_ROWS - 1, BLOCK_ROWS, BLOCK_ROWS + 1, 40])
def test_that_an_episode_read_from_a_file_grows_on_to_the_same_file(tmp_path: Path, read_at: int) -> None:
    episode = make_episode(3, 50)
    path = tmp_path / "episode"
    path.write_bytes(grown(episode.part(0, read_at), states_for(50)).pack())
    growing = read_growing(path)
    for index in range(read_at, 50):
        growing.append(row_of(episode, index, states_for(50)[index]))
    assert growing.pack() == pack_episode(episode)  # the states of its first rows were not read
    assert (growing.total_steps, growing.total_reward) == (episode.total_steps, episode.total_reward)


@pytest.mark.parametrize("at", [0, 20, 49])
def test_that_one_row_with_a_missing_or_odd_state_drops_all_states(at: int) -> None:
    episode = make_episode(3, 50)
    for odd in (None, np.zeros(4)):
        growing = GrowingEpisode(2)
        for index in range(50):
            growing.append(row_of(episode, index, odd if index == at else states_for(50)[index]))
        assert growing.states.read(0, 1) is None
        assert growing.pack() == pack_episode(episode)


def test_that_a_changed_byte_is_detected_or_harmless(tmp_path: Path) -> None:
    path, refused = tmp_path / "episode", 0
    content = pack_episode(make_episode(3, 40))
    flipped = range(5, len(content), 23)
    for at in flipped:
        path.write_bytes(content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :])
        try:
            assert same(read_growing(path).read(0, 40), make_episode(3, 40))
        except ReplayError as error:
            refused += "episode is not a readable episode" in str(error)
    assert refused > 0.8 * len(flipped)


def test_that_numbers_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    path, episode = tmp_path / "episode", make_episode(3, 40)
    episode.reward[33] = np.nan
    path.write_bytes(pack_episode(episode))
    with pytest.raises(ReplayError, match="not finite"):
        read_growing(path)


def test_that_an_episode_of_50000_rows_takes_little_memory_and_is_read_again(tmp_path: Path) -> None:
    count = 50_000
    assert count > MOST_ROWS_AT_ONCE
    before = psutil.Process().memory_info().rss
    growing, image, action = GrowingEpisode(2), np.zeros((64, 64, 3), np.uint8), np.zeros(2, np.float32)
    for number in range(count):
        image[...] = number % 256
        action[0] = number
        growing.append(TimeStep(image, action, 1.0, 1.0, number == 0, None, 1, np.array([number, 2.0])))
    store = EpisodeStore(tmp_path, 0)
    path = store.add_packed(growing.pack(), count, growing.total_steps)
    again = read_growing(path)
    assert again.pack() == growing.pack(with_states=False)
    assert sum(int(part.action[:, 0].sum()) for part in again.parts()) == count * (count - 1) // 2
    parts = EpisodeIndex(tmp_path, 0).refresh().parts(0)
    assert sum(part.total_reward for part in parts) == count
    assert psutil.Process().memory_info().rss - before < 100 * MIB  # its pictures alone are 586
    assert store.get(0, count - 2, 2).action[:, 0].tolist() == [count - 2, count - 1]
    states = read_states(io.BytesIO(path.read_bytes()), count - 2, 2)
    assert states is not None and states[:, 0].tolist() == [count - 2, count - 1]
    batch = sample_sequences(store, 8, 30, np.random.default_rng(0))
    np.testing.assert_array_equal(np.diff(batch.action[..., 0])[~batch.is_first[:, 1:]], 1.0)
    with pytest.raises(ReplayError, match="too long to be read at once"):
        store.get(0)
