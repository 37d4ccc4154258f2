"""What the Compare workspace says when a request fails, on made values."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from dreamer_studio.studio.compare.workspace import CompareWorkspace
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.compare.messages import CompareChannels
from dreamer_studio.viewing.frame_ref import FrameRef
from tests.support.made_values import made_contestants, made_status


def test_that_a_failed_comparison_says_why_and_the_next_one_is_requested(theme: Theme, qtbot: QtBot) -> None:
    channels = CompareChannels()
    workspace = CompareWorkspace(theme, channels, lambda: FrameRef(False, 3, 7))
    qtbot.addWidget(workspace)
    told: list[str] = []
    workspace.problemFound.connect(told.append)
    channels.set_visible(True)
    workspace.refresh(made_status(replay_newest=5))
    asked = channels.checkpoints.take()
    assert asked is not None
    run = made_contestants(2)
    channels.checkpoints.answer(asked[0], run, done=False)
    workspace.refresh(made_status(replay_newest=5))
    workspace.take_dream_frame()
    for reason in ("Episode 3 is not stored.", "Episode 3 is gone."):
        workspace.show_lapse(True)
        taken = channels.scene.take()
        assert taken is not None and taken[1].contestants == run
        channels.scene.fail(taken[0], reason)
        workspace.refresh(made_status(replay_newest=5))
        assert told[-1] == reason
