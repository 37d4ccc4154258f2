"""Measurements of the presets, asked for and automatic, on made values."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest

from dreamer_studio.envs import build_config
from dreamer_studio.studio.new_run import automatic
from dreamer_studio.viewing.new_run.messages import NotMeasured
from tests.support.new_run_page import Page, made, type_into
from tests.support.new_runs import WALKER

__all__ = ["made"]

SETTLE_MS = 30
LONG_MS = 10 * SETTLE_MS


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let measurements begin soon."""
    monkeypatch.setattr(automatic, "SETTLE_MS", SETTLE_MS)


def measured_preset(made: Page) -> str:
    return made.wait_for_measurement().config.preset


def test_that_the_chosen_preset_is_measured_first_once_the_preview_is_complete(made: Page) -> None:
    made.choose()
    QTest.qWait(LONG_MS)
    assert not made.workers.channels.measure.asked
    made.show_preview()
    request = made.wait_for_measurement()
    assert request.automatic and request.config == made.page.review.config
    presets = made.page.panels.presets
    made.wait(lambda: presets.estimate_of("laptop").startswith("Measuring this machine: "))
    for preset in ("laptop", "tiny", "paper"):
        made.wait(lambda preset=preset: measured_preset(made) == preset)  # type: ignore[misc]
        made.measure()
        made.wait(lambda preset=preset: " steps: " in presets.estimate_of(preset))  # type: ignore[misc]
    QTest.qWait(LONG_MS)
    assert presets.button_of("paper").text() == "Measure again"


def test_that_a_task_is_not_measured_again_once_the_user_cancels(made: Page) -> None:
    presets = made.page.panels.presets
    made.choose()
    made.show_preview()
    made.wait_for_measurement()
    presets.button_of("laptop").click()
    assert not made.workers.channels.measure.asked
    assert "you canceled it" in presets.basis
    presets.radio_of("tiny").click()
    QTest.qWait(LONG_MS)
    assert not made.workers.channels.measure.asked
    presets.button_of("tiny").click()
    assert made.wait_for_measurement().config.preset == "tiny"
    presets.button_of("tiny").click()
    made.choose(WALKER)
    made.show_preview()
    assert made.wait_for_measurement().config.task == WALKER


def test_that_a_change_begins_the_measurement_again_only_if_it_changes_the_speed(made: Page) -> None:
    made.choose()
    made.show_preview()
    first = made.wait_for_measurement()
    made.page.panels.settings.fold.click()
    rows = made.page.panels.settings.rows
    type_into(rows["expl_amount"].field.editor, "0.5")
    assert made.workers.channels.measure.request is first
    type_into(rows["horizon"].field.editor, "20")
    made.wait(lambda: made.wait_for_measurement().config.horizon == 20)
    type_into(rows["horizon"].field.editor, "99")
    QTest.qWait(LONG_MS)
    assert not made.workers.channels.measure.asked


def test_that_another_choice_is_measured_before_the_last_one(made: Page) -> None:
    made.choose()
    made.show_preview()
    assert measured_preset(made) == "laptop"
    made.page.panels.presets.radio_of("tiny").click()
    made.wait(lambda: measured_preset(made) == "tiny")


def test_that_the_user_s_own_measurement_replaces_an_automatic_one(made: Page) -> None:
    presets = made.page.panels.presets
    made.choose()
    made.show_preview()
    made.wait_for_measurement()
    presets.button_of("paper").click()
    request = made.wait_for_measurement()
    assert (request.config.preset, request.automatic) == ("paper", False)
    assert [presets.button_of(each).text() for each in ("paper", "laptop")] == ["Cancel", "Measure"]
    assert not presets.button_of("laptop").isEnabled()


def test_that_a_check_comes_before_a_measurement(made: Page) -> None:
    made.choose()
    made.show_preview()
    made.wait_for_measurement()
    made.page.panels.preview.check.click()
    assert not made.workers.channels.measure.asked
    QTest.qWait(LONG_MS)
    assert not made.workers.channels.measure.asked
    made.page.panels.check.cancel.click()
    assert made.wait_for_measurement().automatic


def test_that_a_refused_measurement_says_why_and_is_tried_on_the_next_visit(made: Page) -> None:
    made.choose()
    made.show_preview()
    made.wait_for_measurement()
    made.measure(NotMeasured("walker-1 trains here, and a measurement would slow it down"))
    made.wait(lambda: "walker-1 trains here, and a measurement would slow it down" in made.page.panels.presets.basis)
    made.workers.channels.measure.withdraw()
    QTest.qWait(LONG_MS)
    assert not made.workers.channels.measure.asked
    made.page.hide()
    made.page.show()
    assert measured_preset(made) == "laptop"


def test_that_a_measurement_that_fails_is_not_repeated(made: Page) -> None:
    channel = made.workers.channels.measure
    made.choose()
    made.show_preview()
    made.wait_for_measurement()
    taken = channel.take()
    assert taken is not None
    channel.fail(taken[0], "no memory")
    made.wait(lambda: "no memory" in made.page.panels.presets.basis)
    assert channel.request is not None and channel.request.config.preset == "laptop"
    made.wait(lambda: measured_preset(made) == "tiny")


def test_that_a_task_whose_code_nobody_trusts_is_not_measured(made: Page) -> None:
    made.choose()
    made.page.take_settings(build_config("gym:somebodys_module:Name-v0", "tiny"))
    made.workers.answer_defaults()
    QTest.qWait(LONG_MS)
    assert not made.workers.channels.measure.asked


def test_that_a_hidden_page_measures_nothing(made: Page) -> None:
    made.choose()
    made.show_preview()
    made.wait_for_measurement()
    made.page.hide()
    QTest.qWait(LONG_MS)
    assert not made.workers.channels.measure.asked
