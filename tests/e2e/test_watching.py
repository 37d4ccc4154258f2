"""Watching changes nothing."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from dreamer_studio.lessons.chapters import CHAPTERS
from dreamer_studio.replay.bookmarks import read_bookmarks
from dreamer_studio.session import Quit, Session, SetPauseRules, Start, State
from dreamer_studio.session.pause_rules import PauseRule
from dreamer_studio.studio.compare.workspace import CompareWorkspace
from dreamer_studio.studio.dream.practice_panel import PracticePanel
from dreamer_studio.studio.learn.workspace import LearnWorkspace
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.trust.workspace import TrustWorkspace
from dreamer_studio.training import cores
from dreamer_studio.viewing.channel import Answer
from dreamer_studio.viewing.compare.messages import CompareResult
from dreamer_studio.viewing.replay.messages import SearchRequest
from tests.support.latents import LatentTabs
from tests.support.replay_workspace import BrowserDriver
from tests.support.small_runs import small_config
from tests.support.studio import PATIENCE_MS, Studio, open_session, open_studio
from tests.support.window_fixtures import garbage_ends_here, nothing_is_left_behind, theme  # noqa: F401 - fixtures

CLOCKS = {"time", "steps_per_s", "updates_per_s"}


def logged(folder: Path) -> list[dict[str, Any]]:
    """Every row of the log without what depends on the clock."""
    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return [{key: value for key, value in row.items() if key not in CLOCKS} for row in rows]


def run_to_the_end(session: Session) -> None:
    thread = threading.Thread(target=session.run)
    thread.start()
    while session.status.get().state is not State.FINISHED:
        assert session.status.get().state is not State.FAILED
        thread.join(0.05)
    session.submit(Quit()).result(timeout=60)
    thread.join(60)


def begun_comparison(answer: Answer[CompareResult] | None) -> bool:
    return answer is not None and answer.generation > 2 and answer.result is not None and bool(answer.result.courses)


def ask_for_dreams(studio: Studio, qtbot: QtBot, more: int) -> None:
    """Ask for dreams until `more` have begun or the training is over: a busy machine dreams late."""
    wanted = dreams_begun(studio) + more
    studio.channels.dream.ask(20)
    while dreams_begun(studio) < wanted and studio.status.state not in {State.FINISHED, State.FAILED}:
        qtbot.wait(30)
        studio.channels.dream.ask(20)


def pause_at(studio: Studio, step: int) -> None:
    """Start a paused training that waits at `step` for its viewers: on a busy machine they answer late."""
    studio.session.submit(SetPauseRules((PauseRule("step", bound=step),)))
    studio.session.submit(Start())


def learn(studio: Studio) -> None:
    """Show the Learn workspace, and go on to the next chapter once one has a result; the last asks for nothing."""
    studio.bot.keyClick(studio.window, Qt.Key.Key_7, Qt.KeyboardModifier.ControlModifier)
    workspace = studio.window.run.tabs.of(LearnWorkspace)
    if workspace.page.result is not None:
        workspace.contents.go_to((workspace.contents.list.currentRow() + 1) % (len(CHAPTERS) - 1))


def all_answered(studio: Studio) -> bool:
    asked, scene = studio.channels, studio.channels.scene.result
    results = (
        asked.edit.result,
        asked.dream_on.result,
        asked.latent_map.result,
        asked.blind.result,
        asked.learn.result,
    )
    return None not in results and scene is not None and scene.number > 3 and dreams_begun(studio) > 1


def practiced(studio: Studio) -> bool:
    practice = studio.channels.practice.result
    return practice is not None and practice.update > 3


def go_on_and_practice(studio: Studio, tabs: LatentTabs, panel: PracticePanel) -> None:
    """Continue with the tab Practice open: only an update practices."""
    studio.bot.keyClick(studio.window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    tabs.open(panel)
    studio.session.submit(Start())
    studio.bot.waitUntil(lambda: practiced(studio), timeout=PATIENCE_MS)


def dreams_begun(studio: Studio) -> int:
    dream = studio.channels.dream.result
    return 0 if dream is None else dream.number


@pytest.fixture
def two_threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """With one, threads that disturb each other's sums would go unnoticed."""
    before = torch.get_num_threads()
    monkeypatch.setattr(cores, "all_cores", lambda: 2)
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("two_threads")
def test_that_watching_and_dreaming_change_no_logged_number(theme: Theme, qtbot: QtBot, tmp_path: Path) -> None:  # noqa: F811
    config = small_config(steps=600, cnn_depth=4, num_units=32, eval_every=250, spare_cores=0)
    run_to_the_end(open_session(config, tmp_path / "unwatched"))
    studio = open_studio(theme, qtbot, config, tmp_path / "watched", paused=True)
    pause_at(studio, 400)
    browser = BrowserDriver(studio)
    turn = 0
    tabs, (practice,) = LatentTabs(studio), studio.window.findChildren(PracticePanel)
    compare, listed = studio.window.run.tabs.of(CompareWorkspace), studio.window.run.tabs.of(CompareWorkspace).list.list
    compare.add_run(str(tmp_path / "unwatched"))
    trust = studio.window.run.tabs.of(TrustWorkspace)
    while studio.status.state is not State.FINISHED:  # all workspaces and tabs, flat out, browsing and searching
        turn += 1
        if turn % 20 == 1:
            studio.window.run.replay_channels.search.ask(SearchRequest())
        if browser.model.rowCount() > 1:
            browser.hover(1, turn % 64)
        if turn % 60 > 45:
            qtbot.keyClick(studio.window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
            for row in range(min(2, listed.count())):
                listed.item(row).setCheckState(Qt.CheckState.Checked)
            compare.bar.seed.setValue(turn // 60)
        elif turn % 60 > 20:
            qtbot.keyClick(studio.window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
            tabs.open((tabs.panel, tabs.map, practice)[turn // 13 % 3])
            qtbot.keyClick(tabs.rows, Qt.Key.Key_Right)
            qtbot.mouseClick(tabs.panel.dream_on, Qt.MouseButton.LeftButton)
        elif turn % 60 > 12:
            qtbot.keyClick(studio.window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
            trust.judge_now.click()  # judges the stored test, once there is one
            trust.cards.blind.drive.click()  # drives on in all workspaces
        elif 4 < turn % 60 < 9:
            learn(studio)
        elif turn % 20 < 10:
            qtbot.keyClick(studio.window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
            ask_for_dreams(studio, qtbot, 2 if turn % 20 == 9 else 0)
        else:
            qtbot.keyClick(studio.window, Qt.Key.Key_D)
        qtbot.wait(30)
        assert studio.status.state is not State.FAILED
        if studio.status.state is State.PAUSED and all_answered(studio):
            go_on_and_practice(studio, tabs, practice)
    assert read_bookmarks(tmp_path / "watched" / "bookmarks.json")
    assert all_answered(studio)
    qtbot.keyClick(studio.window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: begun_comparison(studio.channels.compare.scene.newest()), timeout=PATIENCE_MS)
    qtbot.keyClick(studio.window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(trust.export.isEnabled, timeout=PATIENCE_MS)
    studio.leave()
    unwatched, watched = logged(tmp_path / "unwatched"), logged(tmp_path / "watched")
    assert [row["kind"] for row in unwatched].count("update") > 20
    assert watched == unwatched
