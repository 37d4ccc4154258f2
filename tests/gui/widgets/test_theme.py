import gc
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette, QStyleHints
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QDockWidget,
    QListWidget,
    QListWidgetItem,
    QMainWindow,
    QMenu,
    QProxyStyle,
    QPushButton,
    QStyle,
    QStyleHintReturn,
    QStyleOption,
    QWidget,
)
from pytestqt.qtbot import QtBot

from dreamer_studio.export.reel import reel_of
from dreamer_studio.replay import EpisodeIndex
from dreamer_studio.studio.film.export_dialog import ExportDialog
from dreamer_studio.studio.preferences.dialog import PreferencesDialog
from dreamer_studio.studio.run_list.note_dialog import NoteDialog
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.theme import CONTRAST, DARK, LIGHT, Palette, Scheme, Theme, apply_theme
from dreamer_studio.studio.widgets.chips import Swatch
from dreamer_studio.viewing.film.choices import FilmChoice
from dreamer_studio.viewing.role import Role
from tests.support.contrast import contrast
from tests.support.films import make_film
from tests.support.pixels import count


@pytest.mark.parametrize("palette", [LIGHT, DARK, CONTRAST], ids=["light", "dark", "contrast"])
def test_that_every_text_color_is_legible_on_every_ground(palette: Palette) -> None:
    inks = [palette.text, palette.muted, *(palette.of(role) for role in Role)]
    grounds = [palette.ground, palette.surface, palette.raised]
    too_weak = [(ink, ground) for ink, ground in product(inks, grounds) if contrast(ink, ground) < 4.5]
    assert too_weak == []
    assert contrast(palette.on_accent, palette.accent) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK, CONTRAST], ids=["light", "dark", "contrast"])
def test_that_the_four_meanings_have_four_colors(palette: Palette) -> None:
    meanings = (Role.REAL, Role.MODEL, Role.DREAM, Role.ERROR)
    assert len({palette.of(role) for role in meanings}) == 4


def test_that_high_contrast_has_seven_to_one_and_visible_borders() -> None:
    inks = [CONTRAST.text, CONTRAST.muted, CONTRAST.border, *(CONTRAST.of(role) for role in Role)]
    assert [ink for ink in inks if contrast(ink, CONTRAST.surface) < 7] == []


def test_that_switching_the_scheme_repaints_a_visible_widget(theme: Theme, qtbot: QtBot) -> None:
    swatch = Swatch(theme, Role.DREAM)
    qtbot.addWidget(swatch)
    assert count(swatch, DARK.dream) > 50
    with qtbot.waitSignal(theme.changed):
        theme.set_scheme("light")
    assert count(swatch, LIGHT.dream) > 50
    assert count(swatch, DARK.dream) == 0


@pytest.mark.parametrize(("scheme", "palette"), [("light", LIGHT), ("dark", DARK), ("contrast", CONTRAST)])
def test_that_an_unchecked_box_has_an_outline(theme: Theme, qtbot: QtBot, scheme: Scheme, palette: Palette) -> None:
    theme.set_scheme(scheme)
    box, listed = QCheckBox(), QListWidget()
    item = QListWidgetItem("")
    item.setCheckState(Qt.CheckState.Unchecked)
    listed.addItem(item)
    for widget in (box, listed):
        qtbot.addWidget(widget)
        widget.ensurePolished()
        assert count(widget, palette.muted) > 30


@pytest.mark.parametrize(("scheme", "palette"), [("light", LIGHT), ("dark", DARK), ("contrast", CONTRAST)])
def test_that_boxes_in_menus_and_buttons_of_docks_stand_out(
    theme: Theme, qapp: QApplication, qtbot: QtBot, scheme: Scheme, palette: Palette
) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    dock, menu = QDockWidget("Facts", window), QMenu(window)
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    menu.addAction("Replay").setCheckable(True)
    window.show()
    theme.set_scheme(scheme)
    qapp.processEvents()
    image = menu.grab().toImage()
    middle = image.height() // 2
    row = [image.pixelColor(x, middle).name() for x in range(3, 24)]  # from the menu's edge to the text
    assert max(contrast(color, row[0]) for color in row) > 3
    for name in ("qt_dockwidget_closebutton", "qt_dockwidget_floatbutton"):
        button = dock.findChild(QAbstractButton, name)
        assert isinstance(button, QAbstractButton)
        drawn = button.icon().pixmap(32, 32).toImage()
        spots = [drawn.pixelColor(x, y) for x in range(drawn.width()) for y in range(drawn.height())]
        solid = {spot.name() for spot in spots if spot.alpha() == 255}
        assert solid and min(contrast(color, palette.surface) for color in solid) > 4.5


