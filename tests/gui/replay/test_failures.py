"""What the replay browser says when a request fails, on made values."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.replay.workspace import ReplayBrowser
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.frame_view import FrameView
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.replay.messages import ReplayChannels
from tests.support.reading import card

ROWS = range(100)


def test_that_the_browser_says_why_a_frame_cannot_be_shown_and_requests_the_next_one(
    theme: Theme, qtbot: QtBot
) -> None:
    channels = ReplayChannels()
    browser = ReplayBrowser(theme, channels)
    qtbot.addWidget(browser)
    view = next(each for each in browser.findChildren(FrameView) if each.accessibleName() == "Recorded frame")
    for frame in (FrameRef(False, 3, 7), FrameRef(False, 4, 0)):
        browser.scrubber.hold(frame, ROWS)
        browser.refresh(on_show=True)
        taken = channels.frame.take()
        assert taken is not None and taken[1].frame == frame
        channels.frame.fail(taken[0], f"episode {frame.episode} cannot be read")
        browser.refresh(on_show=True)
        assert view.accessibleDescription() == f"episode {frame.episode} cannot be read"


def test_that_a_failed_search_says_why_and_another_can_start(theme: Theme, qtbot: QtBot) -> None:
    channels = ReplayChannels()
    browser = ReplayBrowser(theme, channels)
    qtbot.addWidget(browser)
    find = next(button for button in browser.bookmarks.findChildren(QPushButton) if button.text() == "Find")
    for reason in ("MemoryError: full", "MemoryError: full again"):
        find.click()
        taken = channels.search.take()
        assert taken is not None and not taken[1].stop
        channels.search.fail(taken[0], reason, details="Traceback")
        browser.refresh(on_show=True)
        assert (find.text(), find.isChecked()) == ("Find", False)
        assert card(browser.bookmarks).caption.endswith(f"Failed: {reason}")
