"""The log: what is read of it, and what is taken out."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from dreamer_studio.training import metrics
from dreamer_studio.training.metrics import MetricsLog, Row
from dreamer_studio.training.run_folder import RunFolder


def write(folder: RunFolder, *rows: Row | str) -> None:
    folder.path.mkdir(parents=True, exist_ok=True)
    lines = [row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows]
    folder.metrics_file.write_text("".join(lines))


def row(kind: str, update: int, **values: Any) -> Row:
    return {"kind": kind, "step": 10 * update, "update": update, "time": 1.5, **values}


def reopened(folder: RunFolder, update: int) -> list[Row]:
    """What the log says when it is opened again; its file says the same."""
    log = MetricsLog(folder, keep_until_update=update)
    log.close()
    assert [json.loads(line) for line in folder.metrics_file.read_text().splitlines()] == log.rows
    return log.rows


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path / "run")


def test_that_a_log_that_is_whole_is_not_written_anew(folder: RunFolder) -> None:
    rows = [row("prefill", 0), row("update", 1, kl=2.0), row("train", 1)]
    write(folder, *rows)
    before = folder.metrics_file.stat()
    assert reopened(folder, 1) == rows
    after = folder.metrics_file.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_that_tensorboard_reads_the_same_numbers_and_hides_what_was_undone(folder: RunFolder) -> None:
    folder.make()
    log = MetricsLog(folder, keep_until_update=0)
    for update in (1, 2, 3):
        log.write("update", 10 * update, update, {"kl": update / 2, "horizon": 15, "note": "words"})
    log.close()
    log = MetricsLog(folder, keep_until_update=2)
    log.write("update", 30, 3, {"kl": 9.0})
    log.close()
    board = EventAccumulator(str(folder.tensorboard))
    board.Reload()
    assert sorted(board.Tags()["scalars"]) == ["update/horizon", "update/kl"]
    assert [(event.step, event.value) for event in board.Scalars("update/kl")] == [(10, 0.5), (20, 1.0), (30, 9.0)]


def test_that_what_a_crash_has_undone_goes_and_what_lasts_stays(folder: RunFolder) -> None:
    early = [row("update", n) for n in (1, 2)]
    late = [row("update", 3), row("train", 3), row("change", 3), row("update", 4), row("test", 4), row("prefill", 4)]
    write(folder, *early, *late)
    assert reopened(folder, 2) == [*early, row("train", 3), row("change", 3), row("prefill", 4)]


def test_that_everything_can_be_undone(folder: RunFolder) -> None:
    write(folder, row("update", 1), row("update", 2))
    assert reopened(folder, 0) == []


@pytest.mark.parametrize(
    "damage", ['{"kind": "upd', '{"kind": "update", "step": 9, "upd}\n', "\0\0\0\0", "[1]\n", "\n"]
)
def test_that_a_damaged_line_goes_alone(folder: RunFolder, damage: str) -> None:
    write(folder, row("update", 1), damage)
    assert reopened(folder, 5) == [row("update", 1)]
    write(folder, row("update", 1), damage.rstrip("\n") + "\n", row("train", 2))
    assert reopened(folder, 5) == [row("update", 1), row("train", 2)]


def test_that_a_line_without_its_end_is_not_gone_on_with(folder: RunFolder) -> None:
    write(folder, row("update", 1), json.dumps(row("update", 2)))
    log = MetricsLog(folder, keep_until_update=2)
    log.write("update", 30, 3, {})
    log.close()
    assert [row["update"] for row in reopened(folder, 3)] == [1, 2, 3]


def test_that_rows_written_in_another_way_are_read(folder: RunFolder) -> None:
    write(folder, '{"update":1,"kind":"update","step":10}\n', '{"update":9,"kind":"update","step":90}\n')
    assert reopened(folder, 3) == [{"update": 1, "kind": "update", "step": 10}]


@pytest.mark.parametrize("point", ["os.fsync", "pathlib.Path.replace"])
def test_that_a_crash_while_the_log_is_written_anew_loses_no_row(
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
def test_that_what_is_undone_is_found_wherever_it_begins(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch, undone: int
) -> None:
    monkeypatch.setattr(metrics, "_BLOCK_BYTES", 1000)  # several rows, of which the first is cut
    rows = [row("update" if number % 3 else "train", number) for number in range(1, 1401)]
    write(folder, *rows)
    last = 1400 - undone
    assert reopened(folder, last) == [row for row in rows if row["update"] <= last or row["kind"] == "train"]
