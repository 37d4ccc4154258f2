"""The trainer of a run that this process only watches."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from dreamer_studio.library.trainer import Life, OtherTrainer, TrainerWatch
from dreamer_studio.runs.folder import STATUS_FILE
from dreamer_studio.runs.lease.owner import Owner
from dreamer_studio.runs.lease.status import RunStatus, TrainerState, as_json
from dreamer_studio.runs.lock import FILE as LOCK_FILE
from tests.support.listed_runs import HOLD

FAR = Owner("far", 12)
SAID = RunStatus(FAR, 1, TrainerState.TRAINING, True, 400, 1000, 16, "", 0.5, 1_700_000_000.0, 0.0)


def say(run: Path, status: RunStatus = SAID, *, silent: float = 0.0) -> None:
    """Write a status as its trainer did `silent` seconds ago."""
    (run / STATUS_FILE).write_text(json.dumps(as_json(status)))
    at = time.time() - silent
    os.utime(run / STATUS_FILE, (at, at))


def look(run: Path) -> OtherTrainer:
    found = TrainerWatch(run).look()
    assert found is not None
    return found


def test_that_a_run_without_a_trainer_has_none(tmp_path: Path) -> None:
    assert TrainerWatch(tmp_path).look() is None
    (tmp_path / STATUS_FILE).write_text('{"host": "far"')
    assert TrainerWatch(tmp_path).look() is None


@pytest.mark.parametrize(
    ("changes", "silent", "life", "words"),
    [
        ({}, 5, Life.ALIVE, "Process 12 on far trains this run at step 400 of 1,000, update 16"),
        ({"step": 0, "update": 0}, 5, Life.ALIVE, "Process 12 on far trains this run"),
        ({"state": TrainerState.STARTING}, 5, Life.ALIVE, "Process 12 on far is starting to train this run"),
        (
            {"state": TrainerState.WAITING, "error": "no space left", "update": 0},
            5,
            Life.ALIVE,
            "Process 12 on far waits for the disk at step 400 of 1,000: no space left",
        ),
        (
            {"still_for": 300.0},
            5,
            Life.STILL,
            "Process 12 on far is alive, but has done nothing for 5 min, since step 400 of 1,000, update 16",
        ),
        ({"still_for": 300.0, "state": TrainerState.PAUSED}, 5, Life.ALIVE, None),
        (
            {},
            243,
            Life.SILENT,
            "Process 12 on far has been silent for 4 min, since step 400 of 1,000, update 16",
        ),
        (
            {},
            1503,
            Life.LOST,
            "Process 12 on far is lost: it has been silent for 25 min, since step 400 of 1,000, update 16",
        ),
        (
            {"held": False, "state": TrainerState.FINISHED, "step": 1000},
            9999,
            Life.ENDED,
            "Process 12 on far has finished this run: all 1,000 steps are done",
        ),
        (
            {"held": False, "state": TrainerState.FAILED, "error": "EnvError: it broke"},
            9999,
            Life.ENDED,
            "Process 12 on far has failed at step 400 of 1,000, update 16: EnvError: it broke",
        ),
    ],
)
def test_that_the_life_of_a_trainer_follows_from_its_signs(
    tmp_path: Path, changes: dict[str, object], silent: float, life: Life, words: str | None
) -> None:
    say(tmp_path, replace(SAID, **changes), silent=silent)  # type: ignore[arg-type]
    found = look(tmp_path)
    assert found.life is life
    assert words is None or found.in_words() == words
    assert found.over is (life in {Life.LOST, Life.ENDED})


def test_that_a_process_of_this_machine_without_its_lock_is_lost_at_once(tmp_path: Path) -> None:
    here = replace(SAID, owner=Owner(platform.node(), 12))
    say(tmp_path, here)
    (tmp_path / LOCK_FILE).write_text(f"12 {platform.node()}\n")
    found = look(tmp_path)
    assert found.life is Life.LOST
    assert found.in_words() == ("Process 12 is lost at step 400 of 1,000, update 16: it no longer has this run open")
    (tmp_path / LOCK_FILE).write_text("12 far\n")  # whose locks cannot be seen here
    say(tmp_path)
    assert look(tmp_path).life is Life.ALIVE


def test_that_the_trainer_of_an_earlier_version_is_known_by_its_lock(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None and holder.stdout.readline()
        found = look(tmp_path)
        assert (found.life, found.in_words()) == (Life.ALIVE, f"Process {holder.pid} trains this run")
        say(tmp_path, silent=3000)  # of the trainer before
        assert look(tmp_path) == found
        (tmp_path / STATUS_FILE).unlink()
        holder.kill()
    assert TrainerWatch(tmp_path).look() is None


def test_that_signs_of_life_between_two_looks_need_no_clock_of_the_file_system(tmp_path: Path) -> None:
    now = [0.0]
    say(tmp_path, silent=3000)  # the clocks differ by 50 minutes, and the folder cannot be written
    watch = TrainerWatch(tmp_path, lambda: now[0])

    def seconds() -> tuple[Life, float]:
        found = watch.look()
        assert found is not None
        return found.life, round(found.seconds)

    assert seconds()[0] is Life.LOST
    now[0] = 1.0
    say(tmp_path, replace(SAID, time=SAID.time + 10), silent=3000)
    assert seconds() == (Life.ALIVE, 0)
    for now[0] in range(2, 65):
        life = seconds()
    assert life == (Life.SILENT, 63)
    now[0] = 200.0  # the window was minimized
    assert seconds()[0] is Life.LOST


def test_that_a_watched_silence_counts_even_if_the_clocks_differ(tmp_path: Path) -> None:
    now = [0.0]
    say(tmp_path, silent=-3000)
    watch = TrainerWatch(tmp_path, lambda: now[0])
    for now[0] in range(70):
        found = watch.look()
    assert found is not None and (found.life, found.seconds) == (Life.SILENT, 69)
