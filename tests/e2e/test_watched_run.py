"""A watched run: it plays as `eval` does, and stays unchanged."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from dreamer_studio.headless import evaluate_run
from dreamer_studio.replay import EpisodeStore
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.planning import plan_watching
from dreamer_studio.session import (
    START,
    ChangeSetting,
    CommandRefusedError,
    MakeUpdates,
    Pause,
    Quit,
    SaveCheckpoint,
    Session,
    Start,
    State,
    Stop,
)
from dreamer_studio.studio.film.last_seconds import LastSeconds
from dreamer_studio.studio.shell.flow.sessions import open_run
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.theme import Theme
from dreamer_studio.training.opening import open_trainer
from dreamer_studio.training.watching import watched_run
from tests.support.replay_workspace import CONTROL, BrowserDriver
from tests.support.small_runs import CPU, small_config
from tests.support.studio import PATIENCE_MS, Studio
from tests.support.window_fixtures import garbage_ends_here, nothing_is_left_behind, theme  # noqa: F401 - fixtures


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("finished") / "run"
    config = small_config(steps=120, time_limit=40)
    trainer = open_trainer(RunFolder(folder), config, CPU)
    try:
        list(trainer.run())
    finally:
        trainer.close()
    return folder


@pytest.fixture
def session(finished: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.setattr(watched_run, "STEP_SECONDS", 0.001)
    plan = plan_watching(finished)
    session = Session(lambda: open_run(lambda _: plan, "cpu"), plan.config, finished, "cpu")
    yield session
    session.submit(Quit())


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_that_a_watched_run_plays_what_eval_plays_refuses_to_learn_and_stays_unchanged(
    finished: Path, session: Session
) -> None:
    before = contents(finished)
    thread = threading.Thread(target=session.run)
    thread.start()
    try:
        returns: list[float] = []
        while len(returns) < 2:
            played = session.status.get().played
            assert session.status.get().failure is None
            if played is not None and played.count > len(returns):
                returns.append(played.last)
            thread.join(0.001)
        assert session.submit(Pause()).result(20) == "Paused"
        for command in (MakeUpdates(), ChangeSetting("horizon", 7), SaveCheckpoint()):
            with pytest.raises(CommandRefusedError, match="only watched"):
                session.submit(command).result(20)
        assert session.submit(Start()).result(20) == "Playing"
        assert session.submit(Stop()).result(20) == "Stopped"
        assert session.submit(Start()).result(20) == "Playing"
    finally:
        session.submit(Quit()).result(20)
        thread.join(20)
    played = session.status.get().played
    assert played is not None
    assert played.count > 2 or played.mean == pytest.approx(sum(returns) / 2)
    assert returns == pytest.approx(evaluate_run(finished, 2)["returns"], abs=1e-3)
    assert session.rows_since(START)[1].number == len((finished / "metrics.jsonl").read_text().splitlines())
    assert contents(finished) == before


def test_that_the_window_plays_and_dreams_and_offers_nothing_that_learns(
    theme: Theme,  # noqa: F811
    qtbot: QtBot,
    finished: Path,
    session: Session,
    tmp_path: Path,
) -> None:
    before = contents(finished)
    settings = SettingsFile(tmp_path / "settings.json")
    window = StudioWindow(theme, settings)
    window.show()
    window.open_run(session)
    studio = Studio(window, session, qtbot)
    studio.wait_for(lambda status: status.episode_step > 3)

    def seen() -> bool:
        live, dream = studio.channels.live.result, studio.channels.dream.result
        return live is not None and live.reconstruction is not None and dream is not None and dream.decoded > 0

    qtbot.waitUntil(seen, timeout=PATIENCE_MS)
    controls = window.controls
    qtbot.waitUntil(controls.pause.isEnabled, timeout=PATIENCE_MS)
    assert not controls.one_update.isEnabled()
    assert not controls.save.isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_F6)
    studio.wait_for_state(State.PAUSED)
    window.close()  # without a question: there is nothing to save
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE_MS)
    studio.leave()
    assert contents(finished) == before


def test_that_browsing_a_watched_run_changes_no_file_until_a_frame_is_bookmarked(
    theme: Theme,  # noqa: F811
    qtbot: QtBot,
    finished: Path,
    session: Session,
    tmp_path: Path,
) -> None:
    before = contents(finished)
    settings = SettingsFile(tmp_path / "settings.json")
    window = StudioWindow(theme, settings)
    window.show()
    window.open_run(session)
    studio = Studio(window, session, qtbot)
    browser = BrowserDriver(studio)
    stored = len(EpisodeStore(finished / "episodes", 0))
    browser.wait(lambda: browser.model.rowCount() == stored + 1)
    assert browser.texts(0)[1] == "running"
    browser.click(1, 0, 30)
    browser.wait(lambda: browser.shown() != b"")
    browser.sort_by(5)
    browser.wait(lambda: "\N{HORIZONTAL ELLIPSIS}" not in browser.column(5))
    browser.click(0, 0, 30)
    qtbot.keyClick(browser.table, Qt.Key.Key_B, CONTROL)  # of the episode that is played, which is not stored
    browser.wait(lambda: len(browser.banners) == 1)
    assert contents(finished) == before
    browser.click(1, 0, 30)
    qtbot.keyClick(browser.table, Qt.Key.Key_B, CONTROL)
    browser.wait((finished / "bookmarks.json").is_file)
    studio.leave()
    assert {name for name, content in contents(finished).items() if before.get(name) != content} == {
        str(finished / "bookmarks.json")
    }


def test_that_the_last_seconds_of_a_watched_run_are_kept_and_nothing_else_is_written(
    theme: Theme,  # noqa: F811
    qtbot: QtBot,
    finished: Path,
    session: Session,
    tmp_path: Path,
) -> None:
    before = contents(finished)
    window = StudioWindow(theme, SettingsFile(tmp_path / "settings.json"))
    window.show()
    window.open_run(session)
    studio = Studio(window, session, qtbot)
    (last_seconds,) = window.findChildren(LastSeconds)
    qtbot.waitUntil(lambda: len(last_seconds.history.moments) > 5, timeout=PATIENCE_MS)
    with qtbot.waitSignal(last_seconds.kept, timeout=PATIENCE_MS) as kept:
        qtbot.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    studio.leave()
    written = Path(kept.args[0])
    assert written.parent == finished / "dreams"
    assert set(contents(finished)) - set(before) == {str(written)}
    written.unlink()
    written.parent.rmdir()
    assert contents(finished) == before
