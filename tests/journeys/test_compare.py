"""Checkpoints of two runs in the Compare workspace: side by side, as a time-lapse, and as films."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from dreamer_studio.replay import EpisodeStore
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.session import State
from dreamer_studio.studio.compare.workspace import CompareWorkspace
from dreamer_studio.studio.film.film_fields import KINDS
from dreamer_studio.studio.film.last_seconds import LastSeconds
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.compare.checkpoints import checkpoints_of
from dreamer_studio.viewing.compare.messages import (
    CompareResult,
)
from dreamer_studio.viewing.film.captures import CompareCapture
from dreamer_studio.viewing.film.choices import comparison_on_screen
from dreamer_studio.viewing.film.compare_film import CONTEXT, OPEN_LOOP
from dreamer_studio.viewing.film.scene_film import Facts
from dreamer_studio.viewing.frame_ref import FrameRef
from tests.support.dialogs import choose_file, choose_no_file
from tests.support.dream_workspace import DreamDriver
from tests.support.exporting import arrays_in, choose_kind, export, frames_in, kinds_of, open_dialog
from tests.support.reading import card
from tests.support.studio import PATIENCE_MS, Studio, open_studio
from tests.support.trained import trained

__all__ = ["trained"]

FACTS = Facts("gym:Pendulum-v1", (), Path(), lambda _: -1)


class CompareDriver:
    """Uses the Compare workspace of a window, and reads what it shows."""

    def __init__(self, studio: Studio) -> None:
        self.studio, self.bot = studio, studio.bot
        self.workspace = studio.window.run.tabs.of(CompareWorkspace)
        self.press(Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)

    @property
    def on_show(self) -> CompareCapture:
        on_show = self.workspace.capture()
        assert on_show is not None
        return on_show

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.bot.keyClick(self.workspace, key, modifier)

    def tick(self, row: int) -> None:
        """Tick a checkpoint by keys, because the list's boxes are small."""
        self.workspace.list.list.setCurrentRow(row)
        self.bot.keyClick(self.workspace.list.list, Qt.Key.Key_Space)

    def answer(self, which: Callable[[CompareResult], bool] = lambda _: True) -> CompareResult:
        """Wait until the comparison on show is whole, and return it."""

        def answered() -> bool:
            if self.workspace.capture() is None:
                return False
            view = self.on_show.result
            return view.whole and view.request is self.studio.channels.compare.scene.request and which(view)

        self.bot.waitUntil(answered, timeout=PATIENCE_MS)
        view = self.on_show.result
        rows = len(view.courses) + 1
        self.bot.waitUntil(lambda: len(self.workspace.strip.strip.rows) == rows, timeout=PATIENCE_MS)
        return view


@pytest.fixture
def comparison(theme: Theme, qtbot: QtBot, trained: Path, tmp_path: Path) -> Iterator[CompareDriver]:
    """Show the workspace on a copy of the run, so that the run itself can be added as another run."""
    folder = Path(shutil.copytree(trained, tmp_path / "run"))
    studio = open_studio(theme, qtbot, RunFolder(folder).read(), folder)
    studio.wait_for_state(State.FINISHED)
    studio.wait_for(lambda _: studio.session.snapshots.latest is not None)  # which the films of the replay need
    yield CompareDriver(studio)
    studio.leave()


def test_that_a_user_compares_checkpoints_films_them_and_adds_another_run(
    comparison: CompareDriver, trained: Path
) -> None:
    check_that_checkpoints_are_ticked_compared_and_shown_as_a_time_lapse(comparison)
    for row in (0, comparison.workspace.list.list.count() - 1):
        comparison.tick(row)
    assert not comparison.workspace.list.ticked
    check_that_it_goes_to_the_frame_of_the_dream_workspace_and_takes_another_run(comparison, trained)


