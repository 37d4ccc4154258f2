"""Watching a finished run: what it shows, how far to believe its dreams, and why there is no practice."""

from __future__ import annotations

import shutil
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from dreamer_studio.runs.planning import plan_watching
from dreamer_studio.session import Session
from dreamer_studio.studio.dream.practice_panel import PracticePanel
from dreamer_studio.studio.shell.flow.sessions import open_run
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.trust.workspace import TrustWorkspace
from tests.support.latents import LatentTabs
from tests.support.reading import open_tab
from tests.support.studio import PATIENCE_MS, Studio


def test_that_a_watched_run_shows_latents_is_judged_and_says_why_there_is_no_practice(
    theme: Theme, qtbot: QtBot, finished_run: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(finished_run, tmp_path / "run"))
    plan = plan_watching(folder)
    session = Session(lambda: open_run(lambda _: plan, "cpu"), plan.config, folder, "cpu")
    window = StudioWindow(theme, SettingsFile(tmp_path / "other.json"))
    window.show()
    window.open_run(session)
    studio = Studio(window, session, qtbot)
    studio.wait_for(lambda status: status.episode_step > 8)
    qtbot.keyClick(window, Qt.Key.Key_D)
    tabs = LatentTabs(studio)
    tabs.dreams.answer()
    tabs.open(tabs.panel)
    tabs.drag(int(tabs.look_at(2).order[0]), 1.0)
    tabs.wait_for_edit()
    tabs.open(tabs.map)
    tabs.whole_map()
    (practice,) = window.findChildren(PracticePanel)
    open_tab(qtbot, window, "Practice")
    qtbot.waitUntil(lambda: "only watching" in practice.strip.accessibleDescription(), timeout=PATIENCE_MS)
    trust = window.run.tabs.of(TrustWorkspace)
    qtbot.keyClick(window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(trust.play.isEnabled, timeout=PATIENCE_MS)
    trust.play.click()
    qtbot.waitUntil(trust.export.isEnabled, timeout=PATIENCE_MS)
    scatter = trust.cards.points
    qtbot.mouseClick(scatter, Qt.MouseButton.LeftButton, pos=scatter.position(0).toPoint())
    test = tabs.dreams.answer().origin.test
    assert tabs.dreams.workspace.isVisible() and test is not None and test.played
    studio.leave()
