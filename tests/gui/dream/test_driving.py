"""A person at the controls of a dream: a real training behind it, real keys and a real mouse."""

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
from tests.support.dream_workspace import Desk
from tests.support.made_run import SPECS, open_made_studio
from tests.support.studio import PATIENCE_MS


class Wheel:
    """The controls of a window's Dream workspace, taken from the end of what the model saw."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.bot = desk, desk.studio.bot
        self.control: SteeringPanel = desk.workspace.control
        self.image = desk.find(FrameView, "Dreamed frame")
        self.before = desk.answer()
        desk.workspace.player.go_to(self.before.context - 1)
        self.bot.keyClick(desk.studio.window, Qt.Key.Key_C)
        assert self.control.engaged

    def settle(self) -> None:
        """Until no step is on its way."""
        self.bot.waitUntil(lambda: not self.desk.workspace.driver.waiting, timeout=PATIENCE_MS)

    def newest(self) -> Scene:
        view = self.desk.studio.channels.drive.result
        assert view is not None
        return view

    @property
    def view(self) -> Scene:
        view = self.desk.scene
        assert view is not None
        return view

    def wait(self, condition: Callable[[Scene], bool]) -> Scene:
        self.bot.waitUntil(lambda: condition(self.view), timeout=PATIENCE_MS)
        return self.view

    def wait_for_steps(self, count: int) -> Scene:
        """So many more."""
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
def wheel(request: pytest.FixtureRequest, theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Wheel]:
    studio = open_made_studio(theme, qtbot, tmp_path / "run", spec=SPECS[request.param])
    studio.bot.keyClick(studio.window, Qt.Key.Key_D)
    yield Wheel(Desk(studio))
    studio.leave()


def test_that_a_person_drives_while_a_key_is_held_and_the_policy_goes_on_without_a_reset(wheel: Wheel) -> None:
    view, context = wheel.wait_for_steps(3), wheel.before.context
    assert not view.columns.driven.any()  # nothing is held: the policy acts
    wheel.hold(Qt.Key.Key_Right)
    wheel.wait(lambda view: view.columns.action[-1] == 1.0)
    wheel.let_go(Qt.Key.Key_Right)
    view = wheel.wait(lambda view: bool(view.columns.driven.any()) and not view.columns.driven[-1])
    first = int(view.columns.driven.argmax())
    np.testing.assert_allclose(view.columns.action[first : first + 3, 0], [1 / 3, 2 / 3, 1.0], rtol=1e-6)
    np.testing.assert_equal(
        view.columns.action[~view.columns.driven][context:], view.columns.policy[~view.columns.driven][context:]
    )
    ghosts = view.columns.policy[view.columns.driven]
    assert np.isfinite(ghosts).all() and (ghosts != view.columns.action[view.columns.driven]).any()
    # what the model saw stands, and everything is told of every step
    np.testing.assert_equal(view.model[:context], wheel.before.model[:context])
    assert np.isfinite([view.columns.reward, view.columns.value, view.columns.entropy]).all()
    assert len(view.real) == context
    assert view.number == wheel.before.number


def test_that_esc_and_the_loss_of_focus_release_everything(wheel: Wheel) -> None:
    for release in (
        lambda: wheel.bot.keyClick(wheel.image, Qt.Key.Key_Escape),
        lambda: QApplication.sendEvent(wheel.image, QFocusEvent(QEvent.Type.FocusOut)),
    ):
        wheel.hold(Qt.Key.Key_Left)
        wheel.wait(lambda view: bool(view.columns.driven[-1]))
        release()
        assert not wheel.control.engaged
        wheel.settle()
        steps = wheel.view.step
        wheel.bot.wait(200)
        assert wheel.view.step == steps  # the dream stands still
        wheel.bot.mouseClick(wheel.control.findChild(QPushButton), Qt.MouseButton.LeftButton)
        wheel.wait_for_steps(2)
        assert wheel.driven_last(1) == [False]  # taken again, and nothing is held


def test_that_space_holds_the_dream_and_lets_go_and_going_back_drives_on_from_there(wheel: Wheel) -> None:
    wheel.hold(Qt.Key.Key_Left)
    wheel.wait(lambda view: int(view.columns.driven.sum()) > 3)
    wheel.desk.press(Qt.Key.Key_Space)
    wheel.settle()
    steps, columns = wheel.view.step, len(wheel.view.columns)
    wheel.bot.wait(200)
    assert (wheel.view.step, len(wheel.view.columns)) == (steps, columns)
    wheel.desk.press(Qt.Key.Key_Home)
    wheel.desk.press(Qt.Key.Key_Space)
    view = wheel.wait(lambda view: view.step > steps)
    assert len(view.columns) < columns
    assert not view.columns.driven.any()
    assert (view.context, view.origin.index) == (1, wheel.before.first_row)


def test_that_the_cursor_stays_where_a_person_puts_it_while_a_step_is_on_its_way(wheel: Wheel) -> None:
    wheel.wait_for_steps(6)
    window, driver = wheel.desk.studio.window, wheel.desk.workspace.driver
    window.run.clock.stop()  # the answer comes, and the window has not seen it yet
    while not driver.waiting:
        wheel.bot.wait(10)
        window.run.tick()
    sent = wheel.desk.studio.channels.drive.generation
    wheel.desk.press(Qt.Key.Key_Home)
    wheel.bot.waitUntil(lambda: wheel.newest().step == sent, timeout=PATIENCE_MS)
    window.run.tick()
    assert wheel.view.step == sent
    assert wheel.desk.column == 0
    window.run.clock.start()
    wheel.desk.press(Qt.Key.Key_Space)
    wheel.wait(lambda view: view.context == 1)


def test_that_driving_goes_on_after_steps_that_failed(wheel: Wheel, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError("full")

    window = wheel.desk.studio.window
    with monkeypatch.context() as patch:
        patch.setattr("dreamer_studio.viewing.scene.drive_worker.drive", fail)
        wheel.bot.waitUntil(
            lambda: any("MemoryError: full" in banner.text for banner in window.banners.banners), timeout=PATIENCE_MS
        )
    wheel.wait_for_steps(2)


def test_that_control_taken_anew_waits_for_no_step_of_before(wheel: Wheel) -> None:
    wheel.wait_for_steps(2)
    inspector, driver = wheel.desk.studio.window.run.threads.viewing[0], wheel.desk.workspace.driver
    inspector.set_watched(False)
    wheel.bot.wait(500)  # what was under way is done by now
    assert driver.waiting
    sent = driver._sent
    wheel.bot.keyClick(wheel.image, Qt.Key.Key_Escape)
    wheel.bot.keyClick(wheel.desk.studio.window, Qt.Key.Key_C)
    wheel.bot.waitUntil(lambda: driver._sent is not sent, timeout=PATIENCE_MS)
    inspector.set_watched(True)
    wheel.wait_for_steps(2)


def test_that_keys_that_cross_and_keys_let_go_under_another_one_stick_nowhere(wheel: Wheel) -> None:
    wheel.hold(Qt.Key.Key_Left)
    wheel.hold(Qt.Key.Key_Right)
    wheel.let_go(Qt.Key.Key_Left)
    wheel.wait(
        lambda view: view.columns.action[-1] == 1.0 and bool(view.columns.driven[-1])
    )  # the one that is down still
    wheel.let_go(Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    wheel.wait(lambda view: not view.columns.driven[-1])
    wheel.bot.keyPress(wheel.image, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)  # a command, no steering
    assert wheel.control.steering is not None
    assert not wheel.control.steering.holds(0)


def test_that_a_pause_by_the_mouse_lets_go_of_everything(wheel: Wheel) -> None:
    wheel.hold(Qt.Key.Key_Right)
    wheel.desk.press(Qt.Key.Key_M)
    wheel.wait(lambda view: bool(view.columns.driven[-1]))
    play = wheel.desk.workspace.player.play
    wheel.bot.mouseClick(play, Qt.MouseButton.LeftButton)
    wheel.settle()
    wheel.bot.mouseClick(play, Qt.MouseButton.LeftButton)
    wheel.wait_for_steps(2)
    assert wheel.driven_last(1) == [False]


def test_that_a_driven_dream_outlives_a_refused_request_and_a_new_horizon(wheel: Wheel) -> None:
    wheel.wait_for_steps(2)
    wheel.desk.studio.window.controls.set_viewing_horizon(20)
    wheel.desk.workspace.requests.ask(origin=FrameRef(False, 10**6, 0))
    wheel.bot.waitUntil(lambda: not wheel.desk.workspace.requests.awaited, timeout=PATIENCE_MS)
    view = wheel.wait_for_steps(3)
    assert view.number == wheel.before.number
    wheel.bot.keyClick(wheel.image, Qt.Key.Key_Escape)
    wheel.bot.keyClick(wheel.desk.studio.window, Qt.Key.Key_D)
    assert wheel.desk.answer().request.length == 20  # it holds for the next dream


def test_that_m_latches_and_a_repeated_key_is_no_press(wheel: Wheel) -> None:
    wheel.hold(Qt.Key.Key_Right, repeated=True)
    wheel.wait_for_steps(2)
    assert not wheel.view.columns.driven.any()
    wheel.hold(Qt.Key.Key_Right)
    wheel.desk.press(Qt.Key.Key_M)
    wheel.wait(lambda view: view.columns.action[-1] == 1.0)
    wheel.let_go(Qt.Key.Key_Right)
    wheel.wait_for_steps(8)
    assert wheel.driven_last(6) == [True] * 6
    wheel.desk.press(Qt.Key.Key_M)
    wheel.wait(lambda view: not view.columns.driven[-1])


def test_that_a_dream_can_wait_for_a_key(wheel: Wheel) -> None:
    wheel.control.turn_based.setChecked(True)
    wheel.settle()
    steps = wheel.view.step
    for press in range(1, 4):
        wheel.bot.keyClick(wheel.image, Qt.Key.Key_Right)
        wheel.wait(lambda view, goal=steps + press: view.step == goal)  # type: ignore[misc]
    wheel.bot.wait(200)
    assert wheel.view.step == steps + 3
    assert wheel.driven_last(3) == [True] * 3


def test_that_a_bar_is_dragged_where_the_action_is_to_go(wheel: Wheel) -> None:
    wheel.wait_for_steps(2)
    rows = wheel.rows()
    bar = rows.bar(0)
    point = QPoint(round(bar.left() + bar.width() / 4), round(bar.center().y()))
    wheel.bot.mousePress(rows, Qt.MouseButton.LeftButton, pos=point)
    target = 2 * (point.x() - bar.left()) / bar.width() - 1
    assert target == pytest.approx(-0.5, abs=0.1)
    wheel.wait(
        lambda view: bool(view.columns.driven[-1]) and view.columns.action[-1, 0] == pytest.approx(target, abs=0.01)
    )
    wheel.bot.mouseRelease(rows, Qt.MouseButton.LeftButton, pos=point)
    wheel.wait(lambda view: not view.columns.driven[-1])


@pytest.mark.parametrize("wheel", ["gym:CartPole-v1"], indirect=True)
def test_that_choices_are_driven_by_their_digits(wheel: Wheel) -> None:
    wheel.hold(Qt.Key.Key_2)
    view = wheel.wait(lambda view: bool(view.columns.driven[-3:].all()))
    assert view.columns.action[-1].tolist() == [0.0, 1.0]
    wheel.let_go(Qt.Key.Key_2)
    wheel.wait(lambda view: not view.columns.driven[-1])


@pytest.mark.parametrize("wheel", ["dmc:reacher-easy"], indirect=True)
def test_that_the_pad_steers_two_named_dimensions_at_once(wheel: Wheel) -> None:
    wheel.wait_for_steps(2)
    (pad,) = wheel.control.findChildren(SteeringPad)
    point = pad.position_of(-0.5, 1.0).toPoint()
    wheel.bot.mousePress(pad, Qt.MouseButton.LeftButton, pos=point)
    wheel.wait(lambda view: view.columns.action[-1] == pytest.approx([-0.5, 1.0], abs=0.05))
    assert wheel.control.engaged
    wheel.bot.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=point)
    wheel.wait(lambda view: not view.columns.driven[-1])
    boxes = {box.accessibleName(): box.currentText() for box in wheel.control.findChildren(QComboBox)}
    assert (boxes["Across the pad"], boxes["Up the pad"]) == ("shoulder", "wrist")
