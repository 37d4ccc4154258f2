"""The facts about a run in the Facts dock."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from dreamer_studio.envs import EnvSpec, LimitSource
from dreamer_studio.library.trainer import Life, OtherTrainer
from dreamer_studio.runs.lease.owner import Owner
from dreamer_studio.session import LastEpisode, PlayedEpisodes, State, Status
from dreamer_studio.studio.shell.run_panel import MOST_CHANGES, RunPanel
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.action_bars import ActionBars
from dreamer_studio.studio.widgets.key_values import KeyValueList, ValueField
from tests.support.idle_session import CONFIG, SPEC
from tests.support.made_values import made_status


def test_that_only_the_newest_of_many_changes_are_listed(theme: Theme, qtbot: QtBot) -> None:
    panel = RunPanel(theme)
    qtbot.addWidget(panel)

    def listed() -> list[str]:
        return "\n".join(label.text() for label in panel.findChildren(QLabel)).splitlines()

    changes = [f"change {number}" for number in range(MOST_CHANGES + 5)]
    panel.show_changes(changes[:3])
    assert [line for line in listed() if "change " in line] == [f"\N{BLACK FLAG} change {n}" for n in range(3)]
    panel.show_changes(changes)
    assert "5 earlier changes" in listed()
    assert [line for line in listed() if "change " in line] == [f"\N{BLACK FLAG} {change}" for change in changes[5:]]
    panel.show_changes([])
    assert any(line.startswith("None.") for line in listed())


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("setting", "60 steps (time_limit)"),
        ("task", "60 steps (the task's own)"),
        ("safety bound", "none; cut after 60 steps"),
        (None, "60 steps"),
    ],
)
def test_that_the_panel_says_what_limits_episodes(
    theme: Theme, qtbot: QtBot, source: LimitSource | None, words: str
) -> None:
    panel = RunPanel(theme)
    qtbot.addWidget(panel)
    status = Status(State.OPENING, "starting", CONFIG, Path("run"), "cpu")
    (facts,) = panel.findChildren(KeyValueList)
    panel.show_status(status)
    assert facts.value("Time limit") == "-"
    panel.show_status(dataclasses.replace(status, spec=dataclasses.replace(SPEC, limit_source=source)))
    assert facts.value("Time limit") == words


def test_that_the_panel_says_what_the_agent_sees_and_how_it_acts_if_the_suite_does_not(
    theme: Theme, qtbot: QtBot
) -> None:
    panel = RunPanel(theme)
    qtbot.addWidget(panel)
    (facts,) = panel.findChildren(KeyValueList)

    def shown(spec: EnvSpec) -> tuple[str, str]:
        panel.show_status(Status(State.RUNNING, "collecting", CONFIG, Path("run"), "cpu", spec=spec))
        return facts.value("Sees"), facts.value("Acts")

    image = "64 x 64 pixels"
    assert shown(SPEC) == (image, "1 in [-1, 1]")
    walker = dataclasses.replace(SPEC, action_size=6, action_names=tuple("abcdef"))
    assert shown(walker) == (image, "6 in [-1, 1]")
    assert shown(dataclasses.replace(walker, action_kind="discrete")) == (image, "one of 6, one-hot")
    assert shown(dataclasses.replace(SPEC, sees="render", acts="one of 2")) == ("render", "one of 2")


def test_that_the_panel_says_how_the_last_episodes_ended_if_that_is_known(theme: Theme, qtbot: QtBot) -> None:
    panel = RunPanel(theme)
    qtbot.addWidget(panel)
    status = Status(State.RUNNING, "collecting", CONFIG, Path("run"), "cpu", last_return=LastEpisode(3.0, 500, "cut"))
    panel.show_status(dataclasses.replace(status, last_test=LastEpisode(4.0, 400, None)))
    (facts,) = panel.findChildren(KeyValueList)
    assert facts.value("Last return") == "3.0, cut, step 500"
    assert facts.value("Last test") == "4.0, step 400"


@pytest.mark.parametrize(
    ("changes", "actor"),
    [
        ({"prefill": True, "update": 0}, "random"),
        ({"update": CONFIG.pretrain - 1}, "random"),  # the prefill is over, and no step has been taken since
        ({"update": CONFIG.pretrain}, "policy"),
        ({"update": 0, "watching": True}, "policy"),
    ],
)
def test_that_an_action_is_random_until_the_policy_has_taken_a_step(
    theme: Theme, qtbot: QtBot, changes: dict[str, Any], actor: str
) -> None:
    panel = RunPanel(theme)
    qtbot.addWidget(panel)
    panel.set_spec(SPEC)
    panel.show_action(np.zeros(1, np.float32), made_status(**changes))
    (told,) = (label.text() for label in panel.findChildren(QLabel) if label.text().startswith("Executed action"))
    assert f"({actor}" in told


def test_that_the_live_action_is_hidden_while_the_dream_has_its_own(theme: Theme, qtbot: QtBot) -> None:
    panel = RunPanel(theme)
    qtbot.addWidget(panel)
    panel.show()
    panel.show_bars(False)
    panel.set_spec(SPEC)
    (bars,) = panel.findChildren(ActionBars)
    QApplication.processEvents()
    assert not bars.isVisible()
    panel.show_bars(True)
    assert bars.isVisible()


def test_that_a_watched_run_shows_the_episodes_played_now_apart_from_its_last_test(theme: Theme, qtbot: QtBot) -> None:
    panel = RunPanel(theme)
    qtbot.addWidget(panel)
    panel.show()
    (facts,) = panel.findChildren(KeyValueList)
    status = Status(State.RUNNING, "playing", CONFIG, Path("run"), "cpu", watching=True, spec=SPEC)
    status = dataclasses.replace(status, last_test=LastEpisode(209.5, 95_000, None))
    panel.show_status(status)
    assert (facts.value("Last test"), facts.value("Played now")) == ("209.5, step 95,000", "no whole episode yet")
    panel.show_status(dataclasses.replace(status, played=PlayedEpisodes(218.3, 4, 211.0, 90)))
    assert facts.value("Last test") == "209.5, step 95,000"
    assert facts.value("Played now") == "218.3, mean 211.0 of 4"
    fields = {field.accessibleName(): field for field in facts.findChildren(ValueField)}
    assert fields["Played now"].isVisible() and not fields["Trainer"].isVisible()
    trainer = OtherTrainer(Owner("far", 12), Life.SILENT, step=400)
    panel.show_status(dataclasses.replace(status, trainer=trainer))
    assert fields["Trainer"].isVisible() and facts.value("Trainer") == "process 12 on far, silent, step 400"
    panel.show_status(dataclasses.replace(status, watching=False))
    assert not fields["Played now"].isVisible()
