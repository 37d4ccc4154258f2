"""The findings of the check of a task, in real environment processes."""

import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dreamer_studio.check import CheckReport, Row, check_task
from dreamer_studio.config import ConfigError
from dreamer_studio.envs import Interruption, WaitInterruptedError
from tests.support import checked
from tests.support.environment_processes import ROOT

CHECKED = "gym:tests.support.checked:Checked-v0"
ROWS = ["start", "image", "actions", "reward", "end", "seed", "twin", "speed", "memory", "prints"]


def check(how: str, **more: float) -> CheckReport:
    return check_task(f"{CHECKED}?how={how}" if how else CHECKED, **more)  # type: ignore[arg-type]


def row(report: CheckReport, name: str) -> Row:
    return next(each for each in report.rows if each.name == name)


def test_that_a_sound_task_is_ok_in_every_row_and_shows_its_frames() -> None:
    told: list[tuple[str, float]] = []
    report = check_task(CHECKED, progress=lambda doing, done: told.append((doing, done)))
    assert [each.name for each in report.rows] == ROWS
    assert report.verdict == "ok", report.as_text()
    assert not any(each.advice for each in report.rows) and not report.traceback
    assert report.frames.shape == (60, 64, 64, 3) and report.frames.dtype == np.uint8
    assert not report.frames.flags.writeable
    assert "render, uint8 (32, 32, 3)" in row(report, "image").found
    assert "other actions change them from step 1 on" in row(report, "image").found
    assert "2 in [-1, 1]" in row(report, "actions").found and "Box(-2.0, 2.0, (2,)" in row(report, "actions").found
    assert row(report, "end").found.startswith("episodes: 2 truncated in 100 random steps")
    assert "the same 40 steps again" in row(report, "seed").found
    assert row(report, "twin").found.startswith("replayed")
    assert row(report, "prints").found == "nothing"
    done = [each for _, each in told]
    assert done == sorted(done) and done[0] == 0.0 and done[-1] <= 1.0 and len(done) > 100


def test_that_the_twin_of_a_task_whose_state_can_be_restored_is_copied() -> None:
    report = check_task("gym:CartPole-v1")
    assert report.verdict == "ok", report.as_text()
    assert row(report, "twin").found.startswith("copied")
    assert "one of 2, one-hot (push left; push right)" in row(report, "actions").found
    assert "terminated" in row(report, "end").found and "limit 500 environment steps" in row(report, "end").found


@pytest.mark.parametrize(
    ("how", "name", "verdict", "found", "advice"),
    [
        ("raises", "steps", "refused", "the wheel has come off", "Fix "),
        ("dies", "steps", "refused", "exit code 3", "ended its own process"),
        ("nan", "reward", "refused", "not finite", "division by 0"),
        ("blind", "image", "refused", "cannot be learned from images", "Return frames from render()"),
        ("prints", "prints", "note", "lines during the steps, such as: step 1", "Remove prints"),
        ("black", "image", "refused", "are the same, black", "--set observe"),
        ("blank", "image", "note", "each has one color only", "--set observe"),
        ("deaf", "image", "note", "other actions gave the same frames", "the image does not show"),
        ("unseeded", "seed", "note", "the frame differs right after the reset", "self.np_random"),
        ("unseeded", "twin", "note", "none", "begins the interrupted episode again"),
        ("noisy", "seed", "note", "the reward differs at step 1", "self.np_random"),
        ("garbled", "image", "refused", "the image has values from nan", "without NaN"),
        ("leaks", "memory", "note", "more than after the first steps", "keeps growing"),
        ("slow", "speed", "note", "agent steps", "wait for it"),
        ("generous", "reward", "note", "from -", "clip_rewards=tanh"),
        ("poor", "reward", "note", "0 in all of 100 random steps", "reward partial progress"),
        ("short", "end", "note", "100 terminated in 100 random steps", "terminated and truncated"),
        ("free", "actions", "note", "Box(-inf, inf", "bounds"),
    ],
)
def test_that_each_kind_of_trouble_has_its_row_and_a_line_of_advice(
    how: str, name: str, verdict: str, found: str, advice: str
) -> None:
    report = check(how)
    told = row(report, name)
    assert told.verdict == verdict and found in told.found and advice in told.advice, report.as_text()
    assert report.verdict == verdict


def test_that_an_environment_that_hangs_is_given_up_after_its_time() -> None:
    began = time.monotonic()
    report = check("hangs", step_timeout=1.0)
    told = row(report, "steps")
    assert told.verdict == "refused" and "no answer to step within 1 s" in told.found
    assert "after 11 steps" in told.found and "endless loop" in told.advice
    assert re.search(r"it hangs in /.*/checked\.py, line \d+, in _fail$", told.found)
    assert {"start", "image", "actions", "reward"} <= {each.name for each in report.rows}
    assert len(report.frames) == checked.FAILS_AT and time.monotonic() - began < 30.0


