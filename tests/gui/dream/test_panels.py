"""The tabs of the Dream workspace together, on made values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton, QTabWidget, QTreeWidget
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.dream.workspace import DreamWorkspace
from dreamer_studio.studio.shell.settings import Settings
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.replay.messages import ReplayChannels
from tests.support.idle_session import SPEC
from tests.support.made_values import made_status
from tests.support.scenes import made_scene

HEIGHT = 860


@pytest.fixture
def workspace(theme: Theme, qtbot: QtBot) -> Iterator[DreamWorkspace]:
    made = make_workspace(theme)
    qtbot.addWidget(made)
    made.resize(1200, HEIGHT)
    made.show()
    yield made


def make_workspace(theme: Theme) -> DreamWorkspace:
    made = DreamWorkspace(theme, Channels(), ReplayChannels())
    made.set_spec(replace(SPEC, action_size=2, action_names=("hip", "knee")))
    return made


def tabs_of(workspace: DreamWorkspace) -> QTabWidget:
    (tabs,) = workspace.findChildren(QTabWidget)
    return tabs


def box_of(workspace: DreamWorkspace, name: str) -> QComboBox:
    (box,) = (each for each in workspace.findChildren(QComboBox) if each.accessibleName() == name)
    return box


def test_that_no_tab_makes_the_page_higher(workspace: DreamWorkspace) -> None:
    tabs = tabs_of(workspace)
    for place in range(tabs.count()):
        tabs.setCurrentIndex(place)
        QApplication.processEvents()
        assert workspace.height() == HEIGHT, tabs.tabText(place)


def test_that_the_branch_on_show_is_not_compared_with_itself(workspace: DreamWorkspace) -> None:
    tabs_of(workspace).setCurrentIndex(2)
    workspace.branches.plant(made_scene())
    workspace.branches.fork(2)
    workspace.refresh(made_status())
    (tree,) = workspace.findChildren(QTreeWidget)
    (compare,) = (each for each in workspace.findChildren(QPushButton) if each.text() == "Compare")
    top = tree.topLevelItem(0)
    branch = top.child(0) if top is not None else None
    assert top is not None and branch is not None and branch.text(0) == "branch 1"
    tree.setCurrentItem(branch)
    assert not compare.isEnabled() and "is on show" in compare.toolTip()
    tree.setCurrentItem(top)
    assert compare.isEnabled()


def test_that_tab_speed_and_dimension_are_those_of_the_last_time(workspace: DreamWorkspace, theme: Theme) -> None:
    kept: dict[str, object] = {}
    workspace.chosen.connect(kept.__setitem__)
    tabs_of(workspace).setCurrentIndex(4)
    for name, place in (("Speed", 0), ("Action on show", 1)):
        box = box_of(workspace, name)
        box.setCurrentIndex(place)
        box.activated.emit(place)
    settings = Settings(**kept)  # type: ignore[arg-type]
    later = make_workspace(theme)
    later.show_choices(settings.dimension, settings.dream_tab, settings.dream_speed)
    assert tabs_of(later).currentIndex() == 4
    assert (box_of(later, "Speed").currentData(), box_of(later, "Action on show").currentText()) == (0.25, "knee")
    later.show_choices("no such", "no such", 99.0)
    assert tabs_of(later).currentIndex() == 4 and box_of(later, "Speed").currentData() == 0.25
    later.deleteLater()