def check_that_checkpoints_are_ticked_compared_and_shown_as_a_time_lapse(comparison: CompareDriver) -> None:
    workspace, bot = comparison.workspace, comparison.bot
    listed = workspace.list.list
    bot.waitUntil(lambda: listed.count() >= 3, timeout=PATIENCE_MS)
    assert not workspace.strip.strip.rows  # which says what to do
    comparison.tick(listed.count() - 1)
    comparison.tick(0)
    view = comparison.answer()
    assert [course.contestant for course in view.courses] == list(workspace.list.ticked)
    names = [row.name for row in workspace.strip.strip.rows]
    steps = [course.contestant.step for course in view.courses]
    assert names[0] == "Real" and [name[:2] for name in names[1:]] == ["A:", "B:"]
    assert all(f"step {step:,}" in name for step, name in zip(steps, names[1:], strict=True))
    image, reward = workspace.plots.along
    for place, letter in enumerate("AB"):
        x, y = image.series(letter)
        assert (x[0], x[-1]) == (view.first_row, view.first_row + view.columns - 1)
        np.testing.assert_array_equal(y, view.courses[place].image_error)
        np.testing.assert_array_equal(reward.series(letter)[1], view.courses[place].reward_error)
    comparison.press(Qt.Key.Key_End)
    comparison.press(Qt.Key.Key_Left)
    bot.waitUntil(lambda: workspace.strip.strip.column == view.columns - 2, timeout=PATIENCE_MS)
    np.testing.assert_array_equal(workspace.images.grid.cells[1].image, view.courses[0].model[-2])
    check_the_film_of_a_comparison(comparison, view)
    check_that_the_last_seconds_are_of_it(comparison, view)
    bot.mouseClick(workspace.bar.lapse, Qt.MouseButton.LeftButton)
    view = comparison.answer(lambda view: view.request.lapse)
    steps = [course.contestant.step for course in view.courses]
    assert len(steps) == listed.count() and steps == sorted(steps)
    over_training, means = workspace.plots.over_training[0].series("open loop, mean")
    np.testing.assert_array_equal(over_training, steps)
    assert means[-1] == pytest.approx(view.courses[-1].image_error[view.context :].mean())
    check_the_films_of_a_time_lapse(comparison, view)
    bot.mouseClick(workspace.images.run_through, Qt.MouseButton.LeftButton)
    shown = {course.model[view.columns - 2].tobytes(): place for place, course in enumerate(view.courses)}
    seen: list[int] = []

    def ran_through() -> bool:
        real, one = workspace.images.grid.cells
        assert real.name == "Real" and one.image is not None
        seen.append(shown[one.image.tobytes()])
        return set(seen) == {*shown.values()}

    bot.waitUntil(lambda: len(workspace.images.grid.cells) == 2, timeout=PATIENCE_MS)
    bot.waitUntil(ran_through, timeout=PATIENCE_MS)
    bot.mouseClick(workspace.images.run_through, Qt.MouseButton.LeftButton)
    bot.mouseClick(workspace.bar.lapse, Qt.MouseButton.LeftButton)
    view = comparison.answer(lambda view: not view.request.lapse)  # back to what is ticked
    assert [course.contestant for course in view.courses] == list(workspace.list.ticked)
    comparison.press(Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert not comparison.studio.channels.compare.scene.visible


def check_the_film_of_a_comparison(comparison: CompareDriver, view: CompareResult) -> None:
    """Export by Ctrl+E, and check the rows of the strip."""
    studio = comparison.studio
    dialog = open_dialog(studio)
    assert kinds_of(dialog)[0] == "On screen: 2 checkpoints side by side" and kinds_of(dialog)[1:] == list(KINDS)
    film = arrays_in(export(studio, dialog, "compared.npz"))
    for name, ours in (
        ("model", [course.model for course in view.courses]),
        ("picture_error", [course.image_error for course in view.courses]),
        ("reward_predicted", [course.reward for course in view.courses]),
        ("reward_error", [course.reward_error for course in view.courses]),
        ("real", [view.real]),
        ("reward", [view.received]),
    ):
        np.testing.assert_array_equal(film[name], np.stack(ours).astype(film[name].dtype))
    rows = EpisodeStore(RunFolder(studio.status.folder).episodes, 0)
    recorded = rows.get(view.origin.episode, view.first_row, view.columns)
    np.testing.assert_array_equal(film["action"][0], recorded.action)
    assert film["seen"].sum() == film["context"] == view.context
    contestants = [course.contestant for course in view.courses]
    assert film["checkpoint"].tolist() == [contestant.path.name for contestant in contestants]
    assert film["step"].tolist() == [contestant.step for contestant in contestants]
    assert film["update"].tolist() == [contestant.update for contestant in contestants]
    facts = {name: film[name].item() for name in ("kind", "seed", "episode", "row", "live", "task")}
    assert facts == {
        "kind": "comparison",
        "seed": view.request.seed,
        "episode": view.origin.episode,
        "row": view.first_row,
        "live": False,
        "task": "gym:Pendulum-v1",
    }
    (shown,) = comparison_on_screen(comparison.on_show, FACTS)
    reel = shown.film(0, view.columns - 1)
    assert [row.looks[-1].text for row in reel.rows] == [row.name for row in comparison.workspace.strip.strip.rows]
    assert {look.text for look in reel.captions} == {CONTEXT.text, OPEN_LOOP.text}
    for name in ("compared.gif", "compared.png", "compared.mp4"):
        path = export(studio, open_dialog(studio), name)
        assert path.stat().st_size > 1000
    assert frames_in(path) == view.columns


def check_that_the_last_seconds_are_of_it(comparison: CompareDriver, view: CompareResult) -> None:
    """Export by Ctrl+Shift+E, and check each checkpoint's frame under the cursor."""
    studio, column = comparison.studio, comparison.workspace.player.column
    (last_seconds,) = studio.window.findChildren(LastSeconds)
    newest = last_seconds.history.moments[-1]
    assert newest.workspace == "compare" and newest.row == view.first_row + column and not newest.saw
    np.testing.assert_array_equal(newest.comparison, view.real[column])
    np.testing.assert_array_equal(newest.compared, [course.model[column] for course in view.courses])
    assert newest.compared_names == tuple(row.name for row in comparison.workspace.strip.strip.rows[1:])
    with studio.bot.waitSignal(last_seconds.kept, timeout=PATIENCE_MS) as kept:
        comparison.press(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        count = len(last_seconds.history.moments)
    assert frames_in(Path(kept.args[0])) == count


def check_the_films_of_a_time_lapse(comparison: CompareDriver, view: CompareResult) -> None:
    """Export all checkpoints side by side, and one frame through all of them."""
    studio, count, column = comparison.studio, len(view.courses), comparison.workspace.player.column
    dialog = open_dialog(studio)
    row = view.first_row + column
    lapse = f"Time-lapse: frame {row} of the episode, from checkpoint to checkpoint"
    assert kinds_of(dialog)[:2] == [f"On screen: {count} checkpoints side by side", lapse]
    choose_kind(dialog, lapse)
    film = arrays_in(export(studio, dialog, "lapse.npz"))
    np.testing.assert_array_equal(film["model"][:, 0], [course.model[column] for course in view.courses])
    assert film["step"].tolist() == [course.contestant.step for course in view.courses]
    assert (film["kind"].item(), film["row"].item()) == ("time-lapse", row)
    dialog = open_dialog(studio)
    choose_kind(dialog, lapse)
    assert frames_in(export(studio, dialog, "lapse.mp4")) == count
    reel = comparison_on_screen(comparison.on_show, FACTS)[1].film(0, count - 1)
    np.testing.assert_array_equal(reel.rows[1].images[0], film["model"][:, 0])
    for look, course in zip(reel.captions, view.courses, strict=True):
        assert f"{course.contestant.name}: open loop, step +{column - view.context + 1}:" in look.text


def check_that_it_goes_to_the_frame_of_the_dream_workspace_and_takes_another_run(
    comparison: CompareDriver, trained: Path
) -> None:
    workspace, bot, studio = comparison.workspace, comparison.bot, comparison.studio
    comparison.press(Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    dreams = DreamDriver(studio)
    dreams.pick_stored(1, 12)
    scene = dreams.answer()
    dreams.workspace.player.go_to(scene.context + 1)
    comparison.press(Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    for choose in (choose_no_file, choose_file):
        bot.mouseClick(workspace.list.add, Qt.MouseButton.LeftButton)
        choose(studio, trained)
        commands = studio.channels.compare.commands
        assert choose is choose_file or commands.take() is None
    both = len(checkpoints_of(studio.status.folder)) + len(checkpoints_of(trained))
    bot.waitUntil(lambda: workspace.list.list.count() == both, timeout=PATIENCE_MS)
    comparison.tick(0)
    comparison.tick(workspace.list.list.count() - 1)
    before = comparison.answer(lambda view: view.courses[-1].contestant.path.parent.parent == trained).request
    bot.mouseClick(workspace.bar.from_dream, Qt.MouseButton.LeftButton)
    view = comparison.answer(lambda view: view.request is not before)
    assert view.origin == FrameRef(False, 1, 14)
    assert view.courses[-1].contestant.path.parent.parent == trained
    assert "run step" in workspace.strip.strip.rows[-1].name
    listed, drop = workspace.list.list, workspace.list.drop
    own = len(checkpoints_of(studio.status.folder))
    listed.setCurrentRow(0)
    bot.keyClick(listed, Qt.Key.Key_Delete)
    assert not drop.isEnabled() and "The open run stays" in card(workspace.list).caption
    comparison.tick(1)
    comparison.answer(lambda view: len(view.courses) == 3)
    listed.setCurrentRow(own)
    assert drop.isEnabled() and "checkpoints of run from the list; its files stay" in drop.toolTip()
    bot.keyClick(listed, Qt.Key.Key_Delete)
    view = comparison.answer(lambda view: len(view.courses) == 2)  # without those that went
    assert {course.contestant.folder for course in view.courses} == {studio.status.folder}
    bot.waitUntil(lambda: listed.count() == own, timeout=PATIENCE_MS)
    assert len(workspace.list.ticked) == 2 and checkpoints_of(trained)
    workspace.add_run(str(trained))  # and it can come back
    bot.waitUntil(lambda: listed.count() == both, timeout=PATIENCE_MS)
