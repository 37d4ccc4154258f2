"""The dialog for the settings of a running training, by real keys and clicks on a made run."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from dreamer_studio.session import START, ChangeSetting, PauseRule
from dreamer_studio.session.pause_file import read_pause_rules
from dreamer_studio.session.pause_rules import NAMES
from dreamer_studio.studio.run_settings.dialog import RunSettingsDialog
from tests.support.reading import activate
from tests.support.studio import PATIENCE_MS, Studio


@pytest.fixture
def dialog(studio: Studio) -> RunSettingsDialog:
    """Open the dialog by its key."""
    bot = studio.bot
    bot.waitUntil(studio.window.controls.save.isEnabled, timeout=PATIENCE_MS)
    press_f8(studio)
    found: list[RunSettingsDialog] = []

    def shown() -> bool:
        found[:] = [each for each in studio.window.findChildren(RunSettingsDialog) if each.isVisible()]
        return bool(found)

    bot.waitUntil(shown, timeout=PATIENCE_MS)
    return found[0]


def press_f8(studio: Studio) -> None:
    """Press F8 in the window, once the window is the active one."""
    activate(studio.bot, studio.window)
    studio.bot.keyClick(studio.window, Qt.Key.Key_F8)


def type_into(dialog: RunSettingsDialog, name: str, text: str, key: Qt.Key | None = None) -> None:
    editor = dialog.settings.lines[name].field.editor
    assert isinstance(editor, QLineEdit)
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, text)
    if key is not None:
        QTest.keyClick(editor, key)


def changes(studio: Studio) -> list[tuple[object, object, object]]:
    rows = studio.session.rows_since(START)[0]
    return [(row["name"], row["before"], row["after"]) for row in rows if row["kind"] == "change"]


def test_that_every_setting_that_is_not_fixed_can_be_found_and_no_other(dialog: RunSettingsDialog) -> None:
    lines = dialog.settings.lines
    assert "horizon" in lines and "batch_size" in lines and "seed" not in lines and "cnn_depth" not in lines
    dialog.settings.filter.setText("adam's rate")
    shown = [name for name, line in lines.items() if not line.field.isHidden()]
    assert shown == ["model_lr", "value_lr", "actor_lr"]


def test_that_typed_values_are_marked_and_applied_together(studio: Studio, dialog: RunSettingsDialog) -> None:
    settings, config = dialog.settings, studio.status.config
    assert not settings.apply.isEnabled()
    type_into(dialog, "horizon", "8")
    type_into(dialog, "discount", "0.9")
    line = settings.lines["horizon"]
    assert line.marked and line.words == f"in use {config.horizon}" and not settings.lines["actor_lr"].marked
    assert settings.apply.text() == "&Apply 2 changes" and changes(studio) == []
    settings.apply.click()
    studio.wait_for(lambda status: (status.config.horizon, status.config.discount) == (8, 0.9))
    studio.bot.waitUntil(lambda: not line.marked and not settings.apply.isEnabled(), timeout=PATIENCE_MS)
    assert changes(studio) == [("horizon", config.horizon, 8), ("discount", config.discount, 0.9)]
    studio.bot.waitUntil(lambda: dialog.changes.changes.count() == 2, timeout=PATIENCE_MS)
    assert dialog.changes.changes.item(0).text().endswith("discount 0.99 \N{RIGHTWARDS ARROW} 0.9")


def test_that_enter_applies_and_undo_goes_back_change_by_change(studio: Studio, dialog: RunSettingsDialog) -> None:
    before = studio.status.config
    for name, text in (("horizon", "8"), ("discount", "0.9")):
        type_into(dialog, name, text, Qt.Key.Key_Return)
        studio.wait_for(lambda status, name=name, text=text: getattr(status.config, name) == float(text))  # type: ignore[misc]
    undo = dialog.changes.undo
    studio.bot.waitUntil(lambda: "discount 0.99" in undo.text(), timeout=PATIENCE_MS)
    undo.click()
    studio.bot.waitUntil(lambda: "horizon" in undo.text(), timeout=PATIENCE_MS)
    undo.click()
    studio.wait_for(lambda status: status.config == before)
    studio.bot.waitUntil(lambda: not undo.isEnabled(), timeout=PATIENCE_MS)
    assert len(changes(studio)) == 4


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("horizon", "99", "less than or equal to 50"),
        ("horizon", "x", "expected a whole number"),
        ("discount", "1.5", "less than or equal to 1"),
        ("actor_lr", "", "valid number"),
        ("prefill", "7", "the prefill is over"),
    ],
)
def test_that_a_wrong_value_is_refused_at_its_field(
    studio: Studio, dialog: RunSettingsDialog, name: str, text: str, reason: str
) -> None:
    type_into(dialog, "batch_size", "3")
    if text:
        type_into(dialog, name, text)
    else:
        type_into(dialog, name, "1")
        QTest.keyClick(dialog.settings.lines[name].field.editor, Qt.Key.Key_Backspace)
    line = dialog.settings.lines[name]
    assert reason in line.problem and not dialog.settings.apply.isEnabled()
    assert dialog.settings.lines["batch_size"].problem == ""
    QTest.keyClick(line.field.editor, Qt.Key.Key_Return)
    line.reset.click()
    assert line.problem == "" and dialog.settings.apply.isEnabled() and changes(studio) == []
    dialog.settings.discard.click()
    assert not dialog.settings.apply.isEnabled()


def test_that_a_change_from_elsewhere_shows_at_once_and_typed_text_stays(
    studio: Studio, dialog: RunSettingsDialog
) -> None:
    type_into(dialog, "discount", "0.9")
    studio.session.submit(ChangeSetting("horizon", 9)).result(PATIENCE_MS / 1000)
    lines = dialog.settings.lines
    studio.bot.waitUntil(lambda: lines["horizon"].field.text == "9", timeout=PATIENCE_MS)
    assert lines["discount"].field.text == "0.9" and lines["discount"].marked and not lines["horizon"].marked


def test_that_the_keys_of_a_tab_lead_into_its_first_field(studio: Studio, dialog: RunSettingsDialog) -> None:
    studio.bot.waitUntil(dialog.settings.filter.hasFocus, timeout=PATIENCE_MS)
    for key, field in ((Qt.Key.Key_P, dialog.pausing.quantity), (Qt.Key.Key_S, dialog.settings.filter)):
        QTest.keyClick(dialog, key, Qt.KeyboardModifier.AltModifier)
        studio.bot.waitUntil(field.hasFocus, timeout=PATIENCE_MS)


def choose(dialog: RunSettingsDialog, quantity: str, side: str = "above", bound: str = "") -> None:
    pausing = dialog.pausing
    pausing.quantity.setCurrentIndex(list(NAMES).index(quantity))  # type: ignore[arg-type]
    pausing.side.setCurrentText(side)
    pausing.bound.clear()
    QTest.keyClicks(pausing.bound, bound)


def test_that_rules_are_added_listed_kept_and_removed(studio: Studio, dialog: RunSettingsDialog) -> None:
    pausing, file = dialog.pausing, studio.status.folder / "pause_when.json"
    assert not pausing.add.isEnabled()
    choose(dialog, "entropy", "below", "0.1")
    pausing.add.click()
    studio.bot.waitUntil(lambda: pausing.rules.count() == 1, timeout=PATIENCE_MS)
    assert pausing.rules.item(0).text() == "Pause when the policy entropy (nats) is below 0.1"
    choose(dialog, "skip")
    assert pausing.bound.isHidden() and pausing.side.isHidden() and pausing.add.isEnabled()
    pausing.add.click()
    rules = (PauseRule("entropy", "below", 0.1), PauseRule("skip"))
    studio.wait_for(lambda status: status.pause_rules == rules)
    assert read_pause_rules(file) == rules
    studio.bot.waitUntil(lambda: pausing.rules.count() == 2, timeout=PATIENCE_MS)
    assert not pausing.add.isEnabled()  # this rule is set already
    pausing.rules.setCurrentRow(0)
    pausing.remove.click()
    studio.wait_for(lambda status: status.pause_rules == rules[1:])


@pytest.mark.parametrize(
    ("quantity", "bound", "reason"),
    [("kl", "many", "is not a number"), ("step", "0", "must be more than 0"), ("step", "1.5", "whole number")],
)
def test_that_an_impossible_bound_is_refused_at_its_field(
    dialog: RunSettingsDialog, quantity: str, bound: str, reason: str
) -> None:
    choose(dialog, quantity, bound=bound)
    assert reason in dialog.pausing.bound.accessibleDescription() and not dialog.pausing.add.isEnabled()


def test_that_the_dialog_opens_once_and_goes_with_the_run(studio: Studio, dialog: RunSettingsDialog) -> None:
    press_f8(studio)
    assert len(studio.window.findChildren(RunSettingsDialog)) == 1
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    studio.bot.waitUntil(lambda: not studio.window.findChildren(RunSettingsDialog), timeout=PATIENCE_MS)
    press_f8(studio)
    studio.bot.waitUntil(lambda: bool(studio.window.findChildren(RunSettingsDialog)), timeout=PATIENCE_MS)
