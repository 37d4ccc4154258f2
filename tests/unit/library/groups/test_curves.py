"""The tests in a made log as it grows, and several runs on common positions."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from dreamer_studio.library.groups.aligned import align
from dreamer_studio.library.groups.pauses import find_pauses
from dreamer_studio.library.groups.test_log import TestCurve, TestLog, Unit

MINUTE = 60.0


def curve(*tests: tuple[float, float]) -> TestCurve:
    step, value = np.array(tests).T
    return TestCurve(step, step / 10, step / 1000, value, np.ones(len(step)))


def write(log: Path, *rows: tuple[str, int, float, float], mode: str = "a") -> None:
    with log.open(mode) as file:
        for kind, step, time, value in rows:
            row = {"kind": kind, "step": step, "update": step // 5, "time": time, "return": value}
            file.write(json.dumps(row) + "\n")


def test_that_the_tests_of_a_log_are_followed_without_reading_it_again(tmp_path: Path) -> None:
    log = TestLog(tmp_path / "metrics.jsonl")
    assert not log.read()
    write(tmp_path / "metrics.jsonl", ("train", 50, 1000.0, 1.0), ("test", 100, 1000 + 3 * MINUTE, 2.0))
    assert log.read()
    write(tmp_path / "metrics.jsonl", ("test", 100, 1000 + 6 * MINUTE, 4.0), ("test", 200, 1000 + 9 * MINUTE, 5.0))
    assert log.read()
    assert not log.read()
    assert (list(log.tests.step), list(log.tests.mean)) == ([100, 200], [3.0, 5.0])
    assert (list(log.tests.update), list(log.tests.episodes)) == ([20, 40], [2, 1])
    assert np.allclose(log.tests.hours, [0.1, 0.15])


def test_that_hours_leave_out_the_time_between_two_sittings(tmp_path: Path) -> None:
    file = tmp_path / "metrics.jsonl"
    later = 1000 + 90 * MINUTE
    write(file, ("update", 10, 1000, 0), ("update", 20, 1000 + 6 * MINUTE, 0))
    write(file, ("update", 20, later, 0), ("test", 30, later + 6 * MINUTE, 1.0))
    log = TestLog(file)
    log.read()
    assert np.allclose(log.tests.hours, 0.2)


def test_that_each_pause_is_found_wherever_it_lies_in_a_block() -> None:
    times = 1000 + np.cumsum(np.where(np.arange(300) % 37 == 5, 11 * MINUTE, MINUTE))
    lines = [json.dumps({"kind": "update", "step": 1, "update": 1, "time": time}) + "\n" for time in times]
    lines.insert(100, "no row\n")
    found = list(find_pauses("".join(lines).encode(), times[0], times[-1]))
    assert found == [(times[row - 1], times[row]) for row in range(5, 300, 37)]


def test_that_a_log_that_was_rewritten_is_read_from_its_beginning(tmp_path: Path) -> None:
    file = tmp_path / "metrics.jsonl"
    write(file, ("test", 100, 1000.0, 1.0), ("test", 200, 1001.0, 2.0))
    log = TestLog(file)
    log.read()
    write(tmp_path / "other", ("test", 100, 1000.0, 1.0))
    (tmp_path / "other").replace(file)
    assert log.read()
    assert list(log.tests.step) == [100]
    file.unlink()
    assert log.read()
    assert len(log.tests) == 0


def test_that_a_half_line_waits_for_its_end(tmp_path: Path) -> None:
    file = tmp_path / "metrics.jsonl"
    write(file, ("test", 100, 1000.0, 1.0))
    whole = file.read_text()
    file.write_text(whole + whole[:20])
    log = TestLog(file)
    log.read()
    assert list(log.tests.episodes) == [1]
    with file.open("a") as more:
        more.write(whole[20:])
    log.read()
    assert list(log.tests.episodes) == [2]


def test_that_runs_meet_whenever_each_has_a_new_test_and_nothing_goes_beyond_the_tests_of_a_run() -> None:
    one = curve((10, 1.0), (20, 2.0), (40, 4.0), (50, 5.0))
    other = curve((15, 10.0), (30, 30.0), (45, 45.0))
    found = align([one, other], Unit.STEPS)
    assert list(found.across) == [15, 30, 45]
    assert found.score.tolist() == [[1, 2, 4], [10, 30, 45]]
    assert list(align([one, other], Unit.UPDATES).across) == [1.5, 3, 4.5]


def test_that_runs_tested_at_the_same_steps_meet_at_all_of_them() -> None:
    one, other = curve((10, 1.0), (20, 2.0), (30, 3.0)), curve((10, 4.0), (20, 5.0))
    found = align([one, other], Unit.STEPS)
    assert list(found.across) == [10, 20]
    assert found.score.tolist() == [[1, 2], [4, 5]]


def test_that_the_newest_of_several_tests_of_a_faster_run_counts() -> None:
    often = curve(*((step, float(step)) for step in range(10, 100, 10)))
    found = align([often, curve((35, 1.0), (75, 2.0))], Unit.STEPS)
    assert (list(found.across), found.score[0].tolist()) == ([35, 75], [30, 70])


def test_that_many_tests_leave_some_positions_out() -> None:
    found = align([curve(*((step, 1.0) for step in range(1000)))], Unit.STEPS, most=11)
    assert len(found.across) == 11
    assert (found.across[0], found.across[-1]) == (0, 999)
