"""The texts of the empty images of the Live workspace."""

from __future__ import annotations

from typing import Any

import pytest

from dreamer_studio.session import State
from dreamer_studio.studio.live.empty_words import DREAM, OBSERVATION, RECONSTRUCTION, empty_words
from tests.support.made_values import made_status


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"state": State.PAUSED, "step": 15_317}, ("Paused at step 15,317", "Paused at step 15,317", "resume")),
        ({"state": State.PAUSED, "replay_episodes": 3}, ("Paused", "Paused", "press D to dream from a stored")),
        ({"state": State.FINISHED}, ("Finished", "Finished", "Finished")),
        ({"state": State.STOPPED}, ("Stopped", "when you start again", "Stopped")),
        ({"state": State.FAILED}, ("failed", "message above", "failed")),
        ({"state": State.OPENING}, ("being opened", "being opened", "being opened")),
        ({"phase": "starting"}, ("environment is starting",) * 3),
        (
            {"prefill": True, "update": 0, "step": 40},
            ("first episode", "after the prefill: 40 of", "after the prefill"),
        ),
        ({"update": 1, "updates_due": 99}, ("first episode", "from the newest frame", "within seconds")),
        ({"update": 900}, ("next frame", "next frame", "next frame")),
        ({"update": 900, "updates_due": 1}, ("comes with the next frame",) + ("with the next frame",) * 2),
        ({"update": 900, "updates_due": 1201}, ("after 1,201 updates", "catches up", "after 1,201 updates")),
        ({"watching": True, "prefill": False}, (OBSERVATION, RECONSTRUCTION, DREAM)),
    ],
)
def test_that_empty_images_know_the_state_of_the_run(changes: dict[str, Any], said: tuple[str, str, str]) -> None:
    for words, expected in zip(empty_words(made_status(**changes)), said, strict=True):
        assert expected in words
