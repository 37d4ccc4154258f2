"""The Trust workspace on made judgments."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.trust.workspace import BEFORE, EVERY_SECONDS, FIRST, TrustWorkspace
from dreamer_studio.studio.widgets.chips import Chip
from dreamer_studio.studio.widgets.help_button import HelpButton
from dreamer_studio.trust.blind import BlindReturns, blind_gauge
from dreamer_studio.trust.horizon import Horizons
from dreamer_studio.trust.judgment import Judgment
from dreamer_studio.trust.measured import Measured
from dreamer_studio.trust.report import Report
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.frame_ref import FrameRef, HeldOutTest
from dreamer_studio.viewing.health.finding import Finding, Health
from dreamer_studio.viewing.trust.messages import BlindResult, TrustRequest, TrustResult
from tests.support.made_values import made_status
from tests.support.ring_judgments import judged_ring

FINDING = Finding("kl", "KL and actions", "red", "Dreams ignore the actions.", "Lower kl_scale.", "actions")


class Clock:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def right() -> Judgment:
    return judged_ring()


@pytest.fixture(scope="module")
def without_rewards() -> Judgment:
    return judged_ring(reward_factor=0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("dreamer_studio.studio.trust.workspace.time", clock)
    return clock


@pytest.fixture
def channels() -> Channels:
    return Channels()


@pytest.fixture
def channel(channels: Channels) -> Channel[TrustRequest, TrustResult]:
    return channels.trust


@pytest.fixture
def workspace(theme: Theme, qtbot: QtBot, channels: Channels, clock: Clock) -> Iterator[TrustWorkspace]:
    made = TrustWorkspace(theme, channels, lambda: Health((FINDING,)))
    qtbot.addWidget(made)
    made.resize(1400, 900)
    made.show()
    yield made
    made.close()


def report_of(judgment: Judgment, update: int) -> Report:
    return Report("gym:Ring-v0", "", 2 * update, update, 0, ("mode",), {"torch": "2"}, judgment)


def answer(
    workspace: TrustWorkspace, channel: Channel[TrustRequest, TrustResult], judgment: Judgment, update: int = 40
) -> None:
    frames = tuple(FrameRef(False, number, 0, test=HeldOutTest(30)) for number in range(judgment.episodes))
    channel.answer(channel.generation, TrustResult(report_of(judgment, update), "", 2.5, 1000.0, frames=frames))
    workspace.refresh(made_status(update=update))


def test_that_nothing_is_asked_before_the_first_update_or_while_hidden(
    workspace: TrustWorkspace, channel: Channel[TrustRequest, TrustResult]
) -> None:
    workspace.refresh(made_status(update=0))
    assert not channel.asked and workspace.verdict.sentence == BEFORE
    assert not workspace.judge_now.isEnabled() and not workspace.play.isEnabled()
    assert channel.visible
    workspace.hide()
    assert not channel.visible


def test_that_the_card_names_the_steps_before_its_horizon_at_which_the_dream_is_wrong(
    workspace: TrustWorkspace, channel: Channel[TrustRequest, TrustResult], right: Judgment
) -> None:
    workspace.refresh(made_status(update=40))
    answer(workspace, channel, replace(right, horizons=Horizons(45, 30, ((4, 9),), ((7, 7),))))
    assert workspace.cards.caption("Image horizon").startswith("Holds for 45 steps (not at steps 4 to 9). ")
    assert workspace.cards.caption("Reward skill").startswith("Holds for 30 steps (not at step 7). ")


def test_that_a_judgment_fills_sentence_stages_cards_and_facts(
    workspace: TrustWorkspace, channel: Channel[TrustRequest, TrustResult], right: Judgment
) -> None:
    workspace.refresh(made_status(update=40))
    assert channel.request == TrustRequest() and workspace.verdict.sentence == FIRST
    assert not workspace.export.isEnabled()
    answer(workspace, channel, right)
    assert workspace.verdict.sentence.startswith("Everything holds: images for 45 steps")
    assert set(workspace.verdict.verdicts.values()) == {"\N{CHECK MARK} holds"}
    assert workspace.cards.caption("Image horizon").startswith("Holds for 45 steps. ")
    assert len(workspace.cards.horizon.series("mean")[0]) == 45
    assert workspace.cards.gauges.line("value").startswith("\N{CHECK MARK} holds")
    assert "points" in workspace.cards.points.accessibleDescription()
    assert workspace.facts.startswith("Update 40 \N{MIDDLE DOT} 12 test episodes that no update learned from")
    assert "computed 0 s ago in 2.5 s" in workspace.facts


def test_that_stages_behind_the_first_failure_are_not_judged(
    workspace: TrustWorkspace, channel: Channel[TrustRequest, TrustResult], without_rewards: Judgment
) -> None:
    workspace.refresh(made_status(update=40))
    answer(workspace, channel, without_rewards)
    verdicts = workspace.verdict.verdicts
    assert verdicts["rollout"] == "\N{CHECK MARK} holds" and verdicts["reward"] == "\N{MULTIPLICATION X} fails"
    assert verdicts["value"].startswith("not judged") and verdicts["policy"].startswith("not judged")


def test_that_newer_weights_are_judged_once_a_minute_and_at_once_on_request(
    workspace: TrustWorkspace, channel: Channel[TrustRequest, TrustResult], right: Judgment, clock: Clock
) -> None:
    workspace.refresh(made_status(update=40))
    answer(workspace, channel, right)
    first = channel.generation
    clock.now += EVERY_SECONDS
    workspace.refresh(made_status(update=40))  # the same weights
    assert channel.generation == first
    clock.now -= 1.0
    workspace.refresh(made_status(update=41))
    assert channel.generation == first
    clock.now += 1.0
    workspace.refresh(made_status(update=41))
    assert channel.generation == first + 1
    answer(workspace, channel, right, update=41)
    workspace.judge_now.click()
    assert channel.generation == first + 2 and channel.request == TrustRequest()
    answer(workspace, channel, right, update=41)
    workspace.play.click()
    assert channel.request == TrustRequest(play=4)


def test_that_a_failure_is_the_sentence_until_there_is_a_judgment(
    workspace: TrustWorkspace, channel: Channel[TrustRequest, TrustResult], right: Judgment, qtbot: QtBot
) -> None:
    workspace.refresh(made_status(update=40))
    channel.fail(channel.generation, "This run has no test episodes yet.")
    workspace.refresh(made_status(update=40))
    assert workspace.verdict.sentence == "This run has no test episodes yet." and workspace.play.isEnabled()
    workspace.play.click()
    answer(workspace, channel, right)
    workspace.judge_now.click()
    channel.fail(channel.generation, "The disk is gone.")
    with qtbot.waitSignal(workspace.problemFound) as told:
        workspace.refresh(made_status(update=40))
    assert told.args == ["The disk is gone."]
    assert workspace.verdict.sentence.startswith("Everything holds")


def test_that_the_export_writes_the_record_tables_and_figures(
    workspace: TrustWorkspace, channel: Channel[TrustRequest, TrustResult], right: Judgment, tmp_path: Path
) -> None:
    workspace.refresh(made_status(update=40))
    answer(workspace, channel, right)
    workspace.write_files(tmp_path / "out")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    figures = {f"{name}.{kind}" for name in ("image-horizon", "reward-skill", "actions") for kind in ("png", "svg")}
    assert names == {"trust.json", "episodes.csv", "curves.csv", *figures}
    assert json.loads((tmp_path / "out" / "trust.json").read_text())["update"] == 40
    blocked = tmp_path / "file"
    blocked.touch()
    told: list[str] = []
    workspace.problemFound.connect(told.append)
    workspace.write_files(blocked)
    assert len(told) == 1 and told[0].startswith("The judgment cannot be written: ")


def test_that_a_click_on_a_point_asks_for_its_frame(
    workspace: TrustWorkspace, channel: Channel[TrustRequest, TrustResult], right: Judgment, qtbot: QtBot
) -> None:
    workspace.refresh(made_status(update=40))
    answer(workspace, channel, right)
    points, scatter = right.gauges["reward"].points, workspace.cards.points
    assert points is not None
    with qtbot.waitSignal(workspace.frameWanted) as wanted:
        qtbot.mouseClick(scatter, Qt.MouseButton.LeftButton, pos=scatter.position(0).toPoint())
    assert wanted.args is not None
    (frame,) = wanted.args
    assert isinstance(frame, FrameRef) and frame.test == HeldOutTest(30)
    near = (points.episode == frame.episode) & (points.row == frame.index)
    assert near.sum() == 1 and abs(points.real[near][0] - points.real[0]) < 0.1


def test_that_the_arrows_go_from_the_worst_point_on_and_return_opens_its_frame(
    workspace: TrustWorkspace, channel: Channel[TrustRequest, TrustResult], without_rewards: Judgment, qtbot: QtBot
) -> None:
    workspace.refresh(made_status(update=40))
    answer(workspace, channel, without_rewards)
    points, scatter = without_rewards.gauges["reward"].points, workspace.cards.points
    assert points is not None and scatter.spoken().endswith(" points")
    qtbot.keyClick(scatter, Qt.Key.Key_Right)
    worst = int(np.argmax(np.abs(points.predicted - points.real)))
    words = f"received {points.real[worst]:.3g}, predicted {points.predicted[worst]:.3g}: test of update 30, episode "
    assert scatter.spoken().startswith(words)
    with qtbot.waitSignal(workspace.frameWanted) as wanted:
        qtbot.keyClick(scatter, Qt.Key.Key_Return)
    assert wanted.args == [FrameRef(False, int(points.episode[worst]), int(points.row[worst]), test=HeldOutTest(30))]


def test_that_the_findings_stand_among_the_cards_and_lead_to_their_gauge(workspace: TrustWorkspace) -> None:
    workspace.refresh(made_status(update=40))
    health = workspace.cards.health
    assert health.health.findings == (FINDING,)
    (show,) = (button for button in health.findChildren(QPushButton) if button.text() == "Show")
    show.click()
    card = workspace.cards.card_of("actions")
    assert card.accessibleName() == "Actions" and card.property("accent") and card.help_button.hasFocus()
    workspace.show_gauge("policy")
    assert not card.property("accent") and workspace.cards.card_of("policy").accessibleName() == "Gauges"


def test_that_blind_driving_says_what_it_costs_how_far_it_is_and_what_it_found(
    workspace: TrustWorkspace, channels: Channels, channel: Channel[TrustRequest, TrustResult], right: Judgment
) -> None:
    blind, status = workspace.cards.blind, made_status(update=40)
    workspace.refresh(status)
    assert status.spec is not None
    steps = status.spec.time_limit // status.spec.action_repeat
    assert blind.text == (
        f"Plays 56 episodes of at most {min(999, steps)} steps with the newest weights: the first episode shows how "
        "long this takes."
    )
    channel.answer(channel.generation, TrustResult(report_of(right, 40), "", 2.5, 1000.0, step_seconds=0.01))
    workspace.refresh(status)
    assert blind.text.endswith("with the newest weights: at most 34 s.")
    assert blind.drive.isEnabled() and not blind.cancel.isEnabled()
    blind.drive.click()
    taken = channels.blind.take()
    assert taken is not None
    channels.blind.answer(taken[0], BlindResult(80, 40, progress="plays episode 3 of 56, step 9"), done=False)
    workspace.refresh(status)
    assert blind.text == "Plays episode 3 of 56, step 9."
    assert not blind.drive.isEnabled() and workspace.judge_now.isEnabled()
    blind.cancel.click()
    workspace.refresh(status)
    assert not channels.blind.asked and blind.drive.isEnabled()
    blind.drive.click()
    channels.blind.answer(channels.blind.generation, BlindResult(80, 40, blind_gauge(RETURNS)))
    workspace.refresh(status)
    assert blind.text.startswith("Keeps 90% (")
    assert "; n 8 episodes, update 40. Plays 56 episodes" in blind.text
    assert "sees every 45th frame 0.4" in blind.shares.accessibleDescription()


def test_that_the_focus_goes_from_blind_driving_to_cancel_and_back(
    workspace: TrustWorkspace, channels: Channels, qtbot: QtBot
) -> None:
    blind, status = workspace.cards.blind, made_status(update=40)
    workspace.refresh(status)
    blind.drive.setFocus()
    qtbot.waitUntil(blind.drive.hasFocus)
    qtbot.keyClick(blind.drive, Qt.Key.Key_Space)
    workspace.refresh(status)
    assert channels.blind.asked and blind.cancel.hasFocus()
    qtbot.keyClick(blind.cancel, Qt.Key.Key_Space)
    workspace.refresh(status)
    assert not channels.blind.asked and blind.drive.hasFocus()


def test_that_the_cost_of_blind_driving_counts_a_last_step_that_the_time_limit_cuts(workspace: TrustWorkspace) -> None:
    status = made_status(update=40)
    assert status.spec is not None
    workspace.refresh(replace(status, spec=replace(status.spec, time_limit=100, action_repeat=3)))
    assert "episodes of at most 34 steps" in workspace.cards.blind.text


def test_that_the_export_has_the_blind_driving_with_its_own_update(
    workspace: TrustWorkspace,
    channels: Channels,
    channel: Channel[TrustRequest, TrustResult],
    right: Judgment,
    tmp_path: Path,
) -> None:
    workspace.refresh(made_status(update=41))
    answer(workspace, channel, right, update=41)
    channels.blind.answer(channels.blind.ask(None), BlindResult(80, 40, blind_gauge(RETURNS)))
    workspace.refresh(made_status(update=41))
    workspace.write_files(tmp_path)
    record = json.loads((tmp_path / "blind.json").read_text())
    assert (record["update"], record["value"], record["n"]) == (40, 2, 8)


def test_that_the_spread_stands_beside_its_correlation_and_what_it_adds_to_the_step_number(
    workspace: TrustWorkspace, channel: Channel[TrustRequest, TrustResult], right: Judgment
) -> None:
    workspace.refresh(made_status(update=40))
    answer(workspace, channel, right)
    gauge = right.gauges["spread"]
    caption = workspace.cards.caption
    assert caption("Spread of futures") == "Correlation with the real error: not known. The error never changes."
    beyond = Measured(0.1, 0.05, 0.2, 8, "holds")
    spread = replace(gauge, measured=Measured(0.62, 0.5, 0.7, 8, "holds"), details={"beyond_step": beyond})
    answer(workspace, channel, replace(right, gauges=right.gauges | {"spread": spread}), update=41)
    assert caption("Spread of futures") == (
        "Correlation with the error 0.62 (0.5 to 0.7), n 8. Beyond the step number: 0.1 (0.05 to 0.2), "
        "\N{CHECK MARK} holds."
    )


def test_that_a_long_reason_wraps_and_is_never_cut(
    workspace: TrustWorkspace, channel: Channel[TrustRequest, TrustResult], right: Judgment, qtbot: QtBot
) -> None:
    workspace.refresh(made_status(update=40))
    gauges = dict(right.gauges)
    gauges["knows"] = replace(gauges["knows"], reason="the simulator's state is not on record, " * 4)
    answer(workspace, channel, replace(right, gauges=gauges))
    workspace.resize(800, 700)
    gauges_list = workspace.cards.gauges
    around = gauges_list.parentWidget()
    assert around is not None and gauges_list.width() <= around.width()
    marks = [chip for chip in gauges_list.findChildren(Chip) if chip.text() != "-"]
    assert len(marks) == 11, marks
    qtbot.waitUntil(lambda: all(chip.width() >= chip.sizeHint().width() for chip in marks))
    label = next(each for each in workspace.cards.gauges.findChildren(QLabel) if "on record" in each.text())
    assert label.wordWrap() and label.heightForWidth(label.width()) <= label.height()


def test_that_numbers_of_the_policy_from_too_few_episodes_have_no_interval(
    workspace: TrustWorkspace, channel: Channel[TrustRequest, TrustResult], right: Judgment
) -> None:
    workspace.refresh(made_status(update=40))
    details = {"entropy": Measured(0.25, math.nan, math.nan, 2, "cannot tell")}
    policy = replace(right.gauges["policy"], reason="too few episodes", details=details)
    answer(workspace, channel, replace(right, gauges=right.gauges | {"policy": policy}))
    assert workspace.cards.gauges.line("policy").endswith("; too few episodes; entropy 0.25")


def test_that_each_card_and_the_stages_have_a_help(workspace: TrustWorkspace) -> None:
    named = {button.accessibleName() for button in workspace.findChildren(HelpButton)}
    titles = ("Stages", "Image horizon", "Reward skill", "Actions", "Predicted and received", "Dream gap and value")
    more = ("Spread of futures", "Knowledge", "Blind driving", "Gauges", "Health")
    assert {f"What {title} shows" for title in (*titles, *more)} <= named


def test_that_what_to_try_leads_to_the_help_of_the_first_gauge_that_does_not_hold(
    workspace: TrustWorkspace,
    channel: Channel[TrustRequest, TrustResult],
    right: Judgment,
    without_rewards: Judgment,
    qtbot: QtBot,
) -> None:
    workspace.refresh(made_status(update=40))
    assert workspace.verdict.what_to_try.isHidden()
    answer(workspace, channel, without_rewards)
    workspace.verdict.what_to_try.click()
    help_button = workspace.cards.card_of("reward").help_button
    qtbot.waitUntil(lambda: help_button.popup is not None)
    assert help_button.popup is not None
    help_button.popup.close()
    answer(workspace, channel, right, update=41)
    assert workspace.verdict.what_to_try.isHidden()  # everything holds


RETURNS = BlindReturns(
    np.array([[100.0 + seed for seed in range(8)]] + [[10 + share * (90 + seed) for seed in range(8)]
             for share in (0.9, 0.7, 0.5, 0.45, 0.4)]),
    np.full(8, 10.0),
)  # fmt: skip
