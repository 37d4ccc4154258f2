"""A package with its own suite, from its installation to a trained run, as a user does it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from dreamer_studio.runs.checkpoint_names import list_checkpoints
from tests.support.suite_packages import install_suite

CHECKOUT = Path(__file__).parents[2]


def command(*arguments: str, site: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(site), str(CHECKOUT)])
    return subprocess.run(
        [sys.executable, "-m", "dreamer_studio", *arguments],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_that_an_installed_suite_trains_and_its_run_says_what_to_install_once_it_is_gone(tmp_path: Path) -> None:
    site, run = install_suite(tmp_path / "site"), tmp_path / "run"
    task = ("--task", "toy:drift")
    trained = command("train", *task, "--preset", "tiny", "--run", str(run), "--steps", "1000", site=site)
    assert trained.returncode == 0, trained.stderr
    (checkpoint,) = list_checkpoints(run / "checkpoints")[-1:]
    assert "update" in checkpoint.name and not checkpoint.name.endswith("update-0")
    saved = json.loads((run / "config.json").read_text())
    assert (saved["task"], saved["suite_package"], saved["action_repeat"]) == ("toy:drift", "toy-suite 0.1", 2)

    strangers = command("eval", str(run), "--episodes", "1", site=site)
    assert strangers.returncode == 2 and "--task toy:drift" in strangers.stderr
    assert command("eval", str(run), "--episodes", "1", *task, site=site).returncode == 0

    shutil.rmtree(site)
    for verb in (("eval", str(run), "--episodes", "1"), ("train", "--run", str(run), "--steps", "2000")):
        without = command(*verb, site=site)
        assert without.returncode == 2
        assert without.stderr.strip().endswith(
            "toy:drift needs the package toy-suite 0.1, which is not installed: pip install toy-suite"
        )
        assert without.stderr.count("\n") == 1
