"""The dialog that exports a film: formats, what the file will be, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QSpinBox, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from dreamer_studio.export import Reel
from dreamer_studio.export.carriers import read_recipe
from dreamer_studio.export.recipe import Recipe
from dreamer_studio.export.reel import reel_of
from dreamer_studio.replay import EpisodeIndex, EpisodeList
from dreamer_studio.studio.film.export_dialog import ExportDialog
from dreamer_studio.studio.film.file_fields import FORMATS
from dreamer_studio.texts import size_words
from dreamer_studio.viewing.film.choices import FilmChoice
from tests.support.films import make_film
from tests.support.studio import PATIENCE_MS

LENGTH = 12


def film(first: int, last: int) -> Reel:
    made = make_film("imagined", count=1, length=last - first + 1)
    return replace(reel_of(made), across=True, recipe=Recipe("scene", "dmc:walker-walk"))


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path) -> Iterator[ExportDialog]:
    """Open the dialog with one film of the screen."""
    choice = FilmChoice("On screen: a dream", "12 frames.", "dream-1", LENGTH, 10, film)

    def episodes() -> EpisodeList:
        return EpisodeIndex(tmp_path, 0).refresh()

    shown = ExportDialog(None, (choice,), episodes, tmp_path / "run", 45, "light")
    shown.show()
    qtbot.waitExposed(shown)
    yield shown
    if isValid(shown):  # a canceled export deletes it
        qtbot.waitUntil(lambda: not shown.running, timeout=PATIENCE_MS)
        shown.reject()


def field(dialog: ExportDialog, kind: type[QWidget], name: str) -> QWidget:
    return next(each for each in dialog.findChildren(kind) if each.accessibleName() == name)


def box(dialog: ExportDialog, label: str) -> QSpinBox:
    """Return the number box beside a label of the form."""
    (found,) = (each for each in dialog.findChildren(QLabel) if each.text() == label)
    assert isinstance(found.buddy(), QSpinBox)
    return found.buddy()  # type: ignore[return-value]


def path_of(dialog: ExportDialog) -> QLineEdit:
    found = field(dialog, QLineEdit, "File")
    assert isinstance(found, QLineEdit)
    return found


def choose(dialog: ExportDialog, name: str, text: str) -> None:
    found = field(dialog, QComboBox, name)
    assert isinstance(found, QComboBox)
    found.setCurrentText(text)
    found.activated.emit(found.currentIndex())


def result(dialog: ExportDialog) -> str:
    found = field(dialog, QLabel, "Result")
    assert isinstance(found, QLabel)
    return found.text()


def button(dialog: ExportDialog, text: str) -> QPushButton:
    return next(each for each in dialog.findChildren(QPushButton) if each.text().replace("&", "") == text)


def lines(dialog: ExportDialog) -> list[str]:
    return [each.text() for each in dialog.findChildren(QLabel) if each.isVisible()]


def wait_for_file(dialog: ExportDialog, bot: QtBot) -> None:
    bot.waitUntil(lambda: dialog.done_with or bool(dialog.problem), timeout=PATIENCE_MS)
    assert not dialog.problem


@pytest.mark.parametrize("ending", list(FORMATS))
def test_that_the_format_sets_the_ending_and_the_result_is_what_the_file_turns_out_to_be(
    dialog: ExportDialog, qtbot: QtBot, ending: str
) -> None:
    choose(dialog, "Format", FORMATS[ending])
    assert path_of(dialog).text().endswith(f"dream-1{ending}")
    moves = ending in (".gif", ".webp", ".mp4")
    qtbot.waitUntil(lambda: ("1.2 s" in result(dialog)) == moves, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: ("pixels" in result(dialog)) == (ending != ".npz"), timeout=PATIENCE_MS)
    said = result(dialog)
    assert said.startswith("12 frames")
    qtbot.mouseClick(button(dialog, "Export"), Qt.MouseButton.LeftButton)
    wait_for_file(dialog, qtbot)
    path = Path(path_of(dialog).text())
    (written,) = (line for line in lines(dialog) if line.startswith("Written: "))
    assert written.endswith(f" {size_words(path.stat().st_size)}.")
    if ending in (".gif", ".webp", ".png"):
        with Image.open(path) as image:
            assert f"{image.width:,} x {image.height:,} pixels" in said
            assert f"{image.width:,} x {image.height:,} pixels" in written
    assert read_recipe(path).drawing.colors == "light"
    assert result(dialog).endswith("replaces the existing file")


def test_that_an_ending_typed_by_hand_chooses_the_format_and_a_wrong_one_is_said(
    dialog: ExportDialog, qtbot: QtBot
) -> None:
    path = path_of(dialog)
    path.setText(path.text().replace(".gif", ".mp4"))
    chosen = field(dialog, QComboBox, "Format")
    assert isinstance(chosen, QComboBox) and chosen.currentText() == FORMATS[".mp4"]
    path.setText(path.text().replace(".mp4", ".avi"))
    qtbot.waitUntil(lambda: "ends in none of" in result(dialog), timeout=PATIENCE_MS)
    dialog.export()
    assert "ends in none of" in dialog.problem and not dialog.running
    choose(dialog, "Format", FORMATS[".png"])
    assert path.text().endswith("dream-1.avi.png")


def test_that_the_result_follows_scale_and_curves(dialog: ExportDialog, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: "pixels" in result(dialog), timeout=PATIENCE_MS)
    before = result(dialog)
    box(dialog, "Scale").setValue(8)
    qtbot.waitUntil(lambda: result(dialog) != before, timeout=PATIENCE_MS)
    box(dialog, "Frames per second").setValue(4)
    qtbot.waitUntil(lambda: "3.0 s" in result(dialog), timeout=PATIENCE_MS)


def test_that_a_failure_is_shown_in_the_dialog_which_stays_and_can_try_again(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    path, good = path_of(dialog), path_of(dialog).text()
    path.setText(str(tmp_path / "file" / "dream.gif"))
    with qtbot.waitSignal(dialog.failedExport, timeout=PATIENCE_MS):
        dialog.export()
    qtbot.waitUntil(lambda: not dialog.running, timeout=PATIENCE_MS)
    assert dialog.isVisible() and dialog.problem.startswith(f"There is no film: {tmp_path / 'file'}: ")
    assert "Errno" not in dialog.problem
    assert any(dialog.problem in line for line in lines(dialog))
    path.setText(good)
    dialog.export()
    wait_for_file(dialog, qtbot)
    assert Path(good).is_file()


def test_that_enter_in_a_number_box_takes_the_number_and_exports_nothing(dialog: ExportDialog, qtbot: QtBot) -> None:
    scale = box(dialog, "Scale")
    scale.setFocus()
    scale.selectAll()
    qtbot.keyClicks(scale, "2")
    for _ in range(2):
        qtbot.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Return)
    assert scale.value() == 2 and not dialog.running and not dialog.done_with


def test_that_enter_on_the_export_button_exports(dialog: ExportDialog, qtbot: QtBot) -> None:
    button(dialog, "Export").setFocus()
    qtbot.keyClick(button(dialog, "Export"), Qt.Key.Key_Return)
    wait_for_file(dialog, qtbot)


def test_that_the_end_of_a_long_path_is_in_sight(dialog: ExportDialog) -> None:
    path = path_of(dialog)
    path.setText("/" + "a long way down/" * 20 + "dream-1.gif")
    assert path.cursorPosition() == len(path.text()) and path.toolTip() == path.text()
    path.grab()  # painting scrolls it
    assert path.cursorRect().center().x() <= path.rect().right()


def test_that_a_finished_film_can_be_opened_and_shown_in_its_folder(
    dialog: ExportDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def open_url(url: QUrl) -> bool:
        opened.append(url.toLocalFile())
        return len(opened) < 3

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    assert not button(dialog, "Open").isVisible() and not button(dialog, "Show in folder").isVisible()
    dialog.export()
    wait_for_file(dialog, qtbot)
    for text in ("Open", "Show in folder", "Open"):
        button(dialog, text).click()
    path = Path(path_of(dialog).text())
    assert opened == [str(path), str(path.parent), str(path)]
    assert "no program opens" in dialog.problem


def test_that_cancel_ends_the_export_closes_the_dialog_and_leaves_no_file(dialog: ExportDialog, qtbot: QtBot) -> None:
    box(dialog, "Scale").setValue(16)
    folder = Path(path_of(dialog).text()).parent
    dialog.export()
    with qtbot.waitSignal(dialog.finished, timeout=PATIENCE_MS):
        button(dialog, "Cancel").click()
    assert not folder.exists() or not list(folder.iterdir())
