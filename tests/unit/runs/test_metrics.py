"""The log: what is read from it, and what is removed."""

import itertools
import json
import os
from pathlib import Path
from typing import Any

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.summary_pb2 import Summary
from torch.utils.tensorboard import SummaryWriter

from dreamer_studio.runs import metrics_file
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.metrics import MetricsLog
from dreamer_studio.runs.rows import Row
from tests.support.boards import check_board, read_board
from tests.support.file_limits import files_no_larger_than


def write(folder: RunFolder, *rows: Row | str) -> None:
    folder.path.mkdir(parents=True, exist_ok=True)
    lines = [row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows]
    folder.metrics_file.write_text("".join(lines))


def row(kind: str, update: int, **values: Any) -> Row:
    return {"kind": kind, "step": 10 * update, "update": update, "time": 1.5, **values}


def reopened(folder: RunFolder, update: int) -> list[Row]:
    """Return the rows of the reopened log, and check that its file agrees."""
    log = MetricsLog(folder, keep_until_update=update)
    log.close()
    assert [json.loads(line) for line in folder.metrics_file.read_text().splitlines()] == log.rows
    return log.rows


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path / "run")


def test_that_an_undamaged_log_is_not_rewritten(folder: RunFolder) -> None:
    rows = [row("prefill", 0), row("update", 1, kl=2.0), row("train", 1)]
    write(folder, *rows)
    before = folder.metrics_file.stat()
    assert reopened(folder, 1) == rows
    after = folder.metrics_file.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def write_updates(log: MetricsLog, *updates: int, kl: float = 1.0) -> None:
    for update in updates:  # two at each step, as where updates come in blocks
        log.write("update", 10 * (update // 2), update, {"kl": kl * update, "horizon": 15, "note": "words"})


def test_that_tensorboard_shows_the_rows_of_the_log_and_drops_undone_ones(folder: RunFolder) -> None:
    folder.make()
    log = MetricsLog(folder, keep_until_update=0)
    write_updates(log, 1, 2, 3)
    log.write("test", 15, 3, {"return": 7.0})
    write_updates(log, 4, 5, 6, 7)
    log.write("train", 38, 7, {"return": 3.0, "length": 3})  # not undone by a crash
    check_board(folder)  # before it is closed, as after a kill
    looking_on: Any = EventAccumulator(str(folder.tensorboard))
    looking_on.Reload()
    for keep in (5, 4, 1):
        log = MetricsLog(folder, keep_until_update=keep)
        check_board(folder)
        write_updates(log, keep + 1, keep + 2, kl=2.0)
        check_board(folder)
        log.close()
        check_board(folder)
    assert read_board(folder)["update/kl"] == [(0, 1.0), (10, 4.0), (10, 6.0)]
    assert read_board(folder)["train/return"] == [(38, 3.0)]
    looking_on.Reload()
    assert [event.step for event in looking_on.Scalars("train/return")] == [38]


def test_that_tensorboard_drops_undone_rows_before_a_lasting_one_after_a_normal_close_too(folder: RunFolder) -> None:
    folder.make()
    log = MetricsLog(folder, keep_until_update=0)
    write_updates(log, 1, 2)
    log.write("skipped", 15, 2, {"in_a_row": 1})
    log.close()
    MetricsLog(folder, keep_until_update=1).close()  # as where the training goes back
    assert len(read_board(folder)["update/kl"]) == 1
    check_board(folder)


def test_that_complete_event_files_stay_unchanged_if_nothing_is_logged(folder: RunFolder) -> None:
    folder.make()
    for update in (1, 2):
        log = MetricsLog(folder, keep_until_update=2)
        write_updates(log, update)
        log.close()
    before = {path.name: path.read_bytes() for path in folder.tensorboard.iterdir()}
    assert len(before) == 2
    MetricsLog(folder, keep_until_update=2).close()
    assert {path.name: path.read_bytes() for path in folder.tensorboard.iterdir()} == before


@pytest.mark.parametrize("lost", [1, 20, 60, 200, "last", "all"])
def test_that_lost_events_are_written_again_from_the_log(folder: RunFolder, lost: int | str) -> None:
    folder.make()
    for first in (1, 4):
        log = MetricsLog(folder, keep_until_update=9)
        write_updates(log, first, first + 1, first + 2)
        log.close()
    files = sorted(folder.tensorboard.iterdir())
    for path in {"last": files[1:], "all": files}.get(str(lost), []):
        path.unlink()
    if isinstance(lost, int):
        os.truncate(files[-1], files[-1].stat().st_size - lost)
    log = MetricsLog(folder, keep_until_update=9)
    check_board(folder)
    write_updates(log, 7)
    log.close()
    check_board(folder)


def test_that_the_duplicate_events_of_earlier_versions_are_corrected(folder: RunFolder) -> None:
    rows = [row("update", update, kl=update / 2) for update in range(1, 6)]
    rows = [{**each, "time": 1e9 + each["update"]} for each in rows]
    write(folder, *rows)
    for updates, after in (((1, 2, 3, 4), 0.001), ((3, 4), 50.0), ((5,), 0.001)):  # 3 and 4 were made again
        with SummaryWriter(str(folder.tensorboard), filename_suffix=f".{updates}") as writer:
            for update in updates:
                values = [Summary.Value(tag="update/kl", simple_value=update / 2)]
                writer.file_writer.add_summary(Summary(value=values), 10 * update, 1e9 + update + after)
    assert len(read_board(folder, purge=False)["update/kl"]) == 7
    MetricsLog(folder, keep_until_update=5).close()
    check_board(folder)


def test_that_events_half_written_on_a_full_disk_are_written_again_when_the_log_is_reopened(folder: RunFolder) -> None:
    folder.make()
    log = MetricsLog(folder, keep_until_update=0)
    write_updates(log, 1)
    (events,) = folder.tensorboard.iterdir()
    with files_no_larger_than(events.stat().st_size + 30):
        write_updates(log, 2)
    write_updates(log, 3)
    log.close()
    assert len(read_board(folder)["update/kl"]) == 1
    MetricsLog(folder, keep_until_update=3).close()
    assert len(read_board(folder)["update/kl"]) == 3
    check_board(folder)


def test_that_undone_updates_and_tests_are_removed_and_episodes_and_changes_stay(folder: RunFolder) -> None:
    early = [row("update", n) for n in (1, 2)]
    late = [row("update", 3), row("train", 3), row("change", 3), row("update", 4), row("test", 4), row("prefill", 4)]
    write(folder, *early, *late)
    assert reopened(folder, 2) == [*early, row("train", 3), row("change", 3), row("prefill", 4)]


def test_that_all_updates_can_be_undone(folder: RunFolder) -> None:
    write(folder, row("update", 1), row("update", 2))
    assert reopened(folder, 0) == []


@pytest.mark.parametrize(
    "damage", ['{"kind": "upd', '{"kind": "update", "step": 9, "upd}\n', "\0\0\0\0", "[1]\n", "\n"]
)
def test_that_only_the_damaged_line_is_removed(folder: RunFolder, damage: str) -> None:
    write(folder, row("update", 1), damage)
    assert reopened(folder, 5) == [row("update", 1)]
    write(folder, row("update", 1), damage.rstrip("\n") + "\n", row("train", 2))
    assert reopened(folder, 5) == [row("update", 1), row("train", 2)]


def test_that_a_row_is_not_appended_to_a_last_line_without_its_end(folder: RunFolder) -> None:
    write(folder, row("update", 1), json.dumps(row("update", 2)))
    log = MetricsLog(folder, keep_until_update=2)
    log.write("update", 30, 3, {})
    log.close()
    assert [row["update"] for row in reopened(folder, 3)] == [1, 2, 3]


def test_that_rows_with_other_spacing_and_order_are_read(folder: RunFolder) -> None:
    write(folder, '{"update":1,"kind":"update","step":10}\n', '{"update":9,"kind":"update","step":90}\n')
    assert reopened(folder, 3) == [{"update": 1, "kind": "update", "step": 10}]


@pytest.mark.parametrize("point", ["os.fsync", "pathlib.Path.replace"])
def test_that_a_crash_while_the_log_is_rewritten_loses_no_row(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    write(folder, row("update", 1), row("update", 2), row("train", 2))
    before = folder.metrics_file.read_bytes()

    def crash(*arguments: object) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(point, crash)
        with pytest.raises(OSError, match="No space"):
            MetricsLog(folder, keep_until_update=1)
    assert folder.metrics_file.read_bytes() == before
    assert list(folder.path.iterdir()) == [folder.metrics_file]
    assert reopened(folder, 1) == [row("update", 1), row("train", 2)]


def test_that_a_long_log_is_thinned_in_memory_and_whole_on_disk(folder: RunFolder) -> None:
    rows = [row("update" if number % 100 else "train", number, text="x" * 700) for number in range(30_000)]
    write(folder, *rows)
    log = MetricsLog(folder, keep_until_update=29_850)
    added = log.write("change", 5, 5, {"name": "horizon", "before": 1, "after": 2})
    log.close()
    kept, number = log.history.since(0)
    assert len(kept) < 7000
    assert kept[-2000:] == [*rows[27_853:29_851], rows[29_900], added]
    assert [row for row in kept if row["kind"] == "train"] == rows[::100]
    assert max(after["update"] - before["update"] for before, after in itertools.pairwise(kept[:-2])) < 20
    assert number == 29_853
    lines = folder.metrics_file.read_text().splitlines()
    assert [json.loads(line) for line in lines] == [*rows[:29_851], rows[29_900], added]


@pytest.mark.parametrize("undone", [0, 1, 700, 1400])
def test_that_undone_rows_are_found_wherever_they_begin(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch, undone: int
) -> None:
    monkeypatch.setattr(metrics_file, "BLOCK_BYTES", 1000)  # several rows, of which the first is cut
    rows = [row("update" if number % 3 else "train", number) for number in range(1, 1401)]
    write(folder, *rows)
    last = 1400 - undone
    assert reopened(folder, last) == [row for row in rows if row["update"] <= last or row["kind"] == "train"]
