"""The list of hard moments and its files, which a stranger may have written."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from dreamer_studio.replay.hard_moments import (
    MOST,
    NEAR,
    HardMoment,
    HardMoments,
    HardMomentsError,
    read_hard_moments,
    read_removed,
    with_moment,
    write_hard_moments,
    write_removed,
)
from dreamer_studio.runs.folder import RunFolder


def moment(episode: int, index: int, ratio: float, update: int = 5) -> HardMoment:
    return HardMoment(episode, index, update, 2 * ratio, ratio)


def test_that_frames_near_each_other_are_one_moment_with_the_largest_ratio() -> None:
    first, larger, smaller, other = moment(1, 20, 9.0), moment(1, 29, 12.0, 6), moment(1, 25, 8.5), moment(2, 25, 8.5)
    moments = with_moment(with_moment((), first), smaller)
    assert moments == (first,)
    assert with_moment(with_moment(moments, other), larger) == (other, larger)
    far = moment(1, 20 + NEAR, 8.1)
    assert with_moment(moments, far) == (first, far)


def test_that_only_the_largest_ratios_stay_beyond_the_bound() -> None:
    moments: HardMoments = ()
    for episode in range(MOST):
        moments = with_moment(moments, moment(episode, 0, 10.0 + episode))
    assert with_moment(moments, moment(500, 0, 9.9)) == moments
    more = with_moment(moments, moment(500, 0, 20.0))
    assert len(more) == MOST
    assert (more[0], more[-1]) == (moments[1], moment(500, 0, 20.0))


def test_that_both_files_are_read_back_unchanged(tmp_path: Path) -> None:
    path, removed = tmp_path / "hard_moments.json", tmp_path / "hard_moments_removed.json"
    assert (read_hard_moments(path), read_removed(removed)) == ((), frozenset())
    moments = (moment(1, 20, 9.25), moment(2, 7, 8.0))
    write_hard_moments(path, moments)
    write_removed(removed, {moments[0].key})
    assert read_hard_moments(path) == moments
    assert read_removed(removed) == frozenset({(1, 20, 5)})
    assert sorted(each.name for each in tmp_path.iterdir()) == [path.name, removed.name]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"moments": [{"episode": -1, "index": 0, "update": 0, "loss": 1, "ratio": 9}]}',
        b'{"moments": [{"episode": 1, "index": 0, "update": 0, "loss": 1, "ratio": NaN}]}',
        json.dumps({"moments": [{"episode": n, "index": 0, "update": 0, "loss": 1, "ratio": 9} for n in range(65)]}),
        b"[" * 50_000,
        b" " * 2**17,
    ],
    ids=["empty", "list", "negative", "nan", "too many", "deep", "large"],
)
def test_that_anything_else_is_refused_with_one_line(tmp_path: Path, content: bytes | str) -> None:
    path = tmp_path / "hard_moments.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(HardMomentsError, match=r"hard_moments\.json") as refusal:
        read_hard_moments(path)
    assert "\n" not in str(refusal.value)


WRITES = """
import sys
from pathlib import Path
from dreamer_studio.replay.hard_moments import HardMoment, write_hard_moments
path, moments = Path(sys.argv[1]), tuple(HardMoment(number, 0, 5, 18.0, 9.0) for number in range(64))
write_hard_moments(path, moments)
print("written", flush=True)
while True:
    write_hard_moments(path, moments[:1])
    write_hard_moments(path, moments)
"""


def test_that_a_process_killed_while_it_writes_leaves_a_whole_list(tmp_path: Path) -> None:
    path, rng = tmp_path / "hard_moments.json", np.random.default_rng(0)
    for _ in range(4):
        with subprocess.Popen([sys.executable, "-c", WRITES, str(path)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None and writer.stdout.readline() == b"written\n"
            time.sleep(float(rng.uniform(0, 0.02)))  # some moment of a write
            writer.kill()
        assert len(read_hard_moments(path)) in (1, MOST)
    RunFolder(tmp_path).clear_unfinished()
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
