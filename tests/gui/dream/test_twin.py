"""The reality twin: a real environment beside a dream, in a real window on a run of recorded episodes."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from dreamer_studio.replay import read_episode
from dreamer_studio.replay.files import pack_episode
from dreamer_studio.replay.states import read_states, without_states
from dreamer_studio.studio.dream.gap_panel import GapPanel
from dreamer_studio.studio.dream.workspace import DreamWorkspace
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.frame_view import FrameView
from dreamer_studio.studio.widgets.plots.timeline import TimelinePlot
from dreamer_studio.viewing.scene.branches import Branch
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.twin import comparison as beside
from dreamer_studio.viewing.twin import worker as twin_worker
from dreamer_studio.viewing.twin.messages import TwinResult
from dreamer_studio.viewing.twin.worker import EXACT, NOT_THERE, VERIFIED
from tests.support.dream_workspace import DreamDriver
from tests.support.made_run import open_made_studio
from tests.support.reading import card, open_tab
from tests.support.recorded import record
from tests.support.studio import PATIENCE_MS


class TwinDriver:
    """Uses a Dream workspace with the twin beside the dream."""

    def __init__(self, dreams: DreamDriver) -> None:
        self.dreams, self.bot = dreams, dreams.studio.bot
        self.bot.keyClick(dreams.studio.window, Qt.Key.Key_T)

    def path_of(self, episode: int) -> Path:
        (path,) = (self.dreams.studio.status.folder / "episodes").glob(f"episode-{episode:06d}-*")
        return path

    def act(self, text: str) -> None:
        box = self.dreams.find(QComboBox, "Who acts in the dream")
        assert isinstance(box, QComboBox)
        box.setCurrentText(text)
        box.activated.emit(box.currentIndex())

    def wait(self, condition: Callable[[TwinResult], bool]) -> TwinResult:
        def met() -> bool:
            view = self.dreams.studio.channels.twin.result
            return view is not None and condition(view)

        self.bot.waitUntil(met, timeout=PATIENCE_MS)
        view = self.dreams.studio.channels.twin.result
        assert view is not None
        return view

    def drive(self, column: int, key: Qt.Key, steps: int) -> Scene:
        """Drive on from a column with a key, give control back, wait for the twin, and return the scene."""
        self.dreams.workspace.control.turn_based.setChecked(True)
        self.dreams.workspace.player.go_to(column)
        self.bot.keyClick(self.dreams.studio.window, Qt.Key.Key_C)
        image = self.dreams.find(FrameView, "Dreamed frame")
        for end in range(column + 2, column + 2 + steps):
            self.bot.keyClick(image, key)
            self.wait(lambda view, end=end: view.start + view.count == end == len(view.scene.columns))  # type: ignore[misc]
        self.bot.keyClick(image, Qt.Key.Key_Escape)
        assert self.dreams.scene is not None
        return self.dreams.scene

    def follow(self, scene: Scene) -> TwinResult:
        """Wait until the twin reaches the end of the scene or of the episode, and return the twin."""
        return self.wait(
            lambda view: (
                view.scene.request is scene.request
                and (view.start + view.count >= len(scene.columns) or bool(view.lacking))
            )
        )


def gap_plots(workspace: DreamWorkspace) -> list[TimelinePlot]:
    (gap,) = workspace.findChildren(GapPanel)
    return gap.findChildren(TimelinePlot)


@pytest.fixture(params=["gym:Pendulum-v1"])
def driver(request: pytest.FixtureRequest, theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[TwinDriver]:
    studio = open_made_studio(theme, qtbot, tmp_path / "run", recording=record(request.param))
    studio.bot.keyClick(studio.window, Qt.Key.Key_D)
    dreams = DreamDriver(studio)
    dreams.answer()
    yield TwinDriver(dreams)
    studio.leave()


@pytest.mark.parametrize("driver", ["gym:Pendulum-v1", "gym:CartPole-v1", "dmc:reacher-easy"], indirect=True)
def test_that_the_twin_reproduces_the_record_from_the_recorded_actions(driver: TwinDriver) -> None:
    dreams = driver.dreams
    dreams.pick_stored(dreams.studio.status.replay_episodes - 1, 6)
    driver.act("as recorded")
    scene = dreams.answer()
    known = len(scene.real)
    twin = driver.wait(lambda view: view.scene.request is scene.request and view.start + view.count >= known)
    assert (twin.badge, twin.note) == (EXACT, "")
    start = scene.context - 1
    assert twin.start == start
    np.testing.assert_equal(twin.frames[: known - start], scene.real[start:known])
    np.testing.assert_allclose(twin.reward[1 : known - start], scene.received[start + 1 : known])


def test_that_each_key_press_moves_dream_and_twin_by_one_step(driver: TwinDriver) -> None:
    dreams, bot = driver.dreams, driver.bot
    scene = dreams.scene
    assert scene is not None
    driver.follow(scene)
    workspace = dreams.workspace
    workspace.control.turn_based.setChecked(True)
    workspace.player.go_to(scene.context - 1)
    bot.keyClick(dreams.studio.window, Qt.Key.Key_C)
    image = dreams.find(FrameView, "Dreamed frame")
    for press in range(1, 4):
        bot.keyClick(image, Qt.Key.Key_Right)
        end = scene.context + press
        twin = driver.wait(lambda view, end=end: view.start + view.count == end == len(view.scene.columns))  # type: ignore[misc]
    driven = dreams.scene
    assert driven is not None and driven.columns.driven[-3:].all()
    assert (twin.badge, twin.count) == (EXACT, 4)
    assert not np.array_equal(twin.frames[3], twin.frames[0])
    beside = dreams.find(FrameView, "Comparison frame")
    assert isinstance(beside, FrameView)
    bot.waitUntil(lambda: workspace.player.column == len(driven.columns) - 1 and beside.image is not None)
    # going back and another way: the real world goes back as well
    bot.keyClick(image, Qt.Key.Key_Escape)
    workspace.player.go_to(scene.context - 1)
    bot.keyClick(dreams.studio.window, Qt.Key.Key_C)
    bot.keyClick(image, Qt.Key.Key_Left)
    other = driver.wait(lambda view: view.count == 2 and len(view.scene.columns) == scene.context + 1)
    np.testing.assert_equal(other.frames[0], twin.frames[0])
    assert not np.array_equal(other.frames[1], twin.frames[1])


def test_that_the_twin_of_a_running_frame_starts_exactly_there_and_the_badge_says_so(driver: TwinDriver) -> None:
    scene = driver.dreams.scene
    assert scene is not None and scene.origin.live
    twin = driver.follow(scene)
    np.testing.assert_equal(twin.frames[0], scene.real[twin.start])
    assert twin.badge == EXACT
    beside = card(driver.dreams.workspace, "Comparison")
    driver.bot.waitUntil(lambda: beside.badge == EXACT, timeout=PATIENCE_MS)


def test_that_without_a_usable_state_the_episode_is_replayed_and_the_reason_is_shown(driver: TwinDriver) -> None:
    dreams = driver.dreams
    path = driver.path_of(0)
    whole, rows = path.read_bytes(), read_episode(path)
    states = read_states(io.BytesIO(whole), 0, len(rows))
    assert states is not None
    uses = (
        ("no state on record", without_states(whole)),  # as an earlier version wrote it
        ("no state on record", pack_episode(rows, np.full_like(states, np.nan))),
        ("the recorded state does not lead to the recorded frame", pack_episode(rows, np.roll(states, 1, axis=0))),
        ("the recorded state cannot be copied", pack_episode(rows, np.full_like(states, 1e300))),
    )
    for frame, (reason, content) in enumerate(uses, start=6):
        path.write_bytes(content)
        dreams.pick_stored(0, frame)
        scene = dreams.answer()
        twin = driver.wait(lambda view, scene=scene: view.scene.request is scene.request)  # type: ignore[misc]
        assert twin.badge == VERIFIED
        assert twin.note.startswith(reason)
        np.testing.assert_equal(twin.frames[0], scene.real[scene.context - 1])
        dreams.workspace.player.go_to(scene.context - 1)
        beside = card(dreams.workspace, "Comparison")
        driver.bot.waitUntil(
            lambda beside=beside, twin=twin: beside.badge == VERIFIED and twin.note in beside.caption,  # type: ignore[misc]
            timeout=PATIENCE_MS,
        )


def test_that_a_frame_that_cannot_be_reached_again_is_reported_with_the_reason(
    driver: TwinDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    dreams = driver.dreams
    scene = dreams.scene
    assert scene is not None
    driver.follow(scene)
    monkeypatch.setattr(twin_worker, "episode_seed", lambda *_: 1)
    path = driver.path_of(0)
    path.write_bytes(without_states(path.read_bytes()))
    dreams.pick_stored(0, 3)
    scene = dreams.answer()
    twin = driver.wait(lambda view: view.scene.request is scene.request)
    assert (twin.badge, twin.count) == (NOT_THERE, 0)
    assert "recorded frame" in twin.lacking


def test_that_switching_the_twin_off_ends_its_environment(driver: TwinDriver) -> None:
    dreams = driver.dreams
    scene = dreams.scene
    assert scene is not None
    driver.follow(scene)
    before = len(psutil.Process().children(recursive=True))
    driver.bot.keyClick(dreams.studio.window, Qt.Key.Key_T)
    driver.bot.waitUntil(lambda: dreams.studio.channels.twin.result is None, timeout=PATIENCE_MS)
    driver.bot.waitUntil(lambda: len(psutil.Process().children(recursive=True)) < before, timeout=PATIENCE_MS)


def test_that_the_gap_plots_the_difference_to_the_twin_or_else_to_the_record(driver: TwinDriver) -> None:
    dreams = driver.dreams
    scene = dreams.scene
    assert scene is not None
    twin = driver.follow(scene)
    workspace = dreams.workspace
    open_tab(driver.bot, workspace, "Gap")
    error, difference = gap_plots(workspace)
    end = twin.start + twin.count
    driver.bot.waitUntil(lambda: len(error.series("image error")[1]) == twin.count, timeout=PATIENCE_MS)
    apart = (scene.model[twin.start : end].astype(float) - twin.frames[: twin.count]) / 255
    np.testing.assert_allclose(error.series("image error")[1], np.square(apart).mean((1, 2, 3)), rtol=1e-4)
    np.testing.assert_allclose(
        difference.series("reward difference")[1], scene.columns.reward[twin.start : end] - twin.reward
    )
    driver.bot.keyClick(dreams.studio.window, Qt.Key.Key_T)  # now it is the record that stands beside
    record = scene.received[: scene.context]
    driver.bot.waitUntil(lambda: difference.series("reward difference")[0][0] == scene.first_row, timeout=PATIENCE_MS)
    np.testing.assert_allclose(
        difference.series("reward difference")[1][: scene.context], scene.columns.reward[: scene.context] - record
    )


def test_that_the_gap_is_measured_again_for_a_branch_that_changed_while_the_tab_was_hidden(driver: TwinDriver) -> None:
    dreams, workspace = driver.dreams, driver.dreams.workspace
    scene = dreams.scene
    assert scene is not None
    driver.follow(scene)
    last = scene.context - 1

    def drawn() -> list[float]:
        return [*gap_plots(workspace)[0].series("image error")[1]]

    def measured(view: Scene, twin: TwinResult) -> list[float]:
        frames = twin.frames[: twin.count].astype(np.float32)
        apart = (view.model[twin.start : twin.start + twin.count] - frames) / 255
        return [*np.square(apart).mean((1, 2, 3))]

    open_tab(driver.bot, workspace, "Gap")
    first = driver.drive(last, Qt.Key.Key_Right, 4)
    old = measured(first, driver.follow(first))
    driver.bot.waitUntil(lambda: drawn() == pytest.approx(old, rel=1e-5), timeout=PATIENCE_MS)
    open_tab(driver.bot, workspace, "Plots")
    second = driver.drive(last + 1, Qt.Key.Key_Left, 5)
    assert second.branch == first.branch
    new = measured(second, driver.follow(second))
    assert new[:2] == old[:2] and new[:5] != pytest.approx(old, rel=1e-5)
    open_tab(driver.bot, workspace, "Gap")
    driver.bot.waitUntil(lambda: drawn() == pytest.approx(new, rel=1e-5), timeout=PATIENCE_MS)


def test_that_the_twin_is_shown_only_as_far_as_its_actions_match_the_scene(driver: TwinDriver) -> None:
    scene = driver.dreams.scene
    assert scene is not None
    driver.follow(scene)
    first = driver.drive(scene.context - 1, Qt.Key.Key_Right, 4)
    twin = driver.follow(first)
    action = first.columns.action.copy()
    action[scene.context + 1] *= -1  # as once a person has gone back and driven the other way
    elsewhere = dataclasses.replace(first, columns=dataclasses.replace(first.columns, action=action))
    whole, shared = beside.twin(first, twin), beside.twin(elsewhere, twin)
    assert (len(whole.frames), len(whole.reward)) == (5, 5)
    assert (len(shared.frames), len(shared.reward)) == (2, 2)
    assert shared.lacking == "the environment is starting"
    assert len(beside.twin(first.up_to(scene.context - 2), twin).frames) == 0  # the model saw less of it


def test_that_a_branch_that_is_driven_again_counts_as_another_comparison(driver: TwinDriver) -> None:
    scene = driver.dreams.scene
    assert scene is not None
    driver.follow(scene)
    first = driver.drive(scene.context - 1, Qt.Key.Key_Right, 2)
    second = driver.drive(scene.context - 1, Qt.Key.Key_Left, 2)
    branches = [Branch("1", (1, 0), scene.context - 1, each) for each in (first, second)]
    states = {beside.other_branch(scene, branch).state for branch in branches}
    assert len(states) == 2
