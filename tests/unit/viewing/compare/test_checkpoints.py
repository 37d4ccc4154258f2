"""The list of checkpoints that can be compared, and which of them is the best."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from dreamer_studio.runs.best import TEST_FILE, BestCheckpoint, find_best, pack_returns
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.session import Session
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.compare import checkpoints as module
from dreamer_studio.viewing.compare.listing import ListWorker
from dreamer_studio.viewing.compare.messages import Contestant
from dreamer_studio.viewing.palette.worker import CheckpointNamesWorker


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the lengths of the lists whose best checkpoint was looked for."""
    found: list[int] = []

    def find(paths: Sequence[Path]) -> BestCheckpoint | None:
        found.append(len(paths))
        return find_best(paths)

    monkeypatch.setattr(module, "find_best", find)
    return found


def add_checkpoint(run: Path, number: int, score: float) -> None:
    checkpoint = RunFolder(run).checkpoints / f"00000{number}-step-{number}000-update-{number}"
    checkpoint.mkdir(parents=True)
    (checkpoint / TEST_FILE).write_bytes(pack_returns([score]))


def names(channel: Channel[None, tuple[Contestant, ...]] | Channel[Path, tuple[Contestant, ...]]) -> list[str]:
    assert channel.result is not None
    return [one.listed_name for one in channel.result]


def test_that_the_tests_of_each_run_are_read_again_only_if_its_list_changes(
    session: Session, tmp_path: Path, looks: list[int]
) -> None:
    channel: Channel[None, tuple[Contestant, ...]] = Channel()
    worker, other = ListWorker(session, channel), tmp_path / "other"
    worker.runs.append(other)
    add_checkpoint(other, 1, 3.0)
    channel.ask(None)
    for number, score in ((1, 9.0), (2, 5.0)):
        add_checkpoint(session.status.get().folder, number, score)
        for _ in range(3):
            worker.turn()
            worker.list_now()
    assert names(channel) == ["step 1,000, update 1 (best)", "step 2,000, update 2", "step 1,000, update 1 (best)"]
    assert looks == [1, 1, 2]


def test_that_the_command_palette_reads_tests_again_only_if_the_list_changes(tmp_path: Path, looks: list[int]) -> None:
    channel: Channel[Path, tuple[Contestant, ...]] = Channel()
    worker = CheckpointNamesWorker(channel, list_seconds=0.0)
    channel.ask(tmp_path)
    for number, score in ((1, 5.0), (2, 9.0)):
        add_checkpoint(tmp_path, number, score)
        for _ in range(3):
            worker.turn()
    assert names(channel) == ["step 1,000, update 1", "step 2,000, update 2 (best)"]
    assert looks == [1, 2]
