"""Banners about a full disk and about recoveries, and texts from other people's runs."""

from __future__ import annotations

import dataclasses
import errno
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from dreamer_studio.envs import EnvSpec
from dreamer_studio.runs.errors import StorageError
from dreamer_studio.runs.history import RowHistory
from dreamer_studio.runs.rows import Row
from dreamer_studio.session import Session, State, Status, TrainingFailure
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.theme import Theme
from dreamer_studio.training.errors import NotFiniteError
from dreamer_studio.training.events import Recovered

HOSTILE = '<b>fat</b><img src="/etc/passwd">'


@pytest.fixture
def window(theme: Theme, qtbot: QtBot, session: Session, tmp_path: Path) -> Iterator[StudioWindow]:
    """Show a window on a session that the test plays, without threads."""
    settings = SettingsFile(tmp_path / "settings.json")
    shown = StudioWindow(theme, settings)
    shown.open_run(session, begin=False)
    shown.show()
    yield shown
    shown.hide()
    shown.deleteLater()


def texts(window: StudioWindow) -> list[str]:
    return [banner.text for banner in window.banners.banners]


def test_that_a_banner_says_what_to_do_while_training_waits_for_the_disk_and_goes_when_it_continues(
    window: StudioWindow, session: Session
) -> None:
    text = "No space left on device (runs/walker): make room on that disk"
    failure = TrainingFailure(text, "", StorageError(errno.ENOSPC, text))
    waiting = dataclasses.replace(session.status.get(), state=State.WAITING, failure=failure)
    session.status.put(waiting)
    window.run.tick()
    window.run.tick()
    assert texts(window) == [f"Training is waiting, and continues by itself: {text}"]
    assert window.controls.pause.isEnabled() and window.controls.stop.isEnabled()
    session.status.put(dataclasses.replace(waiting, state=State.RUNNING, failure=None))
    window.run.tick()
    assert texts(window) == []


def test_that_each_recovery_is_one_banner(window: StudioWindow, session: Session) -> None:
    for note in ("one", "two"):
        session.recoveries.append(Recovered(note))
        window.run.tick()
        window.run.tick()
    assert sorted(texts(window)) == ["one", "two"]


def test_that_texts_from_a_strangers_run_are_shown_as_plain_text(window: StudioWindow, session: Session) -> None:
    status = session.status.get()
    config = dataclasses.replace(status.config, task=f"gym:{HOSTILE}", preset=HOSTILE)
    spec = EnvSpec(config.task, "continuous", 2, (HOSTILE, "b"), 1, 100, "", 1)
    session.status.put(dataclasses.replace(status, state=State.RUNNING, config=config, spec=spec))
    session.recoveries.append(Recovered(HOSTILE))
    log: RowHistory[Row] = RowHistory()
    log.append("change", {"kind": "change", "step": 1, "update": 1, "name": HOSTILE, "before": 1, "after": HOSTILE})
    session.log.take(log)
    window.run.tick()
    QApplication.processEvents()
    labels = [label for label in window.findChildren(QLabel) if HOSTILE in label.text()]
    assert any(label.text().startswith("\N{BLACK FLAG}") for label in labels)
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
    tips = [widget.toolTip() for widget in window.findChildren(QWidget) if "fat" in widget.toolTip()]
    assert tips and not any("<b>" in tip or "<img" in tip for tip in tips)


def test_that_closing_a_run_removes_the_banners_that_wait_for_it_or_offer_to_change_it(
    window: StudioWindow, session: Session
) -> None:
    status = session.status.get()
    broken = NotFiniteError("Updates are not finite.", "", can_go_back=True)
    session.status.put(dataclasses.replace(status, state=State.PAUSED, failure=TrainingFailure("broken", "", broken)))
    window.run.tick()
    full = TrainingFailure("full", "", StorageError(errno.ENOSPC, "full"))
    session.status.put(dataclasses.replace(status, state=State.WAITING, failure=full))
    window.run.tick()
    session.recoveries.append(Recovered("one"))
    window.run.tick()
    assert len(texts(window)) == 3
    window.run.end()
    assert texts(window) == ["one"]


def test_that_banners_and_the_toolbar_follow_the_run_although_a_workspace_raises(
    window: StudioWindow, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Status) -> NoReturn:
        raise ValueError("broken")

    monkeypatch.setattr(window.run.tabs, "refresh", fail)
    assert not window.controls.pause.isEnabled()
    session.status.put(dataclasses.replace(session.status.get(), state=State.RUNNING))
    session.recoveries.append(Recovered("one"))
    with pytest.raises(ValueError, match="broken"):
        window.run.tick()
    assert texts(window) == ["one"] and window.controls.pause.isEnabled()
