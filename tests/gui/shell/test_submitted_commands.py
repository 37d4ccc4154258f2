"""The answers to commands, on a session that the test plays."""

from __future__ import annotations

import dataclasses
from concurrent.futures import Future

import pytest
from pytestqt.qtbot import QtBot

from dreamer_studio.session import CommandRefusedError, MakeUpdates, SaveCheckpoint, Session, State
from dreamer_studio.studio.shell.submitted_commands import SubmittedCommands
from dreamer_studio.studio.shell.telling.outcomes import Outcomes
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.banner import BannerStack


class Submitted:
    """Commands of a session, with the sentences and banners of their answers."""

    def __init__(self, session: Session, banners: BannerStack, monkeypatch: pytest.MonkeyPatch) -> None:
        self.session, self.banners = session, banners
        self.said: list[str] = []
        self.answers: list[Future[str]] = []
        outcomes = Outcomes(banners, lambda text, _: self.said.append(text))
        self.commands = SubmittedCommands(session, outcomes, banners)
        monkeypatch.setattr(session, "submit", self._submit)

    def _submit(self, _: object) -> Future[str]:
        self.answers.append(Future())
        return self.answers[-1]

    def be(self, state: State, update: int) -> None:
        self.session.status.put(dataclasses.replace(self.session.status.get(), state=state, update=update))
        self.commands.collect()


@pytest.fixture
def submitted(session: Session, theme: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Submitted:
    banners = BannerStack(theme)
    qtbot.addWidget(banners)
    return Submitted(session, banners, monkeypatch)


def test_that_the_end_of_one_update_is_reported(submitted: Submitted) -> None:
    submitted.be(State.PAUSED, 588)
    submitted.commands.submit(MakeUpdates())
    submitted.answers[0].set_result("Running until one more update is done")
    submitted.be(State.RUNNING, 588)
    submitted.be(State.RUNNING, 589)
    assert submitted.said == ["Running until one more update is done"]
    submitted.be(State.PAUSED, 589)
    submitted.be(State.PAUSED, 589)
    assert submitted.said[1:] == ["One update is done: update 589"]


def test_that_a_success_removes_the_refusal_of_the_same_command(submitted: Submitted) -> None:
    submitted.commands.submit(SaveCheckpoint())
    submitted.answers[0].set_exception(CommandRefusedError("The disk is full."))
    submitted.commands.collect()
    assert [banner.text for banner in submitted.banners.banners] == ["The disk is full."]
    submitted.commands.submit(SaveCheckpoint())
    submitted.answers[1].set_result("Saved")
    submitted.commands.collect()
    assert submitted.banners.banners == () and submitted.said == ["Saved"]
