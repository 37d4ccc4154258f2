"""The live frames and what their captions say."""

from __future__ import annotations

import dataclasses

from pytestqt.qtbot import QtBot

from dreamer_studio.envs import End
from dreamer_studio.session import Session
from dreamer_studio.studio.live.dream_panel import DreamPanel
from dreamer_studio.studio.live.frames_panel import FramesPanel
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.frame_view import FrameView
from tests.support.idle_session import row
from tests.support.live import Live


def test_that_the_caption_of_the_last_frame_says_what_ended_the_episode(
    session: Session, theme: Theme, qtbot: QtBot
) -> None:
    live, panel = Live(session), FramesPanel(theme)
    qtbot.addWidget(panel)
    said = []
    ends: tuple[End | None, ...] = (None, None, "truncated")
    for index, end in enumerate(ends):
        step = row(index)
        session.steps.append(dataclasses.replace(step, time_step=dataclasses.replace(step.time_step, end=end)))
        live.turn()
        panel.describe(live.result, prefill=False)
        said.append(panel.findChildren(Card)[0].caption)
    assert "truncated" not in said[1] and "agent step 2 \N{MIDDLE DOT} truncated" in said[2]


def test_that_empty_images_announce_a_prefill_only_for_a_new_run(theme: Theme, qtbot: QtBot) -> None:
    said = []
    for panel in (FramesPanel(theme), DreamPanel(theme)):
        qtbot.addWidget(panel)
        said += [view.accessibleDescription() for view in panel.findChildren(FrameView)]
    announced = [text for text in said if "prefill" in text]
    assert len(announced) == 2 and all("In a new run" in text for text in announced)
