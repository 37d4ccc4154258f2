"""Following the log of a run that another process writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dreamer_studio.files import UnfitFileError
from dreamer_studio.runs.metrics_tail import LogTail


def line(step: int, **values: float) -> bytes:
    row = {"kind": "update", "step": step, "update": step, "time": 1.5, **values}
    return (json.dumps(row) + "\n").encode()


def steps(tail: LogTail) -> list[int]:
    return [row["step"] for row in tail.history.since(0)[0]]


def test_that_rows_are_read_once_as_they_come(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    tail = LogTail(path)
    assert not tail.read() and steps(tail) == []
    path.write_bytes(line(1) + line(2))
    assert tail.read() and not tail.read()
    history = tail.history
    with path.open("ab") as file:
        file.write(line(3) + line(4)[:20])
    assert tail.read() and steps(tail) == [1, 2, 3]
    assert not tail.read()
    with path.open("ab") as file:
        file.write(line(4)[20:])
    assert tail.read() and steps(tail) == [1, 2, 3, 4]
    assert tail.history is history


def test_that_a_rewritten_log_is_read_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(line(1) + line(2))
    tail = LogTail(path)
    tail.read()
    first = tail.history
    (tmp_path / "other").write_bytes(line(1) + line(7) + line(8))
    (tmp_path / "other").replace(path)
    assert tail.read() and steps(tail) == [1, 7, 8]
    assert tail.history is not first
    path.unlink()
    assert tail.read() and steps(tail) == []


def test_that_lines_of_other_programs_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(b"not a row\n" + line(1) + b'{"kind": 3}\n')
    tail = LogTail(path)
    tail.read()
    with path.open("ab") as file:
        file.write(b"\xff\xfe\n" + line(2))
    tail.read()
    assert steps(tail) == [1, 2]


def test_that_a_file_that_cannot_be_a_log_is_refused(tmp_path: Path) -> None:
    (tmp_path / "metrics.jsonl").mkdir()
    with pytest.raises((UnfitFileError, OSError)):
        LogTail(tmp_path / "metrics.jsonl").read()


def test_that_a_long_log_is_thinned(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(b"".join(line(step) for step in range(20_000)))
    tail = LogTail(path)
    tail.read()
    read = steps(tail)
    assert 4000 < len(read) < 7000 and (read[0], read[-1]) == (0, 19_999)
    with path.open("ab") as file:
        file.write(line(20_000))
    tail.read()
    assert steps(tail)[-2:] == [19_999, 20_000]
