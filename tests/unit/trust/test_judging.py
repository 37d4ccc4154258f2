"""The gauges tell the truth about models that are right, or wrong in one known way."""

from __future__ import annotations

import pytest
import torch

from dreamer_studio.parts import result_of
from dreamer_studio.trust import judging as module
from dreamer_studio.trust.judging import judge, judging
from dreamer_studio.trust.judgment import INNER, REPORTED, STAGES, Judgment, Stage
from dreamer_studio.trust.model import Model
from tests.support.ring_judgments import judged_ring, judged_untrained, untrained_ring
from tests.support.ring_world import RING_CONFIG, RingModel, play_constant, ring_episodes
from tests.support.small_runs import CPU


def verdicts(judgment: Judgment) -> dict[str, str]:
    return {name: gauge.measured.verdict for name, gauge in judgment.gauges.items()}


def judged_some(model: Model, *only: str) -> Judgment:
    return result_of(judging(model, ring_episodes(), RING_CONFIG, CPU, only=only))


@pytest.fixture(scope="module")
def untrained() -> Model:
    return untrained_ring(0)


def test_that_everything_holds_for_an_oracle() -> None:
    judgment = judged_ring()
    assert verdicts(judgment) == {**dict.fromkeys((*REPORTED, *INNER), "holds"), "spread": "cannot tell"}
    assert judgment.stage is None
    assert (judgment.horizons.picture, judgment.horizons.reward) == (45, 45)
    assert judgment.gauges["reward"].measured.value == pytest.approx(1)
    assert judgment.gauges["value"].details["against_dreams"].verdict == "holds"


def test_that_nothing_holds_for_an_untrained_model() -> None:
    judgment = judged_untrained()
    inside = {name: verdict for name, verdict in verdicts(judgment).items() if name != "policy"}  # plays the oracle's
    assert "holds" not in inside.values()
    assert judgment.stage == "picture"
    assert (judgment.horizons.picture, judgment.horizons.reward) == (0, 0)


def test_that_a_model_that_ignores_actions_fails_at_the_actions_first() -> None:
    judgment = judged_ring(obeys=False)
    assert judgment.stage == "rollout"
    assert judgment.gauges["actions"].measured.verdict == "fails"
    assert judgment.gauges["actions"].measured.value == 1


@pytest.mark.parametrize(
    ("faults", "stage", "gauge"),
    [
        ({"reward_factor": 0}, "reward", "reward"),
        ({"value_factor": 3}, "value", "value"),
    ],
)
def test_that_a_wrong_head_stops_at_its_stage(faults: dict[str, float], stage: Stage, gauge: str) -> None:
    judgment = judged_ring(**faults)
    assert judgment.stage == stage
    assert judgment.gauges[gauge].measured.verdict == "fails"
    before = list(STAGES)[: list(STAGES).index(stage)]
    assert all(judgment.verdict(earlier) == "holds" for earlier in before)


def test_that_a_tripled_value_is_three_times_the_return_that_came() -> None:
    assert judged_ring(value_factor=3).gauges["value"].measured.value == pytest.approx(3, rel=0.1)


def test_that_a_dream_that_doubles_rewards_promises_twice_the_return() -> None:
    gap = judged_ring(reward_factor=2).gauges["gap"].measured
    assert gap.verdict == "fails"
    assert gap.low < 2 < gap.high
    assert gap.value == pytest.approx(2, rel=0.1)


def test_that_a_constant_task_cannot_tell(untrained: Model) -> None:
    judgment = judge(untrained, [play_constant(seed) for seed in range(5)], RING_CONFIG, CPU)
    assert set(verdicts(judgment).values()) == {"cannot tell"}
    assert judgment.stage is None


def test_that_three_episodes_cannot_tell() -> None:
    judgment = judge(RingModel(), ring_episodes()[:3], RING_CONFIG, CPU)
    assert set(verdicts(judgment).values()) == {"cannot tell"}
    assert judgment.gauges["picture"].measured.n == 3


def test_that_no_episode_cannot_tell(untrained: Model) -> None:
    judgment = judge(untrained, [], RING_CONFIG, CPU)
    assert set(verdicts(judgment).values()) == {"cannot tell"}


def test_that_the_same_seed_gives_the_same_numbers(untrained: Model) -> None:
    first = judged_untrained()
    torch.manual_seed(2)
    second = judge(untrained, ring_episodes(), RING_CONFIG, CPU)
    for name, gauge in first.gauges.items():
        assert gauge.measured.as_dict() == second.gauges[name].measured.as_dict()


def test_that_the_gauges_of_returns_alone_have_the_same_numbers_and_dream_no_open_loops(
    untrained: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = judged_untrained()

    def unread(*_: object) -> None:
        raise AssertionError("no gauge reads these open loops")

    monkeypatch.setattr(module, "open_loops", unread)
    some = judged_some(untrained, "gap", "value", "policy")
    assert list(some.gauges) == ["gap", "value", "policy"]
    for name, gauge in some.gauges.items():
        assert gauge.measured.as_dict() == everything.gauges[name].measured.as_dict()


def test_that_a_gauge_of_the_open_loops_alone_has_the_same_numbers(untrained: Model) -> None:
    some, everything = judged_some(untrained, "rollout"), judged_untrained()
    assert list(some.gauges) == ["rollout"]
    assert some.gauges["rollout"].measured.as_dict() == everything.gauges["rollout"].measured.as_dict()
    assert some.horizons == everything.horizons
