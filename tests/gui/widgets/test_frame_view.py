import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.theme import DARK, LIGHT, Theme
from dreamer_studio.studio.widgets.film_strip import FilmStrip, StripRow
from dreamer_studio.studio.widgets.frame_view import FrameView, Image, fitted_rect
from dreamer_studio.viewing.role import Role
from tests.support.pixels import colors, pixels


def make_frame(height: int = 64, width: int = 64) -> Image:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.fixture
def view(theme: Theme, qtbot: QtBot) -> FrameView:
    made = FrameView(theme, "Observation", "Fills with the first step.")
    qtbot.addWidget(made)
    made.resize(210, 200)
    return made


def test_that_a_frame_is_enlarged_by_the_largest_whole_number_in_the_middle(view: FrameView) -> None:
    frame = make_frame()
    view.set_frame(frame)
    shown = pixels(view)[4:196, 9:201]
    np.testing.assert_array_equal(shown, frame.repeat(3, axis=0).repeat(3, axis=1))


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_that_a_frame_is_enlarged_by_a_whole_number_of_device_pixels(ratio: float) -> None:
    placed = fitted_rect(QSize(64, 64), QSize(203, 301), ratio)
    scale = placed.width() * ratio / 64
    assert scale == pytest.approx(int(203 * ratio / 64))
    assert (placed.left() * ratio) % 1 == pytest.approx(0, abs=1e-9)


def test_that_a_frame_larger_than_its_room_is_scaled_down_to_fit() -> None:
    assert fitted_rect(QSize(480, 240), QSize(240, 240), 1.0) == QRectF(0, 60, 240, 120)


@pytest.mark.parametrize("frame", [make_frame(64, 63), make_frame(64, 128)[:, ::2], make_frame()[::-1]])
def test_that_odd_widths_and_strided_arrays_are_shown_correctly(view: FrameView, frame: Image) -> None:
    view.set_frame(frame)
    box = view.frame_rect().toRect()
    shown = pixels(view)[box.top() : box.bottom() + 1, box.left() : box.right() + 1]
    np.testing.assert_array_equal(shown, frame.repeat(3, axis=0).repeat(3, axis=1))


def test_that_a_white_image_has_an_edge_on_a_white_card(theme: Theme, qtbot: QtBot) -> None:
    theme.set_scheme("light")
    view, strip = FrameView(theme, "Frame"), FilmStrip(theme, "empty", 1)
    white = np.full((64, 64, 3), 255, np.uint8)
    for widget, size in ((view, (300, 300)), (strip, (700, strip.sizeHint().height()))):
        qtbot.addWidget(widget)
        widget.resize(*size)
        widget.show()
    view.set_frame(white)
    strip.set_rows([StripRow("Real", Role.REAL, white[None].repeat(3, axis=0))], 3, 1)
    edge = view.frame_rect().toAlignedRect()
    image = view.grab().toImage()
    around = {image.pixelColor(edge.left() - 1, y).name() for y in range(edge.top(), edge.bottom())}
    assert around == {LIGHT.border}
    between = strip.grab().toImage()
    edge_color, inside = (between.pixelColor(strip.x_of(1) + x, 20).name() for x in (-1, 5))
    assert edge_color != "#ffffff" == inside


def test_that_a_shown_frame_does_not_change_with_its_array(view: FrameView) -> None:
    frame = make_frame()
    view.set_frame(frame)
    before = pixels(view)
    frame[...] = 0
    view.update()
    assert np.array_equal(pixels(view), before)


def test_that_read_only_frames_are_shown(view: FrameView) -> None:
    frame = make_frame()
    frame.setflags(write=False)
    view.set_frame(frame)
    assert len(colors(view)) > 1000


@pytest.mark.parametrize(
    "wrong",
    [np.zeros((64, 64), np.uint8), np.zeros((64, 64, 3), np.float32), np.zeros((0, 64, 3), np.uint8)],
)
def test_that_an_array_that_is_not_a_frame_is_refused_and_the_last_frame_stays(view: FrameView, wrong: Image) -> None:
    view.set_frame(make_frame())
    before = pixels(view)
    with pytest.raises(ValueError, match="uint8"):
        view.set_frame(wrong)
    np.testing.assert_array_equal(pixels(view), before)


def test_that_an_empty_view_says_what_will_fill_it(view: FrameView) -> None:
    view.set_empty_text("Fills after the prefill.")
    assert view.accessibleName() == "Observation"
    assert view.accessibleDescription() == "Fills after the prefill."
    with_text = colors(view)
    view.set_empty_text("")
    assert len(with_text) > len(colors(view))
    assert DARK.muted != DARK.text


def test_that_copying_gives_the_frame_at_its_own_size(view: FrameView, qtbot: QtBot) -> None:
    frame = make_frame()
    view.set_frame(frame)
    QGuiApplication.clipboard().clear()
    with qtbot.waitActive(view):
        view.show()
        view.activateWindow()
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QGuiApplication.clipboard().image().convertToFormat(QImage.Format.Format_RGB888)
    assert copied.size() == QSize(64, 64)
    assert copied.pixelColor(5, 9).getRgb()[:3] == tuple(frame[9, 5])  # type: ignore[index]


def test_that_the_menu_offers_copying_only_when_there_is_an_image(view: FrameView) -> None:
    (copy,) = view.actions()
    assert not copy.isEnabled()
    view.set_frame(make_frame())
    assert copy.isEnabled()
    view.set_frame(None)
    assert not copy.isEnabled()
