from pathlib import Path

import pytest
from PySide6.QtGui import QAction, QIcon, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from dreamer_studio import resources
from dreamer_studio.resources import asset_path, assets_root
from dreamer_studio.studio.theme import DARK, LIGHT, Theme
from dreamer_studio.studio.widgets.icons import IconBinding, app_icon, icon
from dreamer_studio.viewing.role import Role
from tests.support.pixels import rgb

NAMES = sorted(path.stem for path in asset_path("icons").iterdir() if path.stem != "dreamer-studio")


def solid_colors(image: QImage) -> set[tuple[int, int, int]]:
    """Return the colors of the pixels that an icon covers fully."""
    spots = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {(spot.red(), spot.green(), spot.blue()) for spot in spots if spot.alpha() == 255}


@pytest.mark.parametrize("name", NAMES)
def test_that_every_icon_is_drawn_in_the_color_asked_for(qapp: object, name: str) -> None:
    for palette in (LIGHT, DARK):
        assert solid_colors(icon(name, palette).pixmap(32, 32).toImage()) == {rgb(palette.text)}
    assert solid_colors(icon(name, DARK, Role.DREAM).pixmap(32, 32).toImage()) == {rgb(DARK.dream)}


def test_that_no_two_icons_look_alike(qapp: object) -> None:
    images = [icon(name, DARK).pixmap(16, 16).toImage() for name in NAMES]
    assert not [i for i, one in enumerate(images) for other in images[:i] if one == other]


def test_that_a_disabled_icon_is_fainter(qapp: object) -> None:
    start = icon("start", DARK)
    grayed = start.pixmap(32, 32, QIcon.Mode.Disabled).toImage()
    assert max(grayed.pixelColor(x, 16).alpha() for x in range(32)) < 200


def test_that_icons_stay_sharp_on_a_fine_screen(qapp: object) -> None:
    assert icon("start", DARK).pixmap(icon("start", DARK).availableSizes()[2], 2.0).width() == 48


def test_that_a_bound_action_follows_the_theme_and_may_be_deleted_before_it(theme: Theme, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    action = QAction("Start", window)
    IconBinding(theme, action, "start")
    assert solid_colors(action.icon().pixmap(32, 32).toImage()) == {rgb(DARK.text)}
    theme.set_scheme("light")
    assert solid_colors(action.icon().pixmap(32, 32).toImage()) == {rgb(LIGHT.text)}
    with qtbot.waitSignal(action.destroyed):
        action.deleteLater()
    theme.set_scheme("dark")


def test_that_the_program_has_an_icon_in_color(qapp: object) -> None:
    found = solid_colors(app_icon().pixmap(64, 64).toImage())
    assert {rgb(DARK.real), rgb(DARK.model), rgb(DARK.dream)} <= found


def test_that_assets_are_found_and_a_missing_one_is_named() -> None:
    assert asset_path("icons", "start.svg").read_text().startswith("<svg")
    with pytest.raises(FileNotFoundError, match=r"icons/nothing\.svg"):
        asset_path("icons", "nothing.svg")
    with pytest.raises(FileNotFoundError):
        asset_path("..", "pyproject.toml")


def test_that_an_installed_package_uses_the_assets_inside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "dreamer_studio"
    monkeypatch.setattr(resources, "_PACKAGE", package)
    with pytest.raises(FileNotFoundError, match="install the package again"):
        assets_root()
    beside, inside = tmp_path / "assets", package / "assets"
    (beside / "icons").mkdir(parents=True)
    assert assets_root() == beside
    (inside / "icons").mkdir(parents=True)
    assert assets_root() == inside
