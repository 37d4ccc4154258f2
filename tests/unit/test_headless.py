"""Training without a window, up to its exit code."""

from __future__ import annotations

import errno
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dreamer_studio import headless
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.runs.errors import StorageError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.planning import RunPlan
from dreamer_studio.training.events import Event, PhaseBegins
from dreamer_studio.training.opening import open_planned
from dreamer_studio.training.trainer import Trainer
from tests.support.small_runs import CPU
from tests.support.toy import ToyWorld, toy_config


def test_that_ctrl_c_while_waiting_for_the_disk_ends_with_a_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ToyWorld().install(monkeypatch)
    interrupt = threading.Timer(1.5, os.kill, (os.getpid(), signal.SIGINT))

    def open_on_a_full_disk(*arguments: Any) -> Trainer:
        trainer = open_planned(*arguments)
        run = trainer.run

        def until_it_is_full() -> Iterator[Event]:
            for event in run():
                if event == PhaseBegins("optimizers"):
                    interrupt.start()
                    raise StorageError(errno.ENOSPC, "No space left on device: make room on that disk")
                yield event

        monkeypatch.setattr(trainer, "run", until_it_is_full)
        return trainer

    monkeypatch.setattr(headless, "open_planned", open_on_a_full_disk)
    folder = RunFolder(tmp_path / "run")
    assert headless.train_headless(RunPlan(folder, toy_config()), CPU) == 128 + signal.SIGINT
    (checkpoint,) = list_checkpoints(folder.checkpoints)
    out, err = capsys.readouterr()
    assert out == f"{checkpoint}\n"
    assert "training waits and will continue by itself: No space left on device" in err
