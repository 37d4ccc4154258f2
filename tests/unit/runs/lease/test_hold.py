"""A trainer's hold of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from dreamer_studio.files import write_whole
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.lease.hold import Hold
from tests.support.two_hosts import on_host, without_locks


def test_that_whoever_takes_a_run_ends_a_write_that_another_trainer_is_about_to_finish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_locks(monkeypatch)
    monkeypatch.setattr("dreamer_studio.runs.lease.status.LEASE_SECONDS", 0.0)
    on_host(monkeypatch, "first")
    first, second = Hold(RunFolder(tmp_path)), Hold(RunFolder(tmp_path))
    first.take()
    checks = 0

    def check_and_fall_asleep() -> None:
        nonlocal checks
        first.check()
        checks += 1
        if checks == 2:  # the last one
            on_host(monkeypatch, "second")
            second.take()

    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "config.json", b"{}", check=check_and_fall_asleep)
    assert checks == 2 and not list(tmp_path.glob("config.json*"))
    first.release()
    second.release()
