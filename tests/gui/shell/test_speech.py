"""A screen reader reads the name of every control, and the contents of every image and plot."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QComboBox, QTabWidget, QWidget

from dreamer_studio.studio.dream.workspace import DreamWorkspace
from dreamer_studio.studio.widgets.film_strip import FilmStrip
from dreamer_studio.studio.widgets.frame_view import FrameView
from dreamer_studio.studio.widgets.plots.plot import Plot
from dreamer_studio.studio.widgets.speech import Speaking
from dreamer_studio.studio.workspaces import WORKSPACES
from tests.support.speech import name_of, nameless, role_of, value_of
from tests.support.studio import PATIENCE_MS, Studio
from tests.support.watching import find, shown_live

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def studio(studio: Studio) -> Studio:
    """Return a wide window with the replay browser."""
    studio.window.resize(1700, 1000)
    studio.bot.keyClick(studio.window, Qt.Key.Key_R, CTRL)
    return studio


@pytest.mark.parametrize("place", range(len(WORKSPACES)), ids=[spec.key for spec in WORKSPACES])
def test_that_every_control_has_a_name_and_every_painted_widget_a_role_and_a_value(studio: Studio, place: int) -> None:
    shown_live(studio)
    tabs = studio.window.run.tabs
    tabs.setCurrentIndex(place)
    inner: list[QTabWidget | None] = [each for each in tabs.findChildren(QTabWidget) if each.isVisible()]
    for views in inner or list[QTabWidget | None]([None]):
        for at in range(views.count() if views is not None else 1):
            if views is not None:
                views.setCurrentIndex(at)
            QApplication.processEvents()
            assert nameless(studio.window) == []
            painted = [widget for widget in studio.window.findChildren(QWidget) if isinstance(widget, Speaking)]
            assert len(painted) >= 2
            for widget in (widget for widget in painted if widget.isVisible()):
                assert role_of(widget) is not QAccessible.Role.Client
                assert value_of(widget), (type(widget), name_of(widget))


def test_that_choices_are_named_by_their_labels_and_not_by_their_values(studio: Studio) -> None:
    boxes = [box for box in studio.window.findChildren(QComboBox) if box.accessibleName()]
    assert len(boxes) > 8
    for box in boxes:
        labels = [
            related.text(QAccessible.Text.Name)
            for related, relation in QAccessible.queryAccessibleInterface(box).relations()
            if relation & QAccessible.RelationFlag.Label
        ]
        assert labels, box.accessibleName()


def test_that_an_image_says_its_caption_and_a_plot_its_newest_value(studio: Studio) -> None:
    shown_live(studio)
    image = find(studio, FrameView, "Observation")
    studio.bot.waitUntil(lambda: "episode 4" in value_of(image), timeout=PATIENCE_MS)
    assert role_of(image) is QAccessible.Role.Graphic
    plot = find(studio, Plot, "Reward per agent step")
    studio.bot.waitUntil(lambda: "received" in value_of(plot), timeout=PATIENCE_MS)
    assert role_of(plot) is QAccessible.Role.Chart
    studio.bot.keyClick(plot, Qt.Key.Key_Left)
    assert "agent step" in value_of(plot)


def test_that_a_strip_says_where_its_cursor_is(studio: Studio) -> None:
    studio.bot.keyClick(studio.window, Qt.Key.Key_2, CTRL)
    strip = studio.window.run.tabs.of(DreamWorkspace).findChildren(FilmStrip)[0]
    studio.bot.waitUntil(lambda: "column" in value_of(strip), timeout=PATIENCE_MS)
    assert "Dreamed" in value_of(strip)