def test_that_a_dressed_window_and_its_dialog_follow_the_scheme(theme: Theme, qapp: QApplication, qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    theme.dress(window)
    dialog = QDialog(window)
    dialog.resize(100, 60)
    button = QPushButton("Save", dialog)
    assert qapp.styleSheet() == ""
    for palette in (DARK, LIGHT):
        theme.set_scheme(palette.name)
        for widget in (button, QPushButton("Save", window)):
            assert count(widget, palette.border) > 50


def test_that_standard_widgets_use_the_palette_too(theme: Theme, qapp: QApplication, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    assert window.palette().color(QPalette.ColorRole.Window).name() == DARK.ground
    theme.set_scheme("light")
    qapp.processEvents()
    assert window.palette().color(QPalette.ColorRole.Window).name() == LIGHT.ground


def test_that_the_system_scheme_follows_the_desktop_and_a_chosen_one_does_not(qapp: QApplication) -> None:
    theme = apply_theme(qapp, "system")
    hints = qapp.styleHints()
    hints.setColorScheme(Qt.ColorScheme.Dark)
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    expected = DARK if hints.colorScheme() is Qt.ColorScheme.Dark else LIGHT
    assert theme.palette == expected
    theme.set_scheme("light")
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.palette == LIGHT
    theme.deleteLater()


@pytest.mark.skipif(not hasattr(QStyleHints, "accessibility"), reason="Qt tells of high contrast from 6.10 on")
def test_that_the_system_scheme_follows_the_high_contrast_of_the_desktop(qapp: QApplication) -> None:
    theme = apply_theme(qapp, "system")
    accessibility = qapp.styleHints().accessibility()
    gc.collect()
    accessibility.contrastPreferenceChanged.emit(Qt.ContrastPreference.HighContrast)
    assert theme.palette == CONTRAST
    theme.set_scheme("light")
    assert theme.palette == LIGHT
    theme.set_scheme("system")
    assert theme.palette == CONTRAST
    accessibility.contrastPreferenceChanged.emit(Qt.ContrastPreference.NoPreference)
    assert theme.palette in (LIGHT, DARK)
    theme.deleteLater()


def test_that_a_deleted_widget_is_not_called_when_the_scheme_changes(
    theme: Theme, qapp: QApplication, qtbot: QtBot
) -> None:
    swatch = Swatch(theme, Role.REAL)
    with qtbot.waitSignal(swatch.destroyed):
        swatch.deleteLater()
    theme.set_scheme("light")  # an exception in a slot would fail the test


def test_that_an_unknown_scheme_is_refused(theme: Theme) -> None:
    with pytest.raises(ValueError, match="system, light, dark, contrast"):
        theme.set_scheme("sepia")  # type: ignore[arg-type]
    assert theme.palette == DARK


class DesktopStyle(QProxyStyle):
    """The style on a desktop whose dialogs have icons on their buttons."""

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returned: QStyleHintReturn | None = None,
    ) -> int:
        icons = hint is QStyle.StyleHint.SH_DialogButtonBox_ButtonsHaveIcons
        return 1 if icons else super().styleHint(hint, option, widget, returned)


@pytest.fixture
def desktop_style(theme: Theme, qapp: QApplication) -> Iterator[None]:
    qapp.setStyle(DesktopStyle("Fusion"))
    yield
    qapp.setStyle("Fusion")


@pytest.mark.usefixtures("desktop_style")
def test_that_buttons_of_dialogs_have_no_icon_which_would_be_black_on_a_dark_ground() -> None:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close | QDialogButtonBox.StandardButton.Save)
    assert [button.icon().isNull() for button in buttons.buttons()] == [True, True]


@pytest.mark.usefixtures("desktop_style")
def test_that_buttons_of_our_dialogs_have_no_icon_in_a_dressed_window(
    theme: Theme, qtbot: QtBot, tmp_path: Path
) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    theme.dress(window)
    preferences = PreferencesDialog(SettingsFile(tmp_path / "settings.json").current, tmp_path, window)
    note = NoteDialog("run", "", window)
    choice = FilmChoice("On screen: a dream", "", "dream-1", 12, 10, lambda first, last: reel_of(make_film("imagined")))
    film = ExportDialog(None, (choice,), EpisodeIndex(tmp_path, 0).refresh, tmp_path, 45, "dark", window)
    boxes = window.findChildren(QDialogButtonBox)
    icons = [button.icon().isNull() for box in boxes for button in box.buttons()]
    assert icons == [True] * 5
    for dialog in (preferences, note, film):
        first: QWidget | None = dialog.nextInFocusChain()
        while first is not None and not first.focusPolicy() & Qt.FocusPolicy.TabFocus:
            first = first.nextInFocusChain()
        assert not isinstance(first, QPushButton)  # a dialog opens with its first field, not with a button
