"""The live frames and what their captions say."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.live.dream_panel import DreamPanel
from dreamer_studio.studio.live.frames_panel import FramesPanel
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.frame_view import FrameView
from tests.support.made_values import made_live


def test_that_the_caption_of_the_last_frame_says_what_ended_the_episode(theme: Theme, qtbot: QtBot) -> None:
    panel = FramesPanel(theme)
    qtbot.addWidget(panel)
    panel.describe(made_live(1), at_random=False)
    assert panel.findChildren(Card)[0].caption.endswith("agent step 1")
    panel.describe(made_live(2, end="truncated"), at_random=False)
    assert panel.findChildren(Card)[0].caption.endswith("agent step 2 \N{MIDDLE DOT} truncated")


def test_that_without_a_reconstruction_its_card_and_the_error_are_empty(theme: Theme, qtbot: QtBot) -> None:
    panel = FramesPanel(theme)
    qtbot.addWidget(panel)
    _, reconstruction, error = panel.findChildren(Card)
    for drawn in (True, False):
        live = made_live(100, drawn=drawn)
        panel.show_live(live)
        panel.describe(live, at_random=False)
        captions = reconstruction.caption, error.caption
        images = [view.image is not None for view in panel.findChildren(FrameView)]
        assert images == [True, drawn, drawn] and all(bool(caption) is drawn for caption in captions)
        if drawn:
            assert "KL 1.5 nats \N{MIDDLE DOT} update 7" in captions[0]
            assert "mean 0.1961, mean square 0.03845" in captions[1]  # 50 of 255 everywhere


def test_that_empty_images_announce_a_prefill_only_for_a_new_run(theme: Theme, qtbot: QtBot) -> None:
    said = []
    for panel in (FramesPanel(theme), DreamPanel(theme)):
        qtbot.addWidget(panel)
        said += [view.accessibleDescription() for view in panel.findChildren(FrameView)]
    announced = [text for text in said if "prefill" in text]
    assert len(announced) == 2 and all("In a new run" in text for text in announced)


def test_that_the_other_images_grow_once_the_error_map_is_hidden(theme: Theme, qtbot: QtBot) -> None:
    panel = FramesPanel(theme)
    qtbot.addWidget(panel)
    panel.resize(1100, 700)
    panel.show()
    panel.show_live(made_live(1))
    view = panel.findChildren(FrameView)[0]
    QApplication.processEvents()
    before = view.frame_rect().width()
    panel.error_switch.trigger()
    QApplication.processEvents()
    assert view.frame_rect().width() > 1.3 * before


def test_that_captions_of_one_line_or_two_move_nothing(theme: Theme, qtbot: QtBot) -> None:
    panel = FramesPanel(theme)
    qtbot.addWidget(panel)
    panel.resize(900, 400)
    panel.show()
    sizes = []
    for live in (None, made_live(1), made_live(123_456, end="truncated")):
        if live is not None:
            panel.show_live(live)
            panel.describe(live, at_random=live.index == 1)
        QApplication.processEvents()
        views = panel.findChildren(FrameView)
        sizes.append((panel.minimumSizeHint(), [view.geometry() for view in views]))
    assert sizes[0] == sizes[1] == sizes[2]
