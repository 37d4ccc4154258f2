"""The rules about the policy on made evidence."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from dreamer_studio.config import ActionDist
from dreamer_studio.session import State, Status
from dreamer_studio.viewing.health.evidence import Evidence
from dreamer_studio.viewing.health.policy_rules import look_at_saturation
from tests.support.idle_session import SPEC
from tests.support.small_runs import small_config

UPDATES = 100


def evidence(dist: ActionDist, entropy: float) -> Evidence:
    """Return evidence of a run with one action, whose actor kept this entropy in all its newest updates."""
    status = Status(State.RUNNING, "collecting", small_config(action_dist=dist), Path(), "cpu", spec=SPEC)
    return Evidence(status, {"actor_entropy": tuple(entropy + 1e-6 * (update % 3) for update in range(UPDATES))})


def of_deviation(std: float) -> float:
    return math.log(std * math.sqrt(2 * math.pi * math.e))


@pytest.mark.parametrize(
    ("dist", "entropy", "level", "words"),
    [
        (
            "bounded_normal",
            of_deviation(0.105),
            "yellow",
            "its floor is -0.884, so the actor hardly varies its actions",
        ),
        ("bounded_normal", of_deviation(0.2), "fine", "its floor is -0.884. The entropy of a bounded normal"),
        ("tanh_normal", -17.0, "red", "its floor is -16.4, so its actions stay at the ends of their range"),
        ("tanh_normal", of_deviation(0.105), "fine", "its floor is -16.4."),
    ],
)
def test_that_the_floor_is_that_of_the_policys_distribution(
    dist: ActionDist, entropy: float, level: str, words: str
) -> None:
    answer = look_at_saturation(evidence(dist, entropy))
    assert answer.level == level
    assert words in answer.sentence
