"""Branches of a dream: leaving a dream, returning to it, and comparing two, by real keys on a made run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QTreeWidget
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.dream.branches_panel import BranchesPanel
from dreamer_studio.studio.dream.frames_panel import SceneFramesPanel
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.frame_view import FrameView, as_image
from dreamer_studio.viewing.scene.branches import MOST, MOST_BYTES, MOST_SCENES, Branch, Branches, Key, key_of, parting
from dreamer_studio.viewing.scene.columns import SceneColumns
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.twin.comparison import Comparison, other_branch
from tests.support.dream_workspace import DreamDriver
from tests.support.made_run import open_made_studio
from tests.support.reading import card, open_tab
from tests.support.studio import PATIENCE_MS


class BranchesTab:
    """Uses the tab Branches of a window's Dream workspace."""

    def __init__(self, dreams: DreamDriver) -> None:
        self.dreams, self.bot = dreams, dreams.studio.bot
        self.branches: Branches = dreams.workspace.branches
        tree = dreams.find(QTreeWidget, "Branches")
        assert isinstance(tree, QTreeWidget)
        self.tree = tree
        open_tab(dreams.studio.bot, dreams.workspace, "Branches")

    def rows(self) -> list[str]:
        items = self.tree.findItems("", Qt.MatchFlag.MatchContains | Qt.MatchFlag.MatchRecursive)
        return [item.text(0) for item in items]

    def point(self, name: str) -> QPoint:
        (item,) = self.tree.findItems(name, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
        return self.tree.visualItemRect(item).center()

    def click(self, name: str) -> None:
        self.bot.mouseClick(self.tree.viewport(), Qt.MouseButton.LeftButton, pos=self.point(name))
        panel = self.dreams.workspace.findChildren(BranchesPanel)[0]
        self.bot.waitUntil(lambda: panel._version == self.branches.version, timeout=PATIENCE_MS)

    def button(self, text: str) -> None:
        (button,) = (one for one in self.dreams.workspace.findChildren(QPushButton) if one.text() == text)
        self.bot.mouseClick(button, Qt.MouseButton.LeftButton)

    def leave_at(self, column: int, steps: int) -> str:
        """Branch at a column with the key, drive some steps, give control back, and return the branch's name."""
        self.dreams.workspace.player.go_to(column)
        self.bot.keyClick(self.dreams.studio.window, Qt.Key.Key_B)
        shown = self.branches.shown
        assert shown is not None
        image = self.dreams.find(FrameView, "Dreamed frame")
        self.bot.keyPress(image, Qt.Key.Key_Right)
        self.bot.waitUntil(lambda: self.columns() > column + steps, timeout=PATIENCE_MS)
        self.bot.keyRelease(image, Qt.Key.Key_Right)
        self.bot.keyClick(image, Qt.Key.Key_Escape)
        self.bot.waitUntil(lambda: not self.dreams.workspace.driver.waiting, timeout=PATIENCE_MS)
        self.bot.waitUntil(lambda: shown.name in self.rows(), timeout=PATIENCE_MS)
        return shown.name

    def columns(self) -> int:
        assert self.dreams.scene is not None
        return len(self.dreams.scene.columns)


@pytest.fixture
def tab(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[BranchesTab]:
    studio = open_made_studio(theme, qtbot, tmp_path / "run")
    studio.bot.keyClick(studio.window, Qt.Key.Key_D)
    dreams = DreamDriver(studio)
    dreams.answer()
    yield BranchesTab(dreams)
    studio.leave()


def test_that_branches_leave_their_dream_unchanged_and_a_click_shows_them_again(tab: BranchesTab) -> None:
    dream = tab.dreams.scene
    assert dream is not None
    first = tab.leave_at(dream.context + 2, 4)
    driven = tab.dreams.scene
    assert driven is not None and driven.columns.driven[dream.context + 3 :].all()
    second = tab.leave_at(dream.context + 4, 3)  # leaves the first branch, and goes on from it
    assert [branch.parent for branch in tab.branches] == [None, (dream.number, 0), (dream.number, 1)]
    root = tab.rows()[0]
    assert tab.rows() == [root, first, second]
    tab.click(root)
    assert tab.dreams.scene is not None
    np.testing.assert_equal(tab.dreams.scene.model, dream.model)
    tab.click(first)
    scene = tab.dreams.scene
    assert scene is not None
    np.testing.assert_equal(scene.columns.action, driven.columns.action)
    assert tab.branches.shown is not None and tab.branches.shown.name == first


def test_that_compare_shows_another_branch_and_marks_the_step_from_which_they_differ(tab: BranchesTab) -> None:
    dream = tab.dreams.scene
    assert dream is not None
    tab.leave_at(dream.context + 2, 4)
    driven, root = tab.dreams.scene, tab.rows()[0]
    assert driven is not None
    column = dream.context + 3
    assert parting(driven, dream) == column
    tab.click(root)
    tab.bot.keyClick(tab.tree, Qt.Key.Key_Down)
    tab.button("Compare")
    strip = tab.dreams.strip
    tab.bot.waitUntil(lambda: [mark.column for mark in strip.marks] == [column], timeout=PATIENCE_MS)
    assert strip.marks[0].words == "they differ from step +4 on"
    beside = tab.dreams.find(FrameView, "Comparison frame")
    assert isinstance(beside, FrameView)
    tab.dreams.workspace.player.go_to(len(driven.columns) - 1)

    image = as_image(np.ascontiguousarray(driven.model[len(driven.columns) - 1]))
    tab.bot.waitUntil(lambda: beside.image == image, timeout=PATIENCE_MS)
    tab.button("Stop comparing")
    tab.bot.waitUntil(lambda: not strip.marks, timeout=PATIENCE_MS)


def test_that_a_branch_of_another_dream_is_aligned_by_frame_or_across_episodes_by_step(
    tab: BranchesTab, theme: Theme
) -> None:
    scene = tab.dreams.scene
    assert scene is not None

    def beside(**changes: object) -> Comparison:
        request = replace(scene.request)
        other = replace(scene, number=scene.number + 1, request=request, **changes)  # type: ignore[arg-type]
        return other_branch(scene, Branch("kept", None, -1, other))

    origin = scene.origin
    same = beside()
    assert (same.start, same.badge) == (0, "")
    earlier = beside(origin=replace(origin, index=origin.index - 2))
    assert earlier.start == 0 and earlier.frame(0) is not None
    np.testing.assert_equal(earlier.frame(0), scene.model[2])
    np.testing.assert_equal(earlier.reward, scene.columns.reward[2 : scene.decoded])
    later = beside(origin=replace(origin, index=origin.index + 3))
    assert (later.start, later.frame(2)) == (3, None)
    np.testing.assert_equal(later.frame(3), scene.model[0])
    other = beside(origin=replace(origin, episode=origin.episode + 1), context=scene.context - 1)
    assert (other.start, other.badge, other.note) == (1, "another episode", "of another episode, aligned by step")
    assert same.same_episode and earlier.same_episode and not other.same_episode
    panel = SceneFramesPanel(theme)
    tab.bot.addWidget(panel)
    panel.show_scene(scene, scene.context + 1, other)
    assert card(panel, "Comparison").caption.startswith("step +2 ")  # its row is another one than this dream's
    assert same.mark is earlier.mark is later.mark is other.mark is None


def test_that_a_branch_can_be_renamed_and_is_removed_with_the_branches_that_left_it(tab: BranchesTab) -> None:
    dream = tab.dreams.scene
    assert dream is not None
    first = tab.leave_at(dream.context, 4)
    tab.leave_at(dream.context + 1, 2)
    tab.click(first)
    tab.bot.keyClick(tab.tree, Qt.Key.Key_F2)
    editor = tab.tree.findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    tab.bot.keyClicks(editor, "always right")
    tab.bot.keyClick(editor, Qt.Key.Key_Return)
    tab.bot.waitUntil(lambda: "always right" in tab.rows(), timeout=PATIENCE_MS)
    tab.click("always right")
    tab.bot.keyClick(tab.tree, Qt.Key.Key_Delete)
    tab.bot.waitUntil(lambda: len(tab.rows()) == 1, timeout=PATIENCE_MS)
    assert tab.dreams.scene is not None and tab.dreams.scene.branch == 0


def test_that_ctrl_z_brings_a_removed_branch_back_with_the_branches_that_left_it(tab: BranchesTab) -> None:
    dream = tab.dreams.scene
    assert dream is not None
    first = tab.leave_at(dream.context, 4)
    tab.leave_at(dream.context + 1, 2)
    before = tab.rows()
    tab.click(first)
    tab.bot.keyClick(tab.tree, Qt.Key.Key_Delete)
    tab.bot.waitUntil(lambda: len(tab.rows()) == 1, timeout=PATIENCE_MS)
    tab.bot.keyClick(tab.tree, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    tab.bot.waitUntil(lambda: tab.rows() == before, timeout=PATIENCE_MS)
    assert tab.branches.shown is not None and tab.branches.shown.name == first


def test_that_a_dream_with_branches_is_kept_after_the_next_dream_and_one_without_is_not(tab: BranchesTab) -> None:
    dream = tab.dreams.scene
    assert dream is not None
    tab.leave_at(dream.context, 2)
    for frame in (10, 12):  # of another episode, so that each dream has its own name
        tab.dreams.pick_stored(0, frame)
        tab.dreams.answer()
    assert [branch.key[1] for branch in tab.branches] == [0, 1, 0]
    tab.click(tab.rows()[0])
    assert tab.dreams.scene is not None and tab.dreams.scene.number == dream.number


def test_that_beyond_the_limits_the_oldest_dreams_and_branches_are_dropped_but_never_the_shown_one(
    tab: BranchesTab,
) -> None:
    scene, branches = tab.dreams.scene, tab.branches
    assert scene is not None
    for _ in range(2 * MOST):
        branches.fork(scene.context)
    assert len(list(branches)) == MOST
    assert branches.shown in list(branches)
    later = range(scene.number + 1, scene.number + 1 + 2 * MOST_SCENES)
    for number in later:
        branches.plant(replace(scene, number=number, request=replace(scene.request)))
        branches.fork(scene.context)
    assert sorted({branch.key[0] for branch in branches}) == list(later)[-MOST_SCENES:]
    assert branches.shown in list(branches)


def test_that_beyond_the_memory_limit_old_branches_are_dropped_but_never_the_parent_of_the_shown_one(
    tab: BranchesTab,
) -> None:
    scene, branches = tab.dreams.scene, tab.branches
    assert scene is not None

    def plant(number: int) -> Scene:
        dream = replace(scene, number=scene.number + number, request=replace(scene.request))
        branches.plant(dream)
        return dream

    def drive_on(share: float = 0.25) -> None:
        """Pretend that the branch on show was driven on until it fills a share of the memory limit."""
        assert branches.shown is not None
        branches.grow(long_line(branches.shown.scene, int(share * MOST_BYTES) // scene.model[0].nbytes))

    for number in range(1, 6):
        plant(number)
        branches.fork(scene.context)
        drive_on()
    assert [branch.key[0] - scene.number for branch in branches] == [3, 3, 4, 4, 5, 5]
    dream = plant(6)
    keys: list[Key] = []
    for _ in range(5):
        keys.append(branches.fork(scene.context).key)
        drive_on()
    assert [branch.key for branch in branches] == [key_of(dream), *keys[-3:]]
    assert branches[keys[-3]].parent == key_of(dream)  # those between are gone
    branches.compare_with(keys[-3])
    branches.fork(scene.context)
    drive_on()
    assert branches.comparison is None
    plant(7)
    left = branches.fork(scene.context)
    drive_on(0.6)
    fork = branches.fork(len(branches[left.key].scene.columns) - 1)
    drive_on(0.6)
    assert branches.shown is branches[fork.key] and left.key in branches
    assert not np.shares_memory(fork.scene.model, branches[left.key].scene.model)


def long_line(scene: Scene, columns: int) -> Scene:
    """With so many columns, all decoded."""

    def longer(values: np.ndarray) -> np.ndarray:
        return np.resize(values, (columns, *values.shape[1:]))

    numbers = SceneColumns(**{field.name: longer(getattr(scene.columns, field.name)) for field in fields(SceneColumns)})
    return replace(scene, model=longer(scene.model), columns=numbers)
