"""The window as a person uses it: a real training behind it, real keys and clicks."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import imageio.v3 as iio
import psutil
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from dreamer_studio.runs.checkpoint import list_checkpoints
from dreamer_studio.session import State
from dreamer_studio.studio.compare.workspace import CompareWorkspace
from dreamer_studio.studio.film.export_dialog import KINDS, ExportDialog
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.banner import BannerStack
from dreamer_studio.studio.widgets.frame_view import FrameView
from dreamer_studio.studio.widgets.plots.curve import CurvePlot
from dreamer_studio.training.faults import environment
from dreamer_studio.viewing.live.messages import DreamResult, LiveResult
from dreamer_studio.viewing.live.worker import LiveWorker
from dreamer_studio.viewing.role import Role
from tests.support.small_runs import small_config
from tests.support.studio import PATIENCE_MS, Studio, open_studio

Opener = Callable[..., Studio]


@pytest.fixture
def opened(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Opener]:
    """Opens a studio; whatever the test leaves open is closed after it."""
    studios: list[Studio] = []

    def open_one(*, paused: bool = False, task: str = "gym:Pendulum-v1", **settings: object) -> Studio:
        config = small_config(task, steps=100_000, **settings)
        studios.append(open_studio(theme, qtbot, config, tmp_path / "run", paused=paused))
        return studios[-1]

    yield open_one
    for studio in studios:
        studio.leave()


def find(studio: Studio, kind: type[QWidget], name: str) -> QWidget:
    """The widget of that kind with that accessible name."""
    return next(widget for widget in studio.window.findChildren(kind) if widget.accessibleName() == name)


def image(studio: Studio, name: str) -> bytes:
    """What a view shows, pixel by pixel."""
    image = find(studio, FrameView, name).grab().toImage()
    return bytes(image.constBits())


def rows(studio: Studio, kind: str) -> list[dict[str, object]]:
    lines = (studio.status.folder / "metrics.jsonl").read_text().splitlines()
    return [row for row in map(json.loads, lines) if row["kind"] == kind]


def answer_question(button: str) -> list[str]:
    """Press a button of the next message box, as soon as it is there; returns what it asked."""
    asked: list[str] = []

    def press() -> None:
        boxes = [box for box in QApplication.topLevelWidgets() if isinstance(box, QMessageBox) and box.isVisible()]
        if not boxes:
            QTimer.singleShot(20, press)
            return
        asked.append(boxes[0].text())
        next(found for found in boxes[0].buttons() if found.text().replace("&", "") == button).click()

    QTimer.singleShot(0, press)
    return asked


def test_that_observation_reconstruction_and_dream_move_while_it_trains(opened: Opener) -> None:
    studio = opened()
    studio.bot.waitUntil(lambda: shown_dream(studio) is not None, timeout=PATIENCE_MS)
    studio.bot.waitUntil(lambda: shown_live(studio).reconstruction is not None, timeout=PATIENCE_MS)
    for name in ("Observation", "Reconstruction", "Error", "Dream"):
        wait_for_another_image(studio, name)
    dream = studio.channels.dream.result
    assert dream is not None and dream.update > 0
    assert dream.length == studio.window.controls.viewing_horizon


def wait_for_another_image(studio: Studio, name: str) -> None:
    before = image(studio, name)
    studio.bot.waitUntil(lambda: image(studio, name) != before, timeout=PATIENCE_MS)


def shown_live(studio: Studio) -> LiveResult:
    studio.bot.waitUntil(lambda: studio.channels.live.result is not None, timeout=PATIENCE_MS)
    live = studio.channels.live.result
    assert live is not None
    return live


def shown_dream(studio: Studio) -> DreamResult | None:
    return studio.channels.dream.result


def test_that_the_prefill_says_that_it_is_prefill(opened: Opener) -> None:
    studio = opened(prefill=50_000)
    studio.wait_for(lambda status: status.step > 5)
    studio.bot.waitUntil(lambda: "prefill" in find_texts(studio).lower(), timeout=PATIENCE_MS)
    assert studio.status.update == 0


def find_texts(studio: Studio) -> str:
    labels = [label.text() for label in studio.window.findChildren(QLabel)]
    return "\n".join(labels + [field.text() for field in studio.window.findChildren(QLineEdit)])


def test_that_f6_pauses_training_while_dreams_go_on_and_resumes_it(opened: Opener) -> None:
    studio = opened()
    studio.wait_for(lambda status: status.update > 2)
    studio.bot.keyClick(studio.window, Qt.Key.Key_F6)
    studio.wait_for_state(State.PAUSED)
    held = studio.status
    studio.bot.waitUntil(lambda: studio.channels.dream.result is not None, timeout=PATIENCE_MS)
    first = studio.channels.dream.result
    studio.bot.waitUntil(lambda: studio.channels.dream.result.number > first.number, timeout=PATIENCE_MS)  # type: ignore[union-attr]
    assert (studio.status.step, studio.status.update) == (held.step, held.update)
    studio.bot.keyClick(studio.window, Qt.Key.Key_F6)
    studio.wait_for(lambda status: status.update > held.update)


def test_that_the_status_bar_says_what_looking_on_costs_while_it_trains(opened: Opener) -> None:
    studio = opened()
    told = re.compile(r"viewer overhead: at most [1-9]\d*%")
    studio.bot.waitUntil(lambda: bool(told.search(find_texts(studio))), timeout=PATIENCE_MS)
    studio.bot.keyClick(studio.window, Qt.Key.Key_F6)
    studio.bot.waitUntil(lambda: not told.search(find_texts(studio)), timeout=PATIENCE_MS)


def test_that_the_window_fits_a_small_screen_and_the_rest_of_a_workspace_is_scrolled_to(opened: Opener) -> None:
    studio = opened(paused=True)
    window = studio.window
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3):
        studio.bot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
        if not find(studio, QWidget, "Recorded").isVisible():
            studio.bot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
        window.resize(1000, 600)
        studio.bot.waitUntil(lambda: (window.width(), window.height()) == (1000, 600), timeout=PATIENCE_MS)
    compare = window.run.tabs.of(CompareWorkspace)
    (area,) = (area for area in window.findChildren(QScrollArea) if area.widget() is compare)
    seen = area.viewport().rect().bottomRight()
    cut = compare.rect().bottomRight()
    assert cut.x() > seen.x() and cut.y() > seen.y()
    area.ensureVisible(cut.x(), cut.y())
    assert compare.mapTo(area.viewport(), cut) == seen


def test_that_one_update_trains_until_one_more_is_done(opened: Opener) -> None:
    studio = opened(paused=True)
    for updates in (1, 2):
        studio.wait_for_state(State.PAUSED)
        studio.bot.waitUntil(studio.window.controls.one_update.isEnabled, timeout=PATIENCE_MS)
        studio.bot.keyClick(studio.window, Qt.Key.Key_F7)
        studio.bot.waitUntil(functools.partial(holds_after, studio, updates), timeout=PATIENCE_MS)


def holds_after(studio: Studio, updates: int) -> bool:
    return studio.status.state is State.PAUSED and studio.status.update == updates


def test_that_stop_saves_a_checkpoint_and_start_goes_on_from_there(opened: Opener) -> None:
    studio = opened()
    studio.wait_for(lambda status: status.update > 2)
    studio.bot.keyClick(studio.window, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    studio.wait_for_state(State.STOPPED)
    stopped = studio.status
    newest = list_checkpoints(stopped.folder / "checkpoints")[-1]
    assert newest.name.endswith(f"update-{stopped.update}")
    studio.bot.waitUntil(studio.window.controls.start.isEnabled, timeout=PATIENCE_MS)
    studio.bot.keyClick(studio.window, Qt.Key.Key_F5)
    studio.wait_for(lambda status: status.update > stopped.update)


def test_that_a_new_training_horizon_is_used_logged_and_listed(opened: Opener) -> None:
    studio = opened()
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


def test_that_the_viewing_horizon_changes_dreams_and_not_training(opened: Opener) -> None:
    studio = opened()
    studio.bot.waitUntil(lambda: studio.channels.dream.result is not None, timeout=PATIENCE_MS)
    before = studio.window.controls.viewing_horizon
    studio.bot.keyClick(studio.window, Qt.Key.Key_BracketRight)
    longer = studio.window.controls.viewing_horizon
    assert longer > before
    studio.bot.waitUntil(lambda: studio.channels.dream.result.length == longer, timeout=PATIENCE_MS)  # type: ignore[union-attr]
    assert studio.status.config.horizon == 5
    assert rows(studio, "change") == []


def test_that_ctrl_s_saves_a_checkpoint_without_stopping(opened: Opener) -> None:
    studio = opened()
    studio.wait_for(lambda status: status.update > 1)
    studio.bot.keyClick(studio.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    studio.wait_for(lambda status: status.saved is not None)
    assert studio.status.state is State.RUNNING
    assert list_checkpoints(studio.status.folder / "checkpoints")


@pytest.mark.parametrize("choice", [0, 1, 2], ids=["imagined", "open-loop", "reconstruction"])
def test_that_an_export_from_the_window_is_a_moving_gif(opened: Opener, choice: int) -> None:
    studio = opened()
    studio.bot.waitUntil(lambda: studio.channels.dream.result is not None, timeout=PATIENCE_MS)
    studio.bot.keyClick(studio.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    dialog = studio.window.findChildren(ExportDialog)[-1]
    dialog.findChildren(QComboBox)[0].setCurrentText(list(KINDS)[choice])
    path = studio.status.folder / "dreams" / "test.gif"
    field = next(field for field in dialog.findChildren(QLineEdit) if field.accessibleName() == "File")
    field.setText(str(path))
    dialog.export()
    with studio.bot.waitSignal(dialog.finishedExport, timeout=PATIENCE_MS):
        pass
    assert len({frame.tobytes() for frame in iio.imiter(path, plugin="pillow", mode="RGB")}) >= 15


def test_that_closing_asks_once_and_saves(opened: Opener) -> None:
    studio = opened()
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


def test_that_a_failing_environment_is_a_banner_and_training_goes_on(opened: Opener) -> None:
    studio = opened()
    studio.wait_for(lambda status: status.update > 1)
    assert studio.status.spec is not None
    psutil.Process(studio.status.spec.pid).kill()
    stack = studio.window.findChildren(BannerStack)[0]
    studio.bot.waitUntil(lambda: bool(stack.banners), timeout=PATIENCE_MS)
    assert "was killed by SIGKILL" in stack.banners[0].text and stack.banners[0].role is Role.WARN
    failed_at = studio.status.update
    studio.wait_for(lambda status: status.update > failed_at)


def test_that_an_environment_that_is_given_up_is_a_pause_with_the_reason_and_f6_tries_again(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "MOST_RESTARTS", 0)
    studio = opened()
    studio.wait_for(lambda status: status.update > 1 and 0 < status.episode_step < 40)  # between two it is replaced
    assert studio.status.spec is not None
    psutil.Process(studio.status.spec.pid).kill()
    studio.wait_for_state(State.PAUSED)
    stack = studio.window.findChildren(BannerStack)[0]
    studio.bot.waitUntil(lambda: bool(stack.banners), timeout=PATIENCE_MS)
    assert stack.banners[0].text.startswith("Training is paused. The environment failed")
    assert "was killed by SIGKILL" in stack.banners[0].text
    failed_at = studio.status.update
    studio.bot.waitUntil(studio.window.controls.pause.isEnabled, timeout=PATIENCE_MS)
    studio.bot.keyClick(studio.window, Qt.Key.Key_F6)
    studio.wait_for(lambda status: status.update > failed_at)


def test_that_a_failing_viewer_is_a_banner_and_training_goes_on(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = opened()
    studio.wait_for(lambda status: status.update > 1)

    def fail(_: LiveWorker) -> bool:
        raise RuntimeError("the viewer is broken")

    monkeypatch.setattr(LiveWorker, "turn", fail)
    stack = studio.window.findChildren(BannerStack)[0]
    studio.bot.waitUntil(lambda: bool(stack.banners), timeout=PATIENCE_MS)
    assert "training goes on" in stack.banners[0].text
    reached = studio.status.update
    studio.wait_for(lambda status: status.update > reached)


def test_that_numbers_that_are_not_finite_offer_the_way_back_to_the_last_checkpoint(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = opened()
    studio.wait_for(lambda status: status.update > 1)
    studio.bot.keyClick(studio.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    studio.wait_for(lambda status: status.saved is not None)
    saved = studio.status.saved
    assert saved is not None
    studio.wait_for(lambda status: status.update > saved[0])
    with monkeypatch.context() as patch:
        patch.setattr("dreamer_studio.dreamer.learner._not_finite", lambda *_: ("actor_loss",))
        studio.wait_for_state(State.PAUSED)
    stack = studio.window.findChildren(BannerStack)[0]
    studio.bot.waitUntil(lambda: len(stack.banners) == 2, timeout=PATIENCE_MS)
    skipped, paused = stack.banners
    assert skipped.text.startswith("An update was skipped: actor_loss")
    assert paused.text.startswith("Training is paused. 5 updates in a row")
    kl = find(studio, CurvePlot, "KL")
    assert isinstance(kl, CurvePlot)
    studio.bot.waitUntil(lambda: len(kl._history["KL"]) > saved[0], timeout=PATIENCE_MS)
    back = next(button for button in paused.findChildren(QPushButton) if button.text().startswith("Go back"))
    studio.bot.mouseClick(back, Qt.MouseButton.LeftButton)
    studio.wait_for(lambda status: status.update == saved[0])
    studio.bot.waitUntil(lambda: stack.banners == (skipped,), timeout=PATIENCE_MS)
    studio.bot.waitUntil(lambda: len(kl._history["KL"]) == saved[0], timeout=PATIENCE_MS)  # and no undone one
    studio.bot.waitUntil(studio.window.controls.pause.isEnabled, timeout=PATIENCE_MS)
    studio.bot.keyClick(studio.window, Qt.Key.Key_F6)
    studio.wait_for(lambda status: status.update > saved[0] + 1)
