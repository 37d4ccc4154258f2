"""The findings of the monkey's report, and the folders in which the program runs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.reliability.monkey import Outcome, Session, environment_in, tracebacks_in

LOG = """2026-01-01 10:00:00,000 INFO 7 MainThread dreamer_studio.cli: opened
2026-01-01 10:00:01,000 ERROR 7 MainThread dreamer_studio: uncaught exception
Traceback (most recent call last):
  File "a.py", line 1, in a
ValueError: no
2026-01-01 10:00:02,000 WARNING 7 MainThread dreamer_studio.cli: slow
2026-01-01 10:00:03,000 ERROR 7 viewing dreamer_studio: the worker failed
Traceback (most recent call last):
  File "b.py", line 2, in b
KeyError: 'x'
"""


def session(exit_code: int | None = 0, stderr: list[str] | None = None) -> Session:
    """Return a session of three clicks."""
    return Session(1.0, exit_code, Counter(click=3), Counter(live=3), 0.1, stderr or [], [], [])


def test_that_each_traceback_of_a_log_is_found_with_the_line_above_it() -> None:
    first, second = tracebacks_in(LOG)
    assert first.startswith("2026-01-01 10:00:01") and first.endswith("ValueError: no")
    assert second.startswith("2026-01-01 10:00:03") and second.endswith("KeyError: 'x'")


def test_that_everything_of_the_user_is_in_temporary_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DREAMER_STUDIO_LOG", "/elsewhere/log")
    environment = environment_in(tmp_path)
    assert "DREAMER_STUDIO_LOG" not in environment
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"):
        assert Path(environment[name]).is_relative_to(tmp_path) and Path(environment[name]).is_dir()


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome([session(None)]),
        Outcome([session(-11)]),
        Outcome([session(0, ["Traceback (most recent call last):"])]),
        Outcome([session()], tracebacks=["ValueError: no"]),
        Outcome([session()], left=["python -c environment"]),
    ],
)
def test_that_a_hang_a_crash_a_line_on_stderr_a_traceback_and_a_process_are_faults(outcome: Outcome) -> None:
    assert not outcome.sound


def test_that_sessions_without_a_fault_are_sound() -> None:
    assert Outcome([session(0), session(1)], trainings=1).sound
