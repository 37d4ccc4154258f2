"""The user drives a dream: real keys and a real mouse, on a made run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.dream.steering_panel import SteeringPanel
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.action_bars import ActionBars, _Rows
from dreamer_studio.studio.widgets.frame_view import FrameView
from dreamer_studio.studio.widgets.steering_pad import SteeringPad
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.scene.messages import Scene
from tests.support.dream_workspace import DreamDriver
from tests.support.made_run import SPECS, open_made_studio
from tests.support.studio import PATIENCE_MS


class SteeringDriver:
    """Uses the controls of a window's Dream workspace. Takes control at the end of the context."""

    def __init__(self, dreams: DreamDriver) -> None:
        self.dreams, self.bot = dreams, dreams.studio.bot
        self.control: SteeringPanel = dreams.workspace.control
        self.image = dreams.find(FrameView, "Dreamed frame")
        self.before = dreams.answer()
        dreams.workspace.player.go_to(self.before.context - 1)
        self.bot.keyClick(dreams.studio.window, Qt.Key.Key_C)
        assert self.control.engaged

    def settle(self) -> None:
        """Wait until no step is pending."""
        self.bot.waitUntil(lambda: not self.dreams.workspace.driver.waiting, timeout=PATIENCE_MS)

    def newest(self) -> Scene:
        view = self.dreams.studio.channels.drive.result
        assert view is not None
        return view

    @property
    def view(self) -> Scene:
        view = self.dreams.scene
        assert view is not None
        return view

    def wait(self, condition: Callable[[Scene], bool]) -> Scene:
        self.bot.waitUntil(lambda: condition(self.view), timeout=PATIENCE_MS)
        return self.view

    def wait_for_steps(self, count: int) -> Scene:
        """Wait for some more steps, and return the scene."""
        until = self.view.step + count
        return self.wait(lambda view: view.step >= until)

    def hold(self, key: Qt.Key, *, repeated: bool = False) -> None:
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, "", repeated)
        QApplication.sendEvent(self.image, event)

    def let_go(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.bot.keyRelease(self.image, key, modifier)

    def driven_last(self, count: int) -> list[bool]:
        return [bool(driven) for driven in self.view.columns.driven[-count:]]

    def rows(self) -> _Rows:
        (bars,) = (bars for bars in self.control.findChildren(ActionBars) if bars.accessibleName() == "Steering")
        return bars._rows


@pytest.fixture(params=["gym:Pendulum-v1"])
def steering(request: pytest.FixtureRequest, theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[SteeringDriver]:
    studio = open_made_studio(theme, qtbot, tmp_path / "run", spec=SPECS[request.param])
    studio.bot.keyClick(studio.window, Qt.Key.Key_D)
    yield SteeringDriver(DreamDriver(studio))
    studio.leave()


def test_that_the_user_drives_while_a_key_is_held_and_then_the_policy_continues_the_same_dream(
    steering: SteeringDriver,
) -> None:
    view, context = steering.wait_for_steps(3), steering.before.context
    assert not view.columns.driven.any()  # nothing is held: the policy acts
    steering.hold(Qt.Key.Key_Right)
    steering.wait(lambda view: view.columns.action[-1] == 1.0)
    steering.let_go(Qt.Key.Key_Right)
    view = steering.wait(lambda view: bool(view.columns.driven.any()) and not view.columns.driven[-1])
    first = int(view.columns.driven.argmax())
    np.testing.assert_allclose(view.columns.action[first : first + 3, 0], [1 / 3, 2 / 3, 1.0], rtol=1e-6)
    np.testing.assert_equal(
        view.columns.action[~view.columns.driven][context:], view.columns.policy[~view.columns.driven][context:]
    )
    ghosts = view.columns.policy[view.columns.driven]
    assert np.isfinite(ghosts).all() and (ghosts != view.columns.action[view.columns.driven]).any()
    # what the model saw stands, and everything is told of every step
    np.testing.assert_equal(view.model[:context], steering.before.model[:context])
    assert np.isfinite([view.columns.reward, view.columns.value, view.columns.entropy]).all()
    assert len(view.real) == context
    assert view.number == steering.before.number


def test_that_esc_and_losing_focus_release_all_keys_and_stop_the_dream(steering: SteeringDriver) -> None:
    for release in (
        lambda: steering.bot.keyClick(steering.image, Qt.Key.Key_Escape),
        lambda: QApplication.sendEvent(steering.image, QFocusEvent(QEvent.Type.FocusOut)),
    ):
        steering.hold(Qt.Key.Key_Left)
        steering.wait(lambda view: bool(view.columns.driven[-1]))
        release()
        assert not steering.control.engaged
        steering.settle()
        steps = steering.view.step
        steering.bot.wait(200)
        assert steering.view.step == steps  # the dream stands still
        steering.bot.mouseClick(steering.control.findChild(QPushButton), Qt.MouseButton.LeftButton)
        steering.wait_for_steps(2)
        assert steering.driven_last(1) == [False]  # taken again, and nothing is held


def test_that_space_pauses_and_releases_the_keys_and_driving_resumes_from_an_earlier_frame(
    steering: SteeringDriver,
) -> None:
    steering.hold(Qt.Key.Key_Left)
    steering.wait(lambda view: int(view.columns.driven.sum()) > 3)
    steering.dreams.press(Qt.Key.Key_Space)
    steering.settle()
    steps, columns = steering.view.step, len(steering.view.columns)
    steering.bot.wait(200)
    assert (steering.view.step, len(steering.view.columns)) == (steps, columns)
    steering.dreams.press(Qt.Key.Key_Home)
    steering.dreams.press(Qt.Key.Key_Space)
    view = steering.wait(lambda view: view.step > steps)
    assert len(view.columns) < columns
    assert not view.columns.driven.any()
    assert (view.context, view.origin.index) == (1, steering.before.first_row)


def test_that_the_cursor_stays_where_the_user_puts_it_while_a_step_is_pending(steering: SteeringDriver) -> None:
    steering.wait_for_steps(6)
    window, driver = steering.dreams.studio.window, steering.dreams.workspace.driver
    window.run.clock.stop()  # the answer comes, and the window has not seen it yet
    while not driver.waiting:
        steering.bot.wait(10)
        window.run.tick()
    sent = steering.dreams.studio.channels.drive.generation
    steering.dreams.press(Qt.Key.Key_Home)
    steering.bot.waitUntil(lambda: steering.newest().step == sent, timeout=PATIENCE_MS)
    window.run.tick()
    assert steering.view.step == sent
    assert steering.dreams.column == 0
    window.run.clock.start()
    steering.dreams.press(Qt.Key.Key_Space)
    steering.wait(lambda view: view.context == 1)


def test_that_driving_continues_after_failed_steps(steering: SteeringDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError("full")

    window = steering.dreams.studio.window
    with monkeypatch.context() as patch:
        patch.setattr("dreamer_studio.viewing.scene.drive_worker.drive", fail)
        steering.bot.waitUntil(
            lambda: any("MemoryError: full" in banner.text for banner in window.banners.banners), timeout=PATIENCE_MS
        )
    steering.wait_for_steps(2)


def test_that_taking_control_again_does_not_wait_for_an_earlier_step(steering: SteeringDriver) -> None:
    steering.wait_for_steps(2)
    thread, driver = steering.dreams.studio.window.run.threads.viewing[0], steering.dreams.workspace.driver
    thread.set_watched(False)
    steering.bot.wait(500)  # what was under way is done by now
    assert driver.waiting
    sent = driver._sent
    steering.bot.keyClick(steering.image, Qt.Key.Key_Escape)
    steering.bot.keyClick(steering.dreams.studio.window, Qt.Key.Key_C)
    steering.bot.waitUntil(lambda: driver._sent is not sent, timeout=PATIENCE_MS)
    thread.set_watched(True)
    steering.wait_for_steps(2)


def test_that_overlapping_keys_and_keys_released_with_a_modifier_do_not_stick(steering: SteeringDriver) -> None:
    steering.hold(Qt.Key.Key_Left)
    steering.hold(Qt.Key.Key_Right)
    steering.let_go(Qt.Key.Key_Left)
    steering.wait(
        lambda view: view.columns.action[-1] == 1.0 and bool(view.columns.driven[-1])
    )  # the one that is down still
    steering.let_go(Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    steering.wait(lambda view: not view.columns.driven[-1])
    steering.bot.keyPress(steering.image, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)  # a command, no steering
    assert steering.control.steering is not None
    assert not steering.control.steering.holds(0)


def test_that_a_pause_by_the_mouse_releases_held_and_latched_keys(steering: SteeringDriver) -> None:
    steering.hold(Qt.Key.Key_Right)
    steering.dreams.press(Qt.Key.Key_M)
    steering.wait(lambda view: bool(view.columns.driven[-1]))
    play = steering.dreams.workspace.player.play
    steering.bot.mouseClick(play, Qt.MouseButton.LeftButton)
    steering.settle()
    steering.bot.mouseClick(play, Qt.MouseButton.LeftButton)
    steering.wait_for_steps(2)
    assert steering.driven_last(1) == [False]


def test_that_a_driven_dream_survives_a_refused_request_and_a_new_viewing_horizon(steering: SteeringDriver) -> None:
    steering.wait_for_steps(2)
    steering.dreams.studio.window.controls.set_viewing_horizon(20)
    steering.dreams.workspace.requests.ask(origin=FrameRef(False, 10**6, 0))
    steering.bot.waitUntil(lambda: not steering.dreams.workspace.requests.awaited, timeout=PATIENCE_MS)
    view = steering.wait_for_steps(3)
    assert view.number == steering.before.number
    steering.bot.keyClick(steering.image, Qt.Key.Key_Escape)
    steering.bot.keyClick(steering.dreams.studio.window, Qt.Key.Key_D)
    assert steering.dreams.answer().request.length == 20  # it holds for the next dream


def test_that_m_latches_the_held_key_and_auto_repeat_does_not_count_as_a_press(steering: SteeringDriver) -> None:
    steering.hold(Qt.Key.Key_Right, repeated=True)
    steering.wait_for_steps(2)
    assert not steering.view.columns.driven.any()
    steering.hold(Qt.Key.Key_Right)
    steering.dreams.press(Qt.Key.Key_M)
    steering.wait(lambda view: view.columns.action[-1] == 1.0)
    steering.let_go(Qt.Key.Key_Right)
    steering.wait_for_steps(8)
    assert steering.driven_last(6) == [True] * 6
    steering.dreams.press(Qt.Key.Key_M)
    steering.wait(lambda view: not view.columns.driven[-1])


def test_that_a_turn_based_dream_takes_one_step_for_each_key_press(steering: SteeringDriver) -> None:
    steering.control.turn_based.setChecked(True)
    steering.settle()
    steps = steering.view.step
    for press in range(1, 4):
        steering.bot.keyClick(steering.image, Qt.Key.Key_Right)
        steering.wait(lambda view, goal=steps + press: view.step == goal)  # type: ignore[misc]
    steering.bot.wait(200)
    assert steering.view.step == steps + 3
    assert steering.driven_last(3) == [True] * 3


def test_that_dragging_a_bar_sets_the_action_until_it_is_released(steering: SteeringDriver) -> None:
    steering.wait_for_steps(2)
    rows = steering.rows()
    bar = rows.bar(0)
    point = QPoint(round(bar.left() + bar.width() / 4), round(bar.center().y()))
    steering.bot.mousePress(rows, Qt.MouseButton.LeftButton, pos=point)
    target = 2 * (point.x() - bar.left()) / bar.width() - 1
    assert target == pytest.approx(-0.5, abs=0.1)
    steering.wait(
        lambda view: bool(view.columns.driven[-1]) and view.columns.action[-1, 0] == pytest.approx(target, abs=0.01)
    )
    steering.bot.mouseRelease(rows, Qt.MouseButton.LeftButton, pos=point)
    steering.wait(lambda view: not view.columns.driven[-1])


@pytest.mark.parametrize("steering", ["gym:CartPole-v1"], indirect=True)
def test_that_digit_keys_choose_discrete_actions(steering: SteeringDriver) -> None:
    steering.hold(Qt.Key.Key_2)
    view = steering.wait(lambda view: bool(view.columns.driven[-3:].all()))
    assert view.columns.action[-1].tolist() == [0.0, 1.0]
    steering.let_go(Qt.Key.Key_2)
    steering.wait(lambda view: not view.columns.driven[-1])


@pytest.mark.parametrize("steering", ["dmc:reacher-easy"], indirect=True)
def test_that_the_pad_steers_two_named_dimensions_at_once(steering: SteeringDriver) -> None:
    steering.wait_for_steps(2)
    (pad,) = steering.control.findChildren(SteeringPad)
    point = pad.position_of(-0.5, 1.0).toPoint()
    steering.bot.mousePress(pad, Qt.MouseButton.LeftButton, pos=point)
    steering.wait(lambda view: view.columns.action[-1] == pytest.approx([-0.5, 1.0], abs=0.05))
    assert steering.control.engaged
    steering.bot.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=point)
    steering.wait(lambda view: not view.columns.driven[-1])
    boxes = {box.accessibleName(): box.currentText() for box in steering.control.findChildren(QComboBox)}
    assert (boxes["Across the pad"], boxes["Up the pad"]) == ("shoulder", "wrist")
