"""Viewing threads whose workers fail."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from dreamer_studio.session import Session
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.threads import ViewingThread
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.worker import Worker
from tests.support.idle_session import SPEC
from tests.support.studio import PATIENCE_MS


class Counting:
    """A worker that always has work."""

    def __init__(self, error: Exception | None = None) -> None:
        self.channel: Channel[None, None] = Channel()
        self.turns = 0
        self._error = error

    def turn(self) -> bool:
        self.turns += 1
        if self._error is not None:
            raise self._error
        return True


class Onlooker(ViewingThread):
    """Lets given workers work."""

    def __init__(self, session: Session, workers: Sequence[Worker]) -> None:
        super().__init__("onlooker", session)
        self._given = workers

    def _make_workers(self, device: str) -> Sequence[Worker]:
        return self._given


def test_that_workers_have_no_turn_while_the_window_is_not_visible(session: Session, qtbot: QtBot) -> None:
    session.status.put(dataclasses.replace(session.status.get(), spec=SPEC))
    worker = Counting()
    thread = Onlooker(session, (worker,))
    thread.start()
    try:
        qtbot.waitUntil(lambda: worker.turns > 1, timeout=PATIENCE_MS)
        thread.set_watched(False)
        qtbot.wait(50)  # the turn that is under way ends
        turns = worker.turns
        qtbot.wait(300)
        assert worker.turns == turns
        thread.set_watched(True)
        qtbot.waitUntil(lambda: worker.turns > turns, timeout=PATIENCE_MS)
    finally:
        thread.stop()
        thread.wait()


def test_that_a_minimized_window_lets_all_its_viewing_threads_wait_and_follows_no_files(
    session: Session, theme: Theme, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched: dict[str, bool] = {}
    monkeypatch.setattr(
        ViewingThread, "set_watched", lambda thread, seen: watched.__setitem__(thread.objectName(), seen)
    )
    monkeypatch.setattr(session, "set_watched", lambda seen: watched.__setitem__("session", seen))
    window = StudioWindow(theme, SettingsFile(tmp_path / "settings.json"))
    window.open_run(session, begin=False)
    qtbot.addWidget(window)
    window.show()
    names = {thread.objectName() for thread in window.findChildren(ViewingThread)}
    assert names == {"snapshots", "twin", "compare", "gauges", "trust", "curves", "replay"}
    names.add("session")
    window.showMinimized()
    qtbot.waitUntil(lambda: watched == dict.fromkeys(names, False), timeout=PATIENCE_MS)
    window.showNormal()
    qtbot.waitUntil(lambda: watched == dict.fromkeys(names, True), timeout=PATIENCE_MS)


def test_that_a_worker_that_keeps_failing_rests_and_does_not_hold_up_the_others(session: Session, qtbot: QtBot) -> None:
    session.status.put(dataclasses.replace(session.status.get(), spec=SPEC))
    broken, whole = Counting(MemoryError("full")), Counting()
    thread = Onlooker(session, (broken, whole))
    thread.start()
    try:
        qtbot.waitUntil(lambda: broken.turns > 1, timeout=PATIENCE_MS)
    finally:
        thread.stop()
        thread.wait()
    assert whole.turns > 50 * broken.turns
    failure = thread.failures.since(0)[0][0]
    assert failure.reason == "MemoryError: full"
    assert "Traceback" in failure.details
