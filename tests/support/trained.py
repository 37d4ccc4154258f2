"""Finished trainings, made once for several tests: to compare, to open again, and to watch."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import pytest

from dreamer_studio.config import Config
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.training.opening import open_trainer
from dreamer_studio.viewing.compare.checkpoints import checkpoints_of
from tests.support.small_runs import CPU, small_config

SETTINGS: dict[str, Any] = {"steps": 130, "time_limit": 40, "eval_every": 40, "keep_newest": 10, "precision": "float32"}


def train(folder: Path, task: str = "gym:Pendulum-v1") -> Path:
    """Train with `SETTINGS` to the end; return the folder."""
    return _finish(folder, small_config(task, **SETTINGS))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a finished run with some checkpoints."""
    folder = train(tmp_path_factory.mktemp("compared") / "run")
    assert len(checkpoints_of(folder)) >= 2
    return folder


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a finished run of two whole episodes. A window writes into its run, so give the window a copy."""
    return _finish(tmp_path_factory.mktemp("finished") / "run", small_config(steps=120))


@pytest.fixture(scope="session")
def finished_within_an_episode(finished_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of `finished_run`, continued to the middle of the third episode."""
    folder = Path(shutil.copytree(finished_run, tmp_path_factory.mktemp("continued") / "run"))
    return _finish(folder, dataclasses.replace(RunFolder(folder).read(), steps=150))


def _finish(folder: Path, config: Config) -> Path:
    trainer = open_trainer(RunFolder(folder), config, CPU)
    try:
        list(trainer.run())
    finally:
        trainer.close()
    return folder
