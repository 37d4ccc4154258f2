"""The simulator's states in an episode's file."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zstandard
from numpy.typing import NDArray

from dreamer_studio.replay import EpisodeIndex, EpisodeList, EpisodeStore, ReplayError, read_episode, sample_sequences
from dreamer_studio.replay.files import pack_episode
from dreamer_studio.replay.seekable import BLOCK_ROWS, npy_header, pack, pieces_of
from dreamer_studio.replay.states import MOST_STATE, read_states, without_states
from tests.support.episodes import make_episode, same, states_for

RAM = 2**20


def stored_in(folder: Path) -> EpisodeList:
    """Return the list of the stored episodes, from which states are read."""
    return EpisodeIndex(folder, RAM).refresh()


@pytest.mark.parametrize("rows", [1, 15, 16, 17, 50])
def test_that_states_are_read_back_unchanged_and_so_are_the_rows(tmp_path: Path, rows: int) -> None:
    path = EpisodeStore(tmp_path, 0).add(make_episode(3, rows), states_for(rows))
    assert same(read_episode(path), make_episode(3, rows))
    episodes = stored_in(tmp_path)
    for start, count in {(0, rows), (rows - 1, 1), (rows // 2, 1)}:
        np.testing.assert_array_equal(episodes.states(0, start, count), states_for(rows)[start : start + count])
    with pytest.raises(IndexError):
        episodes.states(0, rows, 1)


def test_that_an_episode_stored_without_states_has_none(tmp_path: Path) -> None:
    EpisodeStore(tmp_path, 0).add(make_episode(3, 20))
    assert stored_in(tmp_path).states(0, 3, 2) is None


def test_that_states_use_no_memory_of_the_store_and_change_no_batch(tmp_path: Path) -> None:
    with_states, without = EpisodeStore(tmp_path / "a", 2**20), EpisodeStore(tmp_path / "b", 2**20)
    for number in range(3):
        with_states.add(make_episode(number, 40), states_for(40, 500))
        without.add(make_episode(number, 40))
    again = EpisodeStore(tmp_path / "a", 2**20)
    for store in (with_states, again):
        batch = sample_sequences(store, 8, 30, np.random.default_rng(0))
        wanted = sample_sequences(without, 8, 30, np.random.default_rng(0))
        for name, part in (vars(wanted) | vars(wanted.origins)).items():
            if name != "origins":
                np.testing.assert_array_equal((vars(batch) | vars(batch.origins))[name], part)
        assert store.cached_bytes == without.cached_bytes > 0
    episodes = stored_in(tmp_path / "a")
    assert same(episodes.get(1, remember=True), make_episode(1, 40))
    np.testing.assert_array_equal(episodes.states(1, 7, 2), states_for(40, 500)[7:9])  # though its rows are in memory


def test_that_a_file_without_its_states_is_the_file_of_an_earlier_version() -> None:
    earlier = pack_episode(make_episode(3, 40))
    assert without_states(pack_episode(make_episode(3, 40), states_for(40))) == earlier
    assert without_states(earlier) == earlier


def test_that_numpy_and_zstandard_alone_can_read_rows_and_states() -> None:
    packed = io.BytesIO(pack_episode(make_episode(3, 40), states_for(40)))
    plain = io.BytesIO(zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True).read())
    assert np.load(plain)["image"].shape == (40, 64, 64, 3)
    np.testing.assert_array_equal(np.load(plain), states_for(40))


def file_with(states: NDArray[Any], header: bytes | None = None) -> bytes:
    """Return the bytes of a file with sound rows and these states."""
    parts = io.BytesIO(pack_episode(make_episode(3, 40)))
    plain = zstandard.ZstdDecompressor().stream_reader(parts, read_across_frames=True).read()
    start = plain.index(b"\n") + 1  # behind the header
    row = (len(plain) - start) // 40
    rows = [plain[:start], *(plain[at : at + BLOCK_ROWS * row] for at in range(start, len(plain), BLOCK_ROWS * row))]
    behind = pieces_of(states)
    return pack([*rows, header or behind[0], *behind[1:]])


def odd_states(value: float) -> NDArray[np.float64]:
    states = states_for(40)
    states[7, 1] = value
    return states


WRONG = {
    "not a number": file_with(odd_states(np.nan)),
    "infinite": file_with(odd_states(-np.inf)),
    "of another type": file_with(states_for(40).astype(np.float32)),
    "a row too few": file_with(states_for(39)),
    "flat": file_with(states_for(40)[:, 0].copy()),
    "empty": file_with(states_for(40, 0)),
    "too long": file_with(states_for(40, MOST_STATE + 1)),
    "objects": file_with(states_for(40), npy_header(np.empty((40, 3), object))),
    "a larger claim": file_with(states_for(40), npy_header(np.broadcast_to(0.0, (40, MOST_STATE)))),
    "an absurd claim": file_with(states_for(40), npy_header(np.broadcast_to(0.0, (40, 2**40)))),
    "by columns": file_with(states_for(40), npy_header(np.asfortranarray(states_for(40)))),
    "no header": file_with(states_for(40), b"states"),
}


@pytest.mark.parametrize("what", WRONG)
def test_that_invalid_states_are_refused_and_the_rows_can_still_be_read(tmp_path: Path, what: str) -> None:
    store = EpisodeStore(tmp_path, 0)
    path = store.add(make_episode(3, 40), states_for(40))
    path.write_bytes(WRONG[what])
    assert same(store.get(0), make_episode(3, 40))
    with pytest.raises(ReplayError, match=f"{path.name} is not a readable episode") as refused:
        stored_in(tmp_path).states(0, 6, 2)
    assert "\n" not in str(refused.value)


def test_that_a_file_whose_parts_do_not_fit_its_rows_is_refused(tmp_path: Path) -> None:
    (tmp_path / "episode").write_bytes(file_with(states_for(60)))
    with pytest.raises(ReplayError, match="parts are not those"):
        read_episode(tmp_path / "episode")


def test_that_a_changed_byte_among_the_states_is_detected_or_harmless(tmp_path: Path) -> None:
    content = pack_episode(make_episode(3, 40), states_for(40))
    states = read_states(io.BytesIO(content), 0, 40)
    path = EpisodeStore(tmp_path, 0).add(make_episode(3, 40), states_for(40))
    episodes = stored_in(tmp_path)
    begin = len(without_states(content)) - 100
    for at in range(begin, len(content), 11):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :])
        try:
            np.testing.assert_array_equal(episodes.states(0, 0, 40), states)
        except ReplayError:
            continue
