"""Preferences: each change applies at once, and is kept."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from PySide6.QtCore import QEvent, Qt, QUrl
from PySide6.QtWidgets import QApplication, QComboBox

from dreamer_studio.library.entry import RunEntry
from dreamer_studio.studio.preferences.dialog import SCHEMES, PreferencesDialog
from dreamer_studio.studio.shell.settings import Settings, SettingsFile
from dreamer_studio.studio.theme import Scheme
from dreamer_studio.studio.widgets.help_button import HelpButton
from dreamer_studio.studio.widgets.text import TEXT_SCALES, text_scale
from tests.support.flow import Front, made_request
from tests.support.studio import PATIENCE_MS


def dialog_of(front: Front) -> PreferencesDialog:
    front.bot.keyClick(front.window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    (dialog,) = front.window.findChildren(PreferencesDialog)
    assert dialog.isVisible()
    return dialog


def choose(box: QComboBox, text: str) -> None:
    box.setCurrentText(text)
    box.activated.emit(box.currentIndex())


def test_that_every_preference_is_shown_changed_and_kept(front: Front, tmp_path: Path) -> None:
    dialog = dialog_of(front)
    assert dialog.theme.currentData() == "system" and dialog.seconds.value() == 20
    choose(dialog.theme, "Light")
    choose(dialog.text, "125%")
    dialog.seconds.setValue(42)
    dialog.asks.click()
    dialog.hints.click()
    dialog.folders.add_folder(str(tmp_path / "more"))
    expected = Settings(
        theme="light",
        text_scale=1.25,
        keep_seconds=42,
        runs_folders=(str(tmp_path / "more"),),
        ask_before_closing=False,
        hints=False,
    )
    kept = SettingsFile(tmp_path / "settings.json").current
    for name in ("theme", "text_scale", "keep_seconds", "runs_folders", "ask_before_closing", "hints"):
        assert getattr(kept, name) == getattr(expected, name), name
    assert text_scale() == 1.25
    choose(dialog.text, "100%")
    dialog.reject()


def test_that_the_default_folder_of_runs_stays_and_added_folders_are_added_once_and_removed(
    front: Front, tmp_path: Path
) -> None:
    folders = dialog_of(front).folders
    assert not folders.remove.isEnabled()
    folders.add_folder(str(tmp_path))
    assert folders.list.count() == 1
    folders.add_folder(str(tmp_path / "more"))
    folders.add_folder(str(tmp_path / "more"))
    assert folders.added == (str(tmp_path / "more"),)
    assert folders.remove.isEnabled()
    folders.remove.click()
    assert folders.list.count() == 1
    assert SettingsFile(tmp_path / "settings.json").current.runs_folders == ()


def test_that_long_folders_are_shortened_instead_of_scrolled_sideways(front: Front, tmp_path: Path) -> None:
    shown = dialog_of(front).folders.list
    shown.addItem(str(tmp_path / ("a" * 300)))
    QApplication.processEvents()
    assert not shown.horizontalScrollBar().isVisible()


def test_that_the_start_page_lists_the_runs_of_an_added_folder_at_once(front: Front, tmp_path: Path) -> None:
    made_request(tmp_path / "here")
    made_request(tmp_path / "more" / "there")

    def listed() -> set[str]:
        entries: tuple[RunEntry, ...] = front.home.entries
        return {entry.name for entry in entries}

    front.bot.waitUntil(lambda: listed() == {"here"}, timeout=PATIENCE_MS)
    dialog_of(front).folders.add_folder(str(tmp_path / "more"))
    front.bot.waitUntil(lambda: listed() == {"here", "there"}, timeout=PATIENCE_MS)


def test_that_the_seconds_to_keep_apply_to_the_run_on_show(front: Front, tmp_path: Path) -> None:
    front.open_made(tmp_path / "run", paused=True)
    dialog_of(front).seconds.setValue(33)
    assert front.window.action_set["film.keep"].text() == "Keep the last 33 seconds"


def test_that_the_keys_and_the_dialog_offer_the_same_sizes_of_text(front: Front) -> None:
    front.window.set_text_scale(TEXT_SCALES[0])
    reached = [text_scale()]
    for _ in TEXT_SCALES[1:]:
        front.window.action_set["text.larger"].trigger()
        reached.append(text_scale())
    dialog = dialog_of(front)
    assert reached == [dialog.text.itemData(place) for place in range(dialog.text.count())]
    assert dialog.text.currentText() == "200%"
    dialog.reject()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    front.window.set_text_scale(1.2)  # as a settings file may have it
    assert dialog_of(front).text.currentText() == "120%"
    front.window.set_text_scale(1.0)


def test_that_an_open_dialog_follows_the_theme_and_the_text_size_of_the_menus(front: Front) -> None:
    dialog = dialog_of(front)
    for id_ in ("theme.light", "text.larger"):
        front.window.action_set[id_].trigger()
    assert dialog.theme.currentText() == "Light" and dialog.text.currentText() == "110%"
    front.window.action_set["text.usual"].trigger()
    assert dialog.text.currentText() == "100%"


def test_that_every_theme_can_be_chosen() -> None:
    assert set(SCHEMES) == set(get_args(Scheme))


def test_that_a_word_behind_the_question_mark_opens_the_glossary_and_nothing_blocks_it(front: Front) -> None:
    dialog = dialog_of(front)
    button = dialog.findChild(HelpButton)
    assert isinstance(button, HelpButton)
    button.click()
    assert button.popup is not None
    button.popup.browser.anchorClicked.emit(QUrl("glossary:update"))
    front.bot.waitUntil(front.window.help.isVisible, timeout=PATIENCE_MS)
    assert QApplication.activeModalWidget() is None
    assert dialog_of(front) is dialog  # the key brings the open one to the front
    front.window.help.close()


def test_that_hints_that_are_wanted_again_come_again(front: Front, tmp_path: Path) -> None:
    dialog = dialog_of(front)
    front.settings.change(hints=False, hints_seen=("image", "dream"))
    dialog.hints.setChecked(False)
    dialog.hints.setChecked(True)
    kept = SettingsFile(tmp_path / "settings.json").current
    assert (kept.hints, kept.hints_seen) == (True, ())
