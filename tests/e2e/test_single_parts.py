"""A real training, stepped in single parts through its session, and what the commands then say about the run."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from dreamer_studio.cli import main
from dreamer_studio.runs.counters import PartUpdates
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.session import MakeUpdates, Quit, SaveCheckpoint, Session, State, Status
from dreamer_studio.training.opening import open_trainer
from tests.support.small_runs import CPU, small_config

SECONDS = 60.0


class Stepped:
    """A session in a thread that waits for commands."""

    def __init__(self, folder: Path) -> None:
        config = small_config("lesson:disc", steps=200)
        self.session = Session(lambda: open_trainer(RunFolder(folder), config, CPU), config, folder, "cpu", paused=True)
        self.thread = threading.Thread(target=self.session.run)
        self.thread.start()
        self.wait_for(lambda status: status.state is State.PAUSED)

    def wait_for(self, condition: Callable[[Status], bool]) -> Status:
        """Wait until the status meets a condition, as long as the training lives."""
        while not condition(status := self.session.status.get()):
            assert status.failure is None and self.thread.is_alive(), status
            self.thread.join(0.005)
        return status

    def step(self, command: MakeUpdates) -> Status:
        """Make some updates, and wait for the pause."""
        wanted = self.session.status.get().update + command.updates
        self.session.submit(command).result(SECONDS)
        return self.wait_for(lambda status: status.state is State.PAUSED and status.update == wanted)

    def quit_unsaved(self) -> None:
        """End without a checkpoint."""
        self.session.submit(Quit(save=False)).result(SECONDS)
        self.thread.join(SECONDS)


def test_that_a_real_training_trains_single_parts_and_all_commands_say_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    stepped = Stepped(folder)
    try:
        stepped.step(MakeUpdates(2))
        stepped.step(MakeUpdates(1, "model"))
        assert stepped.step(MakeUpdates(2, "actor")).part_updates == PartUpdates(1, 2)
        stepped.session.submit(SaveCheckpoint()).result(SECONDS)
        stepped.step(MakeUpdates(1, "value"))
    finally:
        stepped.quit_unsaved()
    stepped = Stepped(folder)
    try:
        status = stepped.session.status.get()
        assert (status.update, status.part_updates) == (5, PartUpdates(1, 2))  # the value's update was not saved
        assert stepped.step(MakeUpdates(1)).update == 6
    finally:
        stepped.quit_unsaved()
    said = "3 extra updates trained a single part (1 only the world model, 2 only the actor)"
    assert main(["eval", str(folder), "--episodes", "1"]) == 0
    assert said in capsys.readouterr().out.splitlines()
    assert main(["runs", "--root", str(tmp_path)]) == 0
    assert said in capsys.readouterr().out
    assert main(["runs", "--root", str(tmp_path), "--json"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)
    assert entry["part_updates"] == {"model": 1, "actor": 2, "value": 0}
