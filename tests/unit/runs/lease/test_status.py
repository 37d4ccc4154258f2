"""The status file of a run's trainer."""

from __future__ import annotations

import dataclasses
import json
import os
import time
from pathlib import Path

import pytest

from dreamer_studio.files import write_json
from dreamer_studio.runs.folder import STATUS_FILE
from dreamer_studio.runs.lease.clock import FileSystemClocks, now_of
from dreamer_studio.runs.lease.owner import Owner
from dreamer_studio.runs.lease.status import LEASE_SECONDS, RunStatus, TrainerState, as_json, read_status

STATUS = RunStatus(
    owner=Owner("there", 4242),
    fence=7,
    state=TrainerState.WAITING,
    held=True,
    step=1200,
    steps=5000,
    update=42,
    error="No space left on device",
    still_for=1.5,
    time=1_700_000_000.25,
    silent_for=0.0,
)


def write(folder: Path, silent_for: float = 0.0, **changes: object) -> None:
    write_json(folder / STATUS_FILE, as_json(STATUS) | changes)
    at = now_of(folder) - silent_for
    os.utime(folder / STATUS_FILE, (at, at))


def test_that_a_status_is_read_as_it_was_written_with_its_silence(tmp_path: Path) -> None:
    write(tmp_path, 90.0)
    status = read_status(tmp_path)
    assert status is not None and dataclasses.replace(status, silent_for=0.0) == STATUS
    assert 90.0 <= status.silent_for < 150.0 and not status.alive
    write(tmp_path, 1.0)
    status = read_status(tmp_path, FileSystemClocks())
    assert status is not None and status.alive and status.silent_for < LEASE_SECONDS
    assert [path.name for path in tmp_path.iterdir()] == [STATUS_FILE]
    write(tmp_path, held=False)
    status = read_status(tmp_path)
    assert status is not None and not status.alive


def test_that_silence_is_measured_by_the_clock_of_the_file_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, 30.0)
    now = time.time()
    monkeypatch.setattr(
        "dreamer_studio.runs.lease.clock.time.time", lambda: now + 86_400
    )  # this machine is a day ahead
    for clocks in (None, FileSystemClocks()):
        status = read_status(tmp_path, clocks)
        assert status is not None and 30.0 <= status.silent_for < 90.0


@pytest.mark.parametrize(
    "content",
    [
        "",
        '{"host": "the',
        "[1, 2]",
        "null",
        json.dumps({"state": "training"}),
        json.dumps(as_json(STATUS) | {"state": "dancing"}),
        json.dumps(as_json(STATUS) | {"step": "many"}),
        json.dumps(as_json(STATUS) | {"still_for": float("nan")}),
        json.dumps(as_json(STATUS) | {"fence": float("inf")}),
        "x" * 2**16,
        "[" * 10_000,
    ],
)
def test_that_a_file_that_holds_no_status_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / STATUS_FILE).write_text(content)
    assert read_status(tmp_path) is None


def test_that_a_missing_folder_a_link_and_a_folder_in_place_of_the_file_are_none(tmp_path: Path) -> None:
    assert read_status(tmp_path / "missing") is None
    write(tmp_path)
    (tmp_path / STATUS_FILE).rename(tmp_path / "other.json")
    (tmp_path / STATUS_FILE).symlink_to(tmp_path / "other.json")
    assert read_status(tmp_path) is None
    (tmp_path / STATUS_FILE).unlink()
    (tmp_path / STATUS_FILE).mkdir()
    assert read_status(tmp_path) is None


def test_that_texts_of_a_stranger_s_file_are_short_and_on_one_line(tmp_path: Path) -> None:
    write(tmp_path, error="a\n" * 5000, host="h\n" * 500)
    status = read_status(tmp_path)
    assert status is not None and len(status.error) == 2000 and "\n" not in status.error + status.owner.host