def test_that_a_traceback_shows_only_the_users_own_lines() -> None:
    report = check("raises")
    assert "checked.py" in row(report, "steps").found and "line " in row(report, "steps").found
    lines = report.traceback.splitlines()
    files = [line for line in lines if line.startswith("  File ")]
    assert len(files) == 2 and all("checked.py" in line for line in files)
    assert 'raise ZeroDivisionError("the wheel has come off")' in report.traceback
    assert lines[-1] == "ZeroDivisionError: the wheel has come off"
    assert report.as_text().endswith(report.traceback)


@pytest.mark.parametrize(
    ("task", "found", "advice"),
    [
        ("gym:CartPol-v1", 'unknown task "gym:CartPol-v1"', "try gym:CartPole-v1"),
        ("CartPole-v1", "is not a task name", "try gym:CartPole-v1"),
        ("gym:no_such_module_here:X-v0", "there is no module", "Correct the path"),
        ("gym:./no_file.py:X-v0", "there is no file", "Correct the path"),
        ("gym:crafter:CrafterReward-v1", "there is no module", "Install what is missing: pip install crafter"),
        (f"{CHECKED}?hwo=black", "takes no argument hwo", "Correct or remove the argument"),
        ("gym:tests.support.faulty:Wordy-v0", "no vector of numbers", "Wrap the action space"),
        ("gym:tests.support.faulty:StillBorn-v0", "exit code 7", "ended its own process"),
        ("gym:tests.support.foreign:OldReset-v0", "its reset() does not take", "Change the method"),
        ("gym:tests.support.foreign:Rewarded-v0?kind=vector", "a reward is one number", "sum a vector"),
    ],
)
def test_that_a_task_that_does_not_start_is_one_row_with_advice(task: str, found: str, advice: str) -> None:
    report = check_task(task)
    told = report.rows[0]
    assert report.verdict == told.verdict == "refused"
    assert found in told.found and advice in told.advice, report.as_text()
    assert "\n" not in told.found and len(report.frames) == 0


@pytest.mark.parametrize(
    ("source", "found", "advice"),
    [
        ("x = 1", "registers no environment", "Register it in that file"),
        ("import numpyy", 'needs the module "numpyy"', "Install what the line names, or correct the import"),
        ("def f(:", "SyntaxError", "Fix "),
        ("import time\nwhile True: time.sleep(1)", "it hangs in /", "endless loop"),
    ],
)
def test_that_a_file_that_cannot_be_run_says_where_and_what_to_do(
    tmp_path: Path, source: str, found: str, advice: str
) -> None:
    file = tmp_path / "own.py"
    file.write_text(f"import gymnasium\n{source}\n")
    report = check_task(f"gym:{file}:Own-v0", start_timeout=8.0)
    told = report.rows[0]
    assert told.verdict == "refused" and found in told.found and advice in told.advice, report.as_text()


def test_that_rewards_that_the_seed_does_not_repeat_leave_the_frames_to_the_twin() -> None:
    report = check("noisy")
    assert row(report, "twin").found.startswith("replayed")
    assert "other actions change them" in row(report, "image").found


def test_that_lines_printed_at_the_import_are_reported_and_not_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHECKED_GREETS", "1")
    report = check("")
    assert row(report, "prints") == Row("prints", "ok", "1 line at the start, such as: greetings at the import")


def test_that_settings_choose_the_image_and_unknown_ones_are_refused() -> None:
    task = "gym:tests.support.foreign:Seen-v0?others=('left',)"
    assert "observation rgb" in row(check_task(task), "image").found
    assert "observation left" in row(check_task(task, settings={"observe": "left"}), "image").found
    with pytest.raises(ConfigError, match="did you mean 'observe'"):
        check_task(task, settings={"obsrve": "left"})


def test_that_an_interruption_ends_the_check() -> None:
    interruption = Interruption()
    timer = threading.Timer(1.0, interruption.request)
    timer.start()
    with pytest.raises(WaitInterruptedError):
        check_task(f"{CHECKED}?how=slow", interruption=interruption)
    timer.join()


def test_that_the_report_is_one_object_and_its_image_is_a_png_of_64_pixels(tmp_path: Path) -> None:
    report = check("")
    told = report.as_dict()
    assert list(told) == ["task", "verdict", "rows"]
    assert all(list(each) == ["name", "verdict", "found", "advice"] for each in told["rows"])
    assert report.write_image(tmp_path / "seen.png")
    with Image.open(tmp_path / "seen.png") as image:
        assert image.size == (64, 64) and image.format == "PNG"
        assert np.array_equal(np.asarray(image), report.frames[0])


def test_that_a_check_imports_neither_torch_nor_a_simulator() -> None:
    script = (
        "import sys\nfrom dreamer_studio.check import check_task\n"
        "if __name__ == '__main__':\n"
        "    check_task('gym:CartPol-v1')\n"
        "    print([name for name in ('torch', 'gymnasium', 'PySide6') if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"
