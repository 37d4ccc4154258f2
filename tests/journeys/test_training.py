"""A training from its first frame to its end, in a window."""

from __future__ import annotations

import functools
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QPushButton,
    QSpinBox,
)
from pytestqt.qtbot import QtBot

from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.session import State
from dreamer_studio.studio.theme import Theme
from tests.support.small_runs import small_config
from tests.support.studio import PATIENCE_MS, Studio, open_studio
from tests.support.watching import (
    answer_question,
    find,
    find_texts,
    rows,
    shown_dream,
    shown_live,
    wait_for_another_image,
)


def test_that_a_user_watches_a_training_pauses_changes_saves_stops_and_closes_it(
    theme: Theme, qtbot: QtBot, tmp_path: Path
) -> None:
    studio = open_studio(theme, qtbot, small_config(steps=100_000), tmp_path / "run")
    check_that_observation_reconstruction_and_dream_move_while_it_trains(studio)
    check_that_f6_pauses_training_while_dreams_go_on_and_resumes_it(studio)
    check_that_a_new_training_horizon_is_used_logged_and_listed(studio)
    check_that_ctrl_s_saves_a_checkpoint_without_stopping(studio)
    check_that_stop_saves_a_checkpoint_and_start_goes_on_from_there(studio)
    check_that_one_update_trains_until_one_more_is_done(studio)
    check_that_closing_asks_once_and_saves(studio)
    studio.leave()


def check_that_observation_reconstruction_and_dream_move_while_it_trains(studio: Studio) -> None:
    studio.bot.waitUntil(lambda: shown_dream(studio) is not None, timeout=PATIENCE_MS)
    studio.bot.waitUntil(lambda: shown_live(studio).reconstruction is not None, timeout=PATIENCE_MS)
    for name in ("Observation", "Reconstruction", "Error", "Dream"):
        wait_for_another_image(studio, name)
    dream = studio.channels.dream.result
    assert dream is not None and dream.update > 0
    assert dream.length == studio.window.controls.viewing_horizon


def check_that_f6_pauses_training_while_dreams_go_on_and_resumes_it(studio: Studio) -> None:
    studio.wait_for(lambda status: status.update > 2)
    studio.press_f6_for("Pause")
    studio.wait_for_state(State.PAUSED)
    held = studio.status
    studio.bot.waitUntil(lambda: studio.channels.dream.result is not None, timeout=PATIENCE_MS)
    first = studio.channels.dream.result
    studio.bot.waitUntil(lambda: studio.channels.dream.result.number > first.number, timeout=PATIENCE_MS)  # type: ignore[union-attr]
    assert (studio.status.step, studio.status.update) == (held.step, held.update)
    studio.press_f6_for("Resume")
    studio.wait_for(lambda status: status.update > held.update)


def check_that_one_update_trains_until_one_more_is_done(studio: Studio) -> None:
    studio.press_f6_for("Pause")
    studio.wait_for_state(State.PAUSED)
    held = studio.status.update
    for updates in (held + 1, held + 2):
        studio.bot.waitUntil(studio.window.controls.one_update.isEnabled, timeout=PATIENCE_MS)
        studio.bot.keyClick(studio.window, Qt.Key.Key_F7)
        studio.bot.waitUntil(functools.partial(holds_after, studio, updates), timeout=PATIENCE_MS)
    studio.press_f6_for("Resume")
    studio.wait_for_state(State.RUNNING)


def holds_after(studio: Studio, updates: int) -> bool:
    return studio.status.state is State.PAUSED and studio.status.update == updates


def check_that_stop_saves_a_checkpoint_and_start_goes_on_from_there(studio: Studio) -> None:
    studio.wait_for(lambda status: status.update > 2)
    studio.bot.keyClick(studio.window, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    studio.wait_for_state(State.STOPPED)
    stopped = studio.status
    newest = list_checkpoints(stopped.folder / "checkpoints")[-1]
    assert newest.name.endswith(f"update-{stopped.update}")
    studio.bot.waitUntil(studio.window.controls.start.isEnabled, timeout=PATIENCE_MS)
    studio.bot.keyClick(studio.window, Qt.Key.Key_F5)
    studio.wait_for(lambda status: status.update > stopped.update)


def check_that_a_new_training_horizon_is_used_logged_and_listed(studio: Studio) -> None:
    studio.wait_for(lambda status: status.update > 1)
    box = find(studio, QSpinBox, "Training horizon")
    assert isinstance(box, QSpinBox)
    assert (box.minimum(), box.maximum()) == (1, 50)
    box.setValue(7)
    apply = next(button for button in studio.window.findChildren(QPushButton) if button.text() == "Apply")
    studio.bot.mouseClick(apply, Qt.MouseButton.LeftButton)
    studio.wait_for(lambda status: status.config.horizon == 7)
    changed_at = studio.status.update
    studio.wait_for(lambda status: status.update > changed_at + 1)
    (change,) = rows(studio, "change")
    assert (change["name"], change["before"], change["after"]) == ("horizon", 5, 7)
    assert rows(studio, "update")[-1]["horizon"] == 7
    assert rows(studio, "update")[0]["horizon"] == 5
    studio.bot.waitUntil(lambda: "horizon 5 \N{RIGHTWARDS ARROW} 7" in find_texts(studio), timeout=PATIENCE_MS)


def check_that_ctrl_s_saves_a_checkpoint_without_stopping(studio: Studio) -> None:
    studio.wait_for(lambda status: status.update > 1)
    studio.bot.keyClick(studio.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    studio.wait_for(lambda status: status.saved is not None)
    assert studio.status.state is State.RUNNING
    assert list_checkpoints(studio.status.folder / "checkpoints")


def check_that_closing_asks_once_and_saves(studio: Studio) -> None:
    studio.wait_for(lambda status: status.update > 1)
    asked = answer_question("Cancel")
    studio.window.close()
    assert asked == ["Close while training?"]
    assert studio.window.isVisible() and studio.status.state is State.RUNNING
    asked = answer_question("Save and close")
    studio.window.close()
    studio.bot.waitUntil(lambda: not studio.window.isVisible(), timeout=PATIENCE_MS)
    assert asked == ["Close while training?"]
    newest = list_checkpoints(studio.status.folder / "checkpoints")[-1]
    assert newest.name.endswith(f"update-{studio.status.update}")
