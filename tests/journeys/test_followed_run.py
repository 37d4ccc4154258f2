"""Following a run that another process trains, from before its first checkpoint to the end of that process."""

from __future__ import annotations

import subprocess
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget
from pytestqt.qtbot import QtBot

from dreamer_studio.library.trainer import Life
from dreamer_studio.runs.planning import plan_watching
from dreamer_studio.session import START, Session, State
from dreamer_studio.studio.compare.workspace import CompareWorkspace
from dreamer_studio.studio.shell.flow.sessions import open_run
from dreamer_studio.studio.theme import Theme
from tests.support.command import COMMAND, PATIENCE, wait_for
from tests.support.studio import PATIENCE_MS, show_window

SETTINGS = ["--task", "gym:Pendulum-v1", "--preset", "tiny", "--steps", "1000000"]
SHORT = ["--set", "prefill=60", "--set", "time_limit=60", "--set", "checkpoint_every=1", "--set", "keep_newest=2"]


def test_that_a_training_in_another_process_is_followed_until_it_is_killed(
    theme: Theme, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    training = subprocess.Popen([*COMMAND, "train", *SETTINGS, *SHORT, "--run", str(folder)], stderr=subprocess.DEVNULL)
    try:
        wait_for(folder, "status.json")
        plan = plan_watching(folder)
        session = Session(lambda: open_run(lambda _: plan, "cpu"), plan.config, folder, "cpu")
        studio = show_window(theme, qtbot, session, tmp_path / "settings.json")
        studio.wait_for(lambda status: status.state is State.RUNNING and status.update > 0)
        first, rows = studio.status, session.rows_since(START)[1].number
        studio.wait_for(lambda status: status.update > first.update + 2)
        studio.wait_for(lambda status: status.replay_episodes > first.replay_episodes)
        assert session.rows_since(START)[1].number > rows
        line = studio.window.run.header.state_line
        told = f"Process {training.pid} trains this run at step "
        qtbot.waitUntil(lambda: line.sentence.startswith(told), timeout=PATIENCE_MS)

        def seen() -> bool:
            live, dream = studio.channels.live.result, studio.channels.dream.result
            return live is not None and dream is not None and min(live.update, dream.update) > first.update

        qtbot.waitUntil(seen, timeout=PATIENCE_MS)
    finally:
        training.kill()
        training.wait(PATIENCE)
    studio.wait_for(lambda status: status.trainer is not None and status.trainer.life is Life.LOST)
    qtbot.waitUntil(lambda: line.sentence.startswith(f"Process {training.pid} is lost at step "), timeout=PATIENCE_MS)
    assert studio.status.state is State.RUNNING and studio.status.failure is None
    qtbot.keyClick(studio.window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    (listed,) = studio.window.run.tabs.of(CompareWorkspace).findChildren(QListWidget)
    newest = f"update {studio.status.update:,}"
    qtbot.waitUntil(
        lambda: any(newest in listed.item(row).text() for row in range(listed.count())), timeout=PATIENCE_MS
    )
    studio.leave()
