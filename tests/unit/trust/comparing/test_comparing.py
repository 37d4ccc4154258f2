"""A whole comparison of made checkpoints."""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

from dreamer_studio.config import Config
from dreamer_studio.envs import EnvSpec
from dreamer_studio.parts import result_of
from dreamer_studio.runs.errors import CheckpointError, InputError
from dreamer_studio.runs.trained_agent import TrainedAgent
from dreamer_studio.trust.comparing import comparing as module
from dreamer_studio.trust.comparing.comparing import MOST_SHARED, comparing
from dreamer_studio.trust.comparing.comparison import Comparison
from dreamer_studio.trust.comparing.quantities import OWN, SHARED
from dreamer_studio.trust.seen import HeldOut, Player
from tests.support.ring_world import RING_CONFIG, RingModel, play_ring
from tests.support.small_runs import CPU

SPEC = EnvSpec("gym:CartPole-v1", "discrete", 3, ("a", "b", "c"), 1, 500, "", 1)


class Made:
    """Checkpoints made of ring models, and the episodes that they play."""

    def __init__(self) -> None:
        self.agents: dict[str, TrainedAgent | Exception] = {}
        self.played: list[tuple[Player, int]] = []

    def add(self, run: str, step: int, model: RingModel, config: Config = RING_CONFIG, spec: EnvSpec = SPEC) -> Path:
        path = Path(run) / "checkpoints" / f"{step:06d}-step-{step}-update-{step // 2}"
        self.agents[str(path)] = TrainedAgent(model, config, spec, step, step // 2)  # type: ignore[arg-type]
        return path

    def load(self, path: Path, device: Any) -> TrainedAgent:
        found = self.agents[str(path)]
        if isinstance(found, Exception):
            raise found
        return found

    def play(self, trained: TrainedAgent, players: Sequence[tuple[Player, int]]) -> Generator[str, None, list[HeldOut]]:
        yield "plays"
        self.played += players
        return [play_ring(player, seed, rows=70) for player, seed in players]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Made:
    made = Made()
    monkeypatch.setattr(module, "load_agent_at", made.load)
    return made


@pytest.fixture
def few_gauges(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare by one quick gauge of each kind, for tests that do not look at the quantities."""
    monkeypatch.setattr(module, "SHARED", {"picture": SHARED["picture"]})
    monkeypatch.setattr(module, "OWN", {"policy": OWN["policy"]})


def compared(made: Made, *paths: Path, told: list[str] | None = None) -> Comparison:
    return result_of(comparing(paths, made.play, CPU), lambda words: told.append(words) if told is not None else None)


def test_that_the_better_checkpoint_is_better_and_the_same_one_is_equal(made: Made) -> None:
    wrong = made.add("ring", 100, RingModel(obeys=False, reward_factor=0.5, value_factor=3))
    right, again = made.add("ring", 200, RingModel()), made.add("ring", 300, RingModel())
    told: list[str] = []
    found = compared(made, wrong, right, again, told=told)
    assert found.reference.name == "ring, step 100" and found.answers[0].differences == {}
    for one in found.answers[1:]:
        outcomes = {name: each.outcome for name, each in one.differences.items()}
        assert list(outcomes) == [*SHARED, *OWN]
        assert {outcomes[name] for name in ("rollout", "actions", "reward", "gap", "value")} == {"better"}
        assert outcomes["picture"] == "equal"
    first, second = (one.values for one in found.answers[1:])
    assert first == second
    assert told[:4] == [*(f"reads ring, step {step}" for step in (100, 200, 300)), "ring, step 100 (1 of 3): plays"]
    assert any(words.startswith("ring, step 300 (3 of 3): judges 12 shared episodes") for words in told)


@pytest.mark.usefixtures("few_gauges")
def test_that_all_models_play_from_the_same_seeds_and_share_these_episodes_if_none_is_stored(made: Made) -> None:
    found = compared(made, made.add("ring", 100, RingModel()), made.add("other", 200, RingModel()))
    assert made.played[:4] == made.played[4:]
    assert [player for player, _ in made.played[:4]] == ["sample", "mode", "sample", "mode"]
    assert len(found.episodes) == 8
    assert found.episodes[:2] == ("ring, step 100: sample, own episode 1", "other, step 200: sample, own episode 1")


@pytest.mark.usefixtures("few_gauges")
def test_that_stored_tests_of_all_runs_are_shared_newest_first_and_bounded(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stored(folder: Path, spec: EnvSpec, update: int) -> tuple[list[HeldOut], list[str]]:
        count = 30 if folder.parent.name == "ring" else 2
        return [play_ring("mode", seed, rows=60) for seed in range(count)], [f"test {seed}" for seed in range(count)]

    monkeypatch.setattr(module, "stored_episodes", stored)
    found = compared(made, made.add("ring", 100, RingModel()), made.add("other", 200, RingModel()))
    assert found.episodes[:5] == ("ring: test 0", "other: test 0", "ring: test 1", "other: test 1", "ring: test 2")
    assert len(found.episodes) == MOST_SHARED


@pytest.mark.parametrize(
    ("config", "spec", "words"),
    [
        ({"task": "gym:Acrobot-v1"}, {}, "the tasks differ: gym:CartPole-v1 and gym:Acrobot-v1"),
        ({"action_repeat": 4}, {}, "action_repeat differs: "),
        ({"observe": "plain"}, {}, "the images differ: "),
        ({}, {"action_names": ("a", "b", "d")}, "the actions differ: "),
    ],
)
def test_that_models_of_different_worlds_are_refused_in_one_line(
    made: Made, config: dict[str, Any], spec: dict[str, Any], words: str
) -> None:
    other = dataclasses.replace(RING_CONFIG, **config), dataclasses.replace(SPEC, **spec)
    with pytest.raises(InputError, match="ring, step 100 and other, step 200 cannot be compared: ") as refused:
        compared(made, made.add("ring", 100, RingModel()), made.add("other", 200, RingModel(), *other))
    assert words in str(refused.value) and "\n" not in str(refused.value)
    assert made.played == []  # no minutes of play before the refusal


def test_that_settings_that_differ_are_said_and_the_horizon_is_that_of_the_reference(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SHARED", {"rollout": SHARED["rollout"]})
    other = dataclasses.replace(RING_CONFIG, horizon=30, discount=0.95, steps=7)
    paths = made.add("ring", 100, RingModel()), made.add("other", 200, RingModel(), other)
    found = compared(made, *paths)
    assert found.notes == ("settings of ring and other differ: horizon 15 and 30, discount 0.9 and 0.95",)
    assert found.training_horizon == 15
    assert found.answers[1].differences["rollout"].outcome == "equal"


@pytest.mark.usefixtures("few_gauges")
def test_that_a_damaged_checkpoint_is_left_out_but_not_the_reference(made: Made) -> None:
    paths = [made.add("ring", step, RingModel()) for step in (100, 200, 300)]
    made.agents[str(paths[1])] = CheckpointError("weights.safetensors is damaged")
    found = compared(made, *paths)
    assert found.left_out == ("ring, step 200: weights.safetensors is damaged",)
    assert [one.contestant.step for one in found.answers] == [100, 300]
    with pytest.raises(InputError, match="there is nothing to compare: ring, step 200: "):
        compared(made, *paths[:2])
    with pytest.raises(CheckpointError):
        compared(made, paths[1], paths[0])


@pytest.mark.usefixtures("few_gauges")
def test_that_a_checkpoint_that_the_training_removes_meanwhile_is_left_out(made: Made) -> None:
    paths = [made.add("ring", step, RingModel()) for step in (100, 200, 300)]
    parts = comparing(paths, made.play, CPU)
    words = ""
    while not words.startswith("ring, step 100 (1 of 3): judges 12"):
        words = next(parts)
    made.agents[str(paths[1])] = CheckpointError("weights.safetensors is gone")
    found = result_of(parts)
    assert found.left_out == ("ring, step 200: weights.safetensors is gone",)
    assert [one.contestant.step for one in found.answers] == [100, 300]


def test_that_a_comparison_is_one_json_object_a_text_and_files(made: Made, tmp_path: Path) -> None:
    factors = (3.0, 0.5, 1.0, 2.0)
    paths = [made.add("ring", 100 * n, RingModel(reward_factor=each)) for n, each in enumerate(factors, 1)]
    found = compared(made, *paths)
    answer = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert answer["reference"] == {
        "run": "ring", "checkpoint": "000100-step-100-update-50", "step": 100, "update": 50
    }  # fmt: skip
    assert (answer["episodes"], answer["own_episodes"], len(answer["models"])) == (16, 4, 4)
    reward = answer["models"][2]["differences"]["reward"]
    assert list(reward) == ["value", "low", "high", "n", "unit", "outcome", "text"]
    assert reward["outcome"] == "better"
    assert answer["own_checkpoints"]["ring"]["n"] == 4
    text = found.as_text()
    assert text.startswith(
        "compared with ring, step 100, on 16 episodes that all models see\n\nring, step 200:\n  picture"
    )
    assert "checkpoints of ring, imagined against real return: Spearman " in text
    assert "\n\ngap, value and policy: 4 episodes that each model played itself" in text
    names = [path.name for path in found.write(tmp_path / "out")]
    assert names == ["comparison.json", "differences.csv", "own_checkpoints.csv"]
    rows = list(csv.DictReader((tmp_path / "out" / "differences.csv").open()))
    assert len(rows) == 4 * 11 and rows[0]["difference"] == "" and rows[-1]["quantity"] == "policy"
    assert len(list(csv.reader((tmp_path / "out" / "own_checkpoints.csv").open()))) == 5
