"""Whole runs made by hand, each with the verdicts and the stage that are right for it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from dreamer_studio.parts import result_of
from dreamer_studio.trust.judging import judging
from dreamer_studio.trust.judgment import INNER, REPORTED, STAGES, Judgment, Stage
from dreamer_studio.trust.measured import Verdict
from dreamer_studio.trust.model import Model
from dreamer_studio.trust.seen import HeldOut, Player
from dreamer_studio.trust.words import sentence_of
from tests.support.ring_faults import (
    AbsentRing,
    BrightRing,
    CodedRing,
    FreezingRing,
    GrayRing,
    MeanRewardRing,
    RandomHeadsRing,
    ReversedRing,
    StillRing,
)
from tests.support.ring_judgments import untrained_ring
from tests.support.ring_world import RING_CONFIG, RingModel, play_constant, play_ring, ring_episodes
from tests.support.small_runs import CPU

MOST: tuple[Player, ...] = ("sample", "mode", "sample", "mode", "random", "random", "random", "random")
ROWS = 100


def played(players: tuple[Player, ...] = MOST) -> list[HeldOut]:
    return [play_ring(player, seed, ROWS) for seed, player in enumerate(players)]


def without_states() -> list[HeldOut]:
    return [replace(one, world=None) for one in played()]


def of_other_weights() -> list[HeldOut]:
    return [replace(one, current=False) for one in played()]


def with_chance_from(player: Player) -> list[HeldOut]:
    """Let the policy sample, and let a player play the episodes that count as random."""
    chance = [replace(play_ring(player, 10 + seed, ROWS), player="random") for seed in range(4)]
    return [*played(("sample",) * 4), *chance]


def constant() -> list[HeldOut]:
    return [play_constant(seed, ROWS) for seed in range(5)]


def untrained(seed: int) -> Callable[[], Model]:
    return functools.partial(untrained_ring, seed)


def judged(model: Model, held: list[HeldOut]) -> Judgment:
    """Measure all gauges but those beside the stages, which no case names."""
    return result_of(judging(model, held, RING_CONFIG, CPU, only=(*REPORTED, *INNER)))


@dataclass(frozen=True)
class Case:
    """A run made by hand.

    Attributes:
        name: the run in words.
        model: makes the model.
        stage: the first stage that fails.
        rest: the verdict of the stages before that one, or of all if none fails, but not of those that a gauge in
            `verdicts` decides.
        held: makes its episodes.
        verdicts: of single gauges.
        says: words of the sentence.
    """

    name: str
    model: Callable[[], Model]
    stage: Stage | None = None
    rest: Verdict = "holds"
    held: Callable[[], list[HeldOut]] = played
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    says: str = ""


CASES = [
    Case("everything is right", RingModel, verdicts={"knows": "holds", "actions": "holds", "horizon": "holds"}),
    Case("all images are a little too bright", BrightRing),
    Case("rewards and values are 1.2 times too large", lambda: RingModel(reward_factor=1.2, value_factor=1.2)),
    Case("no weight was ever trained", untrained(1), "picture", verdicts={"horizon": "fails"}),
    Case("the decoder draws gray", GrayRing, "picture", verdicts={"actions": "fails", "reward": "holds"}),
    Case("dreams stand still", StillRing, "one step", verdicts={"actions": "fails", "horizon": "fails"}),
    Case(
        "dreams move on alike under all actions",
        lambda: RingModel(obeys=False),
        "rollout",
        verdicts={"actions": "fails"},
    ),
    Case(
        "dreams take slow for fast",
        ReversedRing,
        "rollout",
        held=ring_episodes,
        verdicts={"one step": "cannot tell", "actions": "fails"},
    ),
    Case(
        "dreams freeze after 5 steps",
        FreezingRing,
        "rollout",
        verdicts={"rollout": "fails", "reward": "fails"},
        says="15 steps ahead, as far as training looks, the dream is worth no more than the last seen frame",
    ),
    Case(
        "dreams are elsewhere at steps 4 to 9",
        AbsentRing,
        verdicts={"horizon": "holds", "actions": "holds"},
        says="images for 45 steps (not at steps 4 to 9), rewards for 45 steps (not at steps 4 to 9)",
    ),
    Case("the reward model says zero", lambda: RingModel(reward_factor=0), "reward", verdicts={"gap": "fails"}),
    Case("the reward model says the mean", MeanRewardRing, "reward", verdicts={"reward": "fails", "knows": "holds"}),
    Case(
        "the reward model says twice too much", lambda: RingModel(reward_factor=2), "reward", verdicts={"gap": "fails"}
    ),
    Case("the reward model guesses", RandomHeadsRing, "reward", verdicts={"horizon": "fails", "actions": "holds"}),
    Case(
        "dreams promise 1.4 times too much",
        lambda: RingModel(reward_factor=1.4),
        "value",
        verdicts={"reward": "cannot tell", "gap": "fails"},
    ),
    Case("the critic says three times too much", lambda: RingModel(value_factor=3), "value", verdicts={"gap": "holds"}),
    Case("the critic says half", lambda: RingModel(value_factor=0.5), "value", verdicts={"value": "fails"}),
    Case("the critic says zero", lambda: RingModel(value_factor=0), "value", verdicts={"policy": "holds"}),
    Case("random actions earn more than the policy", RingModel, "policy", held=lambda: with_chance_from("mode")),
    Case(
        "random actions earn as much",
        RingModel,
        held=lambda: with_chance_from("sample"),
        verdicts={"policy": "cannot tell"},
    ),
    Case("no episode is random", RingModel, held=lambda: played(("sample",) * 4), verdicts={"policy": "cannot tell"}),
    Case(
        "other weights played the episodes",
        RingModel,
        held=of_other_weights,
        verdicts={"gap": "cannot tell", "value": "cannot tell", "policy": "cannot tell"},
    ),
    Case("the simulator tells no state", RingModel, held=without_states, verdicts={"knows": "cannot tell"}),
    Case("features hide the place", CodedRing, verdicts={"knows": "fails"}),
    Case("nothing ever changes", untrained(1), rest="cannot tell", held=constant, verdicts={"knows": "cannot tell"}),
    Case(
        "three episodes",
        RingModel,
        rest="cannot tell",
        held=lambda: played(MOST[:3]),
        verdicts={"knows": "cannot tell"},
    ),
]


def verdict_of(judgment: Judgment, name: str) -> str:
    return judgment.gauges[name].measured.verdict


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_that_a_run_made_by_hand_gets_its_stage_and_its_verdicts(case: Case) -> None:
    judgment = judged(case.model(), case.held())
    assert judgment.stage == case.stage
    order = list(STAGES)
    before = order if case.stage is None else order[: order.index(case.stage)]
    deciding = {stage: set(STAGES[stage]) | {stage} for stage in before}
    found = {stage: judgment.verdict(stage) for stage in before if not deciding[stage] & set(case.verdicts)}
    assert found == dict.fromkeys(found, case.rest)
    assert {name: verdict_of(judgment, name) for name in case.verdicts} == case.verdicts
    assert case.says in sentence_of(judgment)


def test_that_nothing_holds_for_untrained_weights() -> None:
    for seed in (1, 2):
        judgment = judged(untrained_ring(seed), played())
        holding = [name for name in judgment.gauges if verdict_of(judgment, name) == "holds"]
        assert holding == ["policy"]  # the oracle's policy played the episodes
