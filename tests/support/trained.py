"""Finished trainings with checkpoints, to compare."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.training.opening import open_trainer
from dreamer_studio.viewing.compare.listing import checkpoints_of
from tests.support.small_runs import CPU, small_config

SETTINGS: dict[str, Any] = {"steps": 130, "time_limit": 40, "eval_every": 40, "keep_newest": 10, "precision": "float32"}


def train(folder: Path, task: str = "gym:Pendulum-v1") -> Path:
    trainer = open_trainer(RunFolder(folder), small_config(task, **SETTINGS), CPU)
    try:
        list(trainer.run())
    finally:
        trainer.close()
    return folder


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run with some checkpoints."""
    folder = train(tmp_path_factory.mktemp("compared") / "run")
    assert len(checkpoints_of(folder)) >= 2
    return folder
