"""Kept judgments: their files, their bound, and damaged ones."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from dreamer_studio.runs.judgments import files
from dreamer_studio.runs.judgments.files import forget_judgments_after, keep_judgment, read_judgments
from tests.support.judgments import kept


def updates(folder: Path) -> list[int]:
    return [one.update for one in read_judgments(folder)]


def test_that_judgments_come_back_in_the_order_of_their_updates(tmp_path: Path) -> None:
    folder = tmp_path / "trust"
    assert read_judgments(folder) == ()
    for update in (300, 100, 200):
        keep_judgment(folder, kept(update))
    assert read_judgments(folder) == (kept(100), kept(200), kept(300))
    assert sorted(path.name for path in folder.iterdir()) == [f"update-000{n}00.json" for n in (1, 2, 3)]


def test_that_more_episodes_beat_a_newer_judgment_of_the_same_update(tmp_path: Path) -> None:
    keep_judgment(tmp_path, kept(100, episodes=8))
    keep_judgment(tmp_path, kept(100, episodes=4, time=2.0))
    assert read_judgments(tmp_path) == (kept(100, episodes=8),)
    keep_judgment(tmp_path, kept(100, episodes=8, time=3.0))
    assert read_judgments(tmp_path)[0].time == 3.0


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[1, 2]", b'{"update": 200}', b"\xff\xfe", b"[" * 100_000, b" " * 2**17, b"NaN"]
)
def test_that_a_torn_or_foreign_file_is_left_out_and_set_aside_by_the_next_judgment(
    tmp_path: Path, content: bytes
) -> None:
    keep_judgment(tmp_path, kept(100))
    (tmp_path / "update-000200.json").write_bytes(content)
    (tmp_path / "notes.txt").write_text("mine")
    assert updates(tmp_path) == [100]
    keep_judgment(tmp_path, kept(200))
    assert updates(tmp_path) == [100, 200]
    assert (tmp_path / "update-000200.json.damaged").read_bytes() == content
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_that_a_file_of_another_update_counts_as_damaged(tmp_path: Path) -> None:
    keep_judgment(tmp_path, kept(100))
    (tmp_path / "update-000100.json").rename(tmp_path / "update-000700.json")
    assert updates(tmp_path) == []


def test_that_a_field_of_a_later_version_does_no_harm(tmp_path: Path) -> None:
    keep_judgment(tmp_path, kept(100))
    path = tmp_path / "update-000100.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "mood": "good"}))
    assert updates(tmp_path) == [100]


def test_that_beyond_the_bound_the_judgments_stay_spread_over_the_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST", 5)
    for update in range(0, 1001, 50):
        keep_judgment(tmp_path, kept(update))
    found = updates(tmp_path)
    gaps = [after - before for before, after in itertools.pairwise(found)]
    assert (found[0], found[-1], len(found)) == (0, 1000, 5)
    assert max(gaps) <= 8 * min(gaps)


def test_that_going_back_forgets_the_judgments_of_later_updates(tmp_path: Path) -> None:
    for update in (100, 200, 300):
        keep_judgment(tmp_path, kept(update))
    forget_judgments_after(tmp_path, 200)
    assert updates(tmp_path) == [100, 200]
    forget_judgments_after(tmp_path / "missing", 200)


def test_that_a_judgment_is_whole_or_absent_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_judgment(tmp_path, kept(100))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write_whole", full)
    with pytest.raises(OSError, match="No space"):
        keep_judgment(tmp_path, kept(200))
    assert updates(tmp_path) == [100]
