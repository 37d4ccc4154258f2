"""The first minute: from the start page to a run, a dream, back to the page, and on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from dreamer_studio.library.entry import RunState
from dreamer_studio.session import State, Status
from dreamer_studio.studio.dream.workspace import DreamWorkspace
from dreamer_studio.studio.new_run.page import NewRunPage
from dreamer_studio.studio.shell.flow.run_flow import RunFlow
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.scene.messages import Scene
from tests.support.flow import Front, open_front
from tests.support.hands import CONTROL, Hands
from tests.support.studio import PATIENCE_MS
from tests.support.watching import answer_question

TASK = "gym:CartPole-v1"
RUN = "CartPole-v1-tiny-1"
STEPS = "100,000"  # the preset's 1,000 steps would be over before the dream


@pytest.fixture
def front(theme: Theme, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Front]:
    """Yield the start page for a user without runs. The real user's settings and measurements stay unchanged."""
    for kind in ("CACHE", "CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / "home" / kind.lower()))
    runs = tmp_path / "runs"
    runs.mkdir()
    front = open_front(theme, qtbot, runs, RunFlow)
    yield front
    front.leave()


def test_that_the_first_minute_goes_from_the_start_page_to_a_dream_and_back_and_on(
    front: Front, tmp_path: Path
) -> None:
    hands = Hands(front.window, front.bot)
    check_that_nothing_trains_yet(front)
    page = check_that_new_run_finds_the_task_and_shows_it(front, hands)
    check_that_the_check_finds_no_reason_against_the_task(front, hands, page)
    check_that_start_trains_the_run_as_chosen(front, hands, page, tmp_path / "runs")
    check_that_d_dreams(front, hands)
    reached = check_that_ctrl_w_saves_and_goes_back_to_the_page(front, hands)
    check_that_the_run_is_listed_and_in_go_on(front, reached)
    check_that_resume_goes_on_from_there(front, hands, reached)


def check_that_nothing_trains_yet(front: Front) -> None:
    front.bot.waitUntil(lambda: "No run yet" in texts_of(front), timeout=PATIENCE_MS)
    assert front.home.isVisible() and not front.window.has_run
    assert not front.home.go_on.open.isVisible()


def check_that_new_run_finds_the_task_and_shows_it(front: Front, hands: Hands) -> NewRunPage:
    hands.click(front.home.new.new)
    (page,) = front.window.findChildren(NewRunPage)
    assert page.isVisible() and not page.panels.command.start.isEnabled()
    front.bot.waitUntil(lambda: len(page.panels.tasks.shown_tasks()) > 5, timeout=PATIENCE_MS)
    front.bot.waitUntil(page.panels.tasks.search_box.hasFocus, timeout=PATIENCE_MS)
    hands.type_text("cartpole-v1")
    assert page.panels.tasks.shown_tasks() == [TASK]
    hands.press(Qt.Key.Key_Return)
    assert page.choice.task == TASK
    hands.click(page.panels.presets.radio_of("tiny"))
    front.bot.waitUntil(lambda: RUN in page.panels.command.command, timeout=PATIENCE_MS)
    assert "--preset tiny" in page.panels.command.command
    front.bot.waitUntil(lambda: "push left" in texts_of(front), timeout=PATIENCE_MS)
    return page


def check_that_the_check_finds_no_reason_against_the_task(front: Front, hands: Hands, page: NewRunPage) -> None:
    hands.click(page.panels.preview.check)
    front.bot.waitUntil(lambda: bool(page.panels.check.row_texts), timeout=PATIENCE_MS)
    assert page.panels.check.verdict.startswith(f"{TASK}: ")
    assert not [text for text in page.panels.check.row_texts if ", refused: " in text]


def check_that_start_trains_the_run_as_chosen(front: Front, hands: Hands, page: NewRunPage, runs: Path) -> None:
    hands.click(page.panels.settings.fold)
    hands.click(page.panels.settings.filter)
    hands.type_text("steps")
    hands.click(page.panels.settings.rows["steps"].field.editor)
    hands.type_text(STEPS.replace(",", ""))
    front.bot.waitUntil(lambda: "steps=100000" in page.panels.command.command, timeout=PATIENCE_MS)
    hands.click(page.panels.command.start)
    front.wait_until_open(runs / RUN)
    config = front.status.config
    assert (config.task, config.preset, config.steps) == (TASK, "tiny", 100_000)
    front.wait_for_state(State.RUNNING)
    assert not page.isVisible() and front.window.run.tabs.isVisible()


def check_that_d_dreams(front: Front, hands: Hands) -> None:
    front.bot.waitUntil(lambda: front.status.update > 0, timeout=PATIENCE_MS)
    front.bot.waitUntil(front.window.action_set["dream.here"].isEnabled, timeout=PATIENCE_MS)
    hands.press(Qt.Key.Key_D)
    front.bot.waitUntil(lambda: dreamed(front) is not None, timeout=PATIENCE_MS)
    assert front.window.run.tabs.of(DreamWorkspace).isVisible()


def check_that_ctrl_w_saves_and_goes_back_to_the_page(front: Front, hands: Hands) -> Status:
    session = front.window.run.session
    asked = answer_question("Save and stop")
    hands.press(Qt.Key.Key_W, CONTROL)
    front.wait_for_home()
    assert asked == ["Close this run while it trains?"]
    reached = session.status.get()
    assert not front.window.has_run and 0 < reached.step < reached.config.steps
    return reached


def check_that_the_run_is_listed_and_in_go_on(front: Front, reached: Status) -> None:
    def listed() -> bool:
        return [(entry.name, entry.state) for entry in front.home.entries] == [(RUN, RunState.STOPPED)]

    front.bot.waitUntil(listed, timeout=PATIENCE_MS)
    (entry,) = front.home.entries
    assert (entry.task, entry.preset, entry.step, entry.steps) == (TASK, "tiny", reached.step, 100_000)
    assert front.home.go_on.entry == entry
    assert f"{reached.step:,} of {STEPS}" in texts_of(front)


def check_that_resume_goes_on_from_there(front: Front, hands: Hands, reached: Status) -> None:
    hands.click(front.home.go_on.open)
    front.wait_until_open(reached.folder)
    assert front.status.step >= reached.step and front.status.update >= reached.update
    front.bot.waitUntil(lambda: front.status.step > reached.step, timeout=PATIENCE_MS)
    assert not front.banners


def dreamed(front: Front) -> Scene | None:
    """Return the dream on show once it has all its frames, else None."""
    shown = front.window.run.tabs.of(DreamWorkspace).branches.shown
    if shown is None or shown.scene.decoded < len(shown.scene.columns):
        return None
    return shown.scene


def texts_of(front: Front) -> str:
    """Return all texts on show."""
    return "\n".join(label.text() for label in front.window.findChildren(QLabel) if label.isVisible())
