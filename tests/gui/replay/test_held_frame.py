"""The frame that the user holds in the replay browser, on made catalogs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QPushButton, QSlider, QTabWidget
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.replay.scrubber import GONE
from dreamer_studio.studio.replay.workspace import ReplayBrowser
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.replay.catalog import Catalog, Running
from dreamer_studio.viewing.replay.messages import ReplayChannels
from tests.support.made_values import made_catalog
from tests.support.reading import card


class HeldFrame:
    """Holds frame 12 of the running episode 4."""

    def __init__(self, theme: Theme) -> None:
        self._channels, self._generation = ReplayChannels(), 0
        self.browser = ReplayBrowser(theme, self._channels)
        self.browser.show()
        self.know(made_catalog(2, 3, running=Running(4, 0, 15, 14, 1.0)))
        self.browser.episodes.table.selectRow(0)
        self.browser.scrubber.hold(FrameRef(True, 4, 12), range(15))

    def know(self, catalog: Catalog) -> None:
        """Give the browser a new list."""
        self.browser.refresh(on_show=True)
        channel = self._channels.catalog
        taken = channel.take()
        self._generation = taken[0] if taken is not None else self._generation
        channel.answer(self._generation, catalog, done=False)
        self.browser.refresh(on_show=True)

    def go_to_bookmarks(self) -> None:
        self.browser.findChildren(QTabWidget)[0].setCurrentIndex(1)
        self.browser.refresh(on_show=True)

    @property
    def state(self) -> tuple[int, int, bool]:
        """Return the values of slider and number box, and whether the buttons are enabled."""
        (slider,) = self.browser.findChildren(QSlider)
        buttons = [each for each in self.browser.scrubber.findChildren(QPushButton) if "Dream" in each.text()]
        return slider.value(), self.browser.scrubber.player.step.value(), buttons[0].isEnabled()


@pytest.fixture
def held(theme: Theme, qtbot: QtBot) -> Iterator[HeldFrame]:
    made = HeldFrame(theme)
    qtbot.addWidget(made.browser)
    yield made


def test_that_a_held_frame_of_the_running_episode_stays_held_once_it_is_stored(held: HeldFrame) -> None:
    held.go_to_bookmarks()
    assert held.state == (12, 12, True)
    held.know(made_catalog(2, 3, 4))
    assert held.browser.frame == FrameRef(False, 4, 12)
    assert held.state == (12, 12, True)


def test_that_nothing_is_held_once_the_episode_is_gone(held: HeldFrame) -> None:
    held.go_to_bookmarks()
    held.know(made_catalog(2, 3))
    assert held.browser.frame is None and held.state == (0, 0, False)
    assert card(held.browser.scrubber).caption == GONE
