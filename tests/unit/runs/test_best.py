"""Which checkpoint of a run is the best, and which one a word names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from dreamer_studio.runs import checkpoint as checkpoint_module
from dreamer_studio.runs.best import TEST_FILE, choose, find_best, pack_returns, read_returns
from dreamer_studio.runs.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.runs.errors import InputError


def save(folder: Path, step: int, returns: Sequence[float] = (), *, newest: int = 1, each: int = 0) -> Path:
    checkpoint = Checkpoint({}, {}, {}, {}, None, tuple(returns))
    return save_checkpoint(folder, checkpoint, step, step // 10, newest=newest, each=each)


def steps(folder: Path) -> list[int]:
    return [int(path.name.split("-")[2]) for path in list_checkpoints(folder)]


def test_that_the_best_checkpoint_stays_until_a_better_one_is_there(tmp_path: Path) -> None:
    save(tmp_path, 10, [3.0, 5.0])
    save(tmp_path, 20, [1.0])
    save(tmp_path, 30)
    assert steps(tmp_path) == [10, 30]
    best = find_best(list_checkpoints(tmp_path))
    assert best is not None and (best.step, best.score.mean, best.score.episodes) == (10, 4.0, 2)
    save(tmp_path, 40, [4.5])
    assert steps(tmp_path) == [40]
    assert load_checkpoint(list_checkpoints(tmp_path)[0]).returns == (4.5,)


def test_that_the_newer_of_two_equal_checkpoints_is_the_best(tmp_path: Path) -> None:
    for step in (10, 20):
        save(tmp_path, step, [0.0, 0.0], newest=9)
    assert choose(list_checkpoints(tmp_path), "best").name.startswith("000001-step-20-")


@pytest.mark.parametrize("failing", ["sync", "save"])
def test_that_a_better_checkpoint_that_cannot_be_written_leaves_the_best_one_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    kept = save(tmp_path, 10, [1.0])

    def full_disk(*_: object) -> object:
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(checkpoint_module, failing, full_disk)
        with pytest.raises(OSError, match="No space"):
            save(tmp_path, 20, [2.0])
    assert choose(list_checkpoints(tmp_path), "best") == kept
    assert load_checkpoint(kept).returns == (1.0,)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"returns": 9}',
        b'{"returns": []}',
        b'{"returns": [9, NaN]}',
        b'{"returns": [1e308, 1e308]}',
        b'{"returns": [true]}',
        b'{"returns": ["9"]}',
        b'{"returns": [1' + b"0" * 400 + b"]}",
        pack_returns([9.0] * 1001),
    ],
)
def test_that_a_test_on_record_that_makes_no_sense_counts_as_none(tmp_path: Path, content: bytes) -> None:
    save(tmp_path, 10, [1.0], newest=9)
    strange = save(tmp_path, 20, newest=9)
    (strange / TEST_FILE).write_bytes(content)
    assert choose(list_checkpoints(tmp_path), "best").name.startswith("000000-")


def test_that_a_link_is_not_read_as_a_test_on_record(tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_bytes(pack_returns([9.0]))
    (tmp_path / "checkpoints").mkdir()
    path = save(tmp_path / "checkpoints", 10)
    (path / TEST_FILE).symlink_to(tmp_path / "secret.json")
    assert read_returns(path) == ()


def test_that_a_step_names_the_newest_checkpoint_there(tmp_path: Path) -> None:
    for step in (10, 20, 20, 3000):
        save(tmp_path, step, newest=9)
    whole = list_checkpoints(tmp_path)
    assert choose(whole, "20") == whole[2]
    assert choose(whole, "3e3") == whole[3] == choose(whole, "newest")


@pytest.mark.parametrize(
    ("which", "words"),
    [
        ("2000", "there is no checkpoint at step 2,000; there are 10, 20, 3000"),
        ("best", r"no checkpoint of this run has a test on record.*: 10, 20, 3000$"),
        ("bset", "a checkpoint is newest, best or an environment step, not 'bset'"),
    ],
)
def test_that_a_word_that_names_no_checkpoint_is_refused_with_those_there_are(
    tmp_path: Path, which: str, words: str
) -> None:
    for step in (10, 20, 3000):
        save(tmp_path, step, newest=9)
    with pytest.raises(InputError, match=words):
        choose(list_checkpoints(tmp_path), which)
