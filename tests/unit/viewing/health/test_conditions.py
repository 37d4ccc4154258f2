"""Each rule speaks in a real tiny training in which its condition holds, and is quiet where it does not."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch

from dreamer_studio.dreamer.fast import Learner
from dreamer_studio.viewing.health.finding import Finding
from dreamer_studio.viewing.health.rules import RULES
from tests.support.health import followed

Findings = dict[str, Finding]


@pytest.fixture(scope="module")
def dreaming(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Findings]:
    """A reward model that predicts 300 where the task pays up to 20. Tests pay half."""
    settings = {
        "steps": 360,
        "length": 20,
        "pretrain": 22,
        "train_every": 10_000,
        "train_steps": 1,
        "model_lr": 1e-9,
        "eval_every": 40,
        "test_pays": 0.5,
    }
    with followed(tmp_path_factory.mktemp("dreaming") / "run", **settings) as training:
        _set_bias(training.trainer.agent.world_model.reward, [300.0])
        training.train()
        yield training.findings(training.judge())


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Findings]:
    """A training that learns almost nothing: one update for 1,000 steps, at tiny rates.

    The actor knows one action, and the critic expects 5,000.
    """
    settings = {
        "steps": 300,
        "length": 40,
        "horizon": 2,
        "batch_size": 2,
        "prefill": 40,
        "pretrain": 22,
        "train_every": 10_000,
        "train_steps": 1,
        "model_lr": 1e-9,
        "actor_lr": 1e-9,
        "value_lr": 1e-9,
        "free_nats": 100.0,
    }
    with followed(tmp_path_factory.mktemp("frozen") / "run", **settings) as training:
        _set_bias(training.trainer.agent.value, [5000.0])
        _set_bias(training.trainer.agent.actor, [20.0, 20.0, -20.0, -20.0])  # means and deviations
        training.train()
        yield training.findings(training.judge())


@pytest.fixture(scope="module")
def owing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Findings, Findings, Findings]]:
    """Large batches in blocks of 50 updates. The second update is skipped; before the first block, blocks are given up.

    Yields:
        the findings at the skipped update, before the change, and after it.
    """
    settings = {"steps": 130, "update_blocks": True, "train_every": 100, "train_steps": 50, "batch_size": 30}
    with followed(tmp_path_factory.mktemp("owing") / "run", **settings) as training, _second_update_spoilt():
        training.train(lambda trainer: trainer.log.rows[-1]["kind"] == "skipped" if trainer.log.rows else False)
        at_skip = training.findings()
        training.train(lambda trainer: trainer.counters.step >= 110)
        before = training.findings()
        training.trainer.change("update_blocks", False)
        training.publish()
        yield at_skip, before, training.findings()


@pytest.fixture(scope="module")
def unpaid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Findings]:
    """A task of two choices that pays nothing. Dreams add 5 to each reward, and the actor knows one choice."""
    settings = {"steps": 300, "pretrain": 22, "train_every": 10_000, "train_steps": 1, "model_lr": 1e-9}
    path = tmp_path_factory.mktemp("unpaid") / "run"
    with followed(path, kind="discrete", pays=0.0, **settings) as training, pytest.MonkeyPatch.context() as patch:
        reward = training.trainer.agent.world_model.reward
        dreamed = reward.for_features
        patch.setattr(reward, "for_features", lambda feat: dreamed(feat) + 5)
        _set_bias(training.trainer.agent.actor, [20.0, -20.0])
        training.train()
        yield training.findings()


@pytest.fixture(scope="module")
def spared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Findings]:
    """Tests pay twice as much as training."""
    settings = {"steps": 360, "length": 20, "train_every": 10_000, "train_steps": 1, "eval_every": 40}
    with followed(tmp_path_factory.mktemp("spared") / "run", test_pays=2.0, **settings) as training:
        training.train()
        yield training.findings()


@contextmanager
def _second_update_spoilt() -> Iterator[None]:
    """Put NaN into the noise of the second update."""
    draw: Callable[..., Any] = Learner.draw_noise
    begun = [0]

    def spoil(*arguments: Any) -> Any:
        noise = draw(*arguments)
        begun[0] += 1
        if begun[0] == 2:
            noise.posterior[0, 0, 0] = math.nan
        return noise

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Learner, "draw_noise", spoil)
        yield


def _set_bias(head: Any, values: list[float]) -> None:
    with torch.no_grad():
        head.hout.bias.copy_(torch.tensor(values))


def test_that_an_actor_at_the_ends_of_its_range_is_called_saturated(frozen: Findings) -> None:
    assert frozen["saturated"].level == "red"
    assert "its floor is -32.8" in frozen["saturated"].sentence


def test_that_dreams_that_promise_more_than_the_task_gives_are_noticed(dreaming: Findings) -> None:
    assert dreaming["imagined reward"].level == "yellow"
    assert dreaming["imagined reward"].sentence.startswith("Dreams promise ")


def test_that_a_value_above_the_best_whole_episode_is_noticed(frozen: Findings) -> None:
    assert frozen["value"].level == "red"
    assert "whole episodes paid 820." in frozen["value"].sentence


def test_that_tests_below_all_training_episodes_are_noticed(dreaming: Findings) -> None:
    assert dreaming["tests"].level == "yellow"
    assert "worse than every training episode" in dreaming["tests"].sentence
    assert "105 at the last one; training 210 to 210" in dreaming["tests"].sentence


def test_that_tests_above_all_training_episodes_are_noticed(spared: Findings) -> None:
    assert spared["tests"].level == "yellow"
    assert "better than every training episode" in spared["tests"].sentence
    assert "420 at the last one; training 210 to 210" in spared["tests"].sentence


def test_that_dreams_that_pay_where_no_episode_did_are_noticed(unpaid: Findings) -> None:
    assert unpaid["imagined reward"].level == "red"
    assert unpaid["imagined reward"].sentence.endswith("the best episode paid 0 on average.")


def test_that_a_policy_with_one_choice_is_noticed(unpaid: Findings) -> None:
    assert unpaid["one action"].level == "yellow"
    assert "% of the last " in unpaid["one action"].sentence
    assert unpaid["saturated"].level == "fine"


def test_that_ignored_actions_at_the_free_nats_are_noticed(frozen: Findings) -> None:
    assert frozen["kl"].level == "red"
    assert "dreams ignore the actions (update 22)" in frozen["kl"].sentence
    assert frozen["kl"].gauge == "actions"


def test_that_a_reconstruction_like_the_mean_image_is_noticed(frozen: Findings) -> None:
    assert frozen["reconstruction"].level == "red"
    assert frozen["reconstruction"].gauge == "picture"


def test_that_a_policy_with_one_action_is_noticed(frozen: Findings) -> None:
    assert frozen["one action"].level == "yellow"


def test_that_learning_that_waits_for_collecting_is_noticed(frozen: Findings) -> None:
    assert frozen["waiting"].level == "yellow"
    assert frozen["waiting"].sentence.startswith("Learning waits for collecting")


def test_that_collecting_that_waits_for_learning_is_noticed(owing: tuple[Findings, Findings, Findings]) -> None:
    assert owing[1]["waiting"].level == "yellow"
    assert owing[1]["waiting"].sentence.startswith("Collecting waits for learning")


def test_that_a_batch_larger_than_the_replay_is_noticed(owing: tuple[Findings, Findings, Findings]) -> None:
    assert owing[1]["replay"].level == "yellow"
    assert "a batch 150" in owing[1]["replay"].sentence


def test_that_a_skipped_update_is_red_until_an_update_succeeds(owing: tuple[Findings, Findings, Findings]) -> None:
    at_skip, later, _ = owing
    assert at_skip["skipped"].level == "red"
    assert "not finite: model_loss" in at_skip["skipped"].sentence
    assert later["skipped"].level == "yellow"
    assert later["skipped"].sentence.startswith("1 of the last 3 updates")


def test_that_owed_updates_are_noticed(owing: tuple[Findings, Findings, Findings]) -> None:
    _, before, after = owing
    assert before["updates owed"].level == "fine"
    assert after["updates owed"].level == "yellow"
    assert after["updates owed"].sentence.startswith("44 updates are owed")


def test_that_rules_without_their_condition_are_quiet(
    dreaming: Findings, frozen: Findings, owing: tuple[Findings, Findings, Findings]
) -> None:
    assert {name for name in ("saturated", "replay", "skipped", "updates owed") if dreaming[name].speaks} == set()
    assert {name for name in ("tests", "replay", "skipped", "updates owed") if frozen[name].speaks} == set()
    assert {name for name in ("kl", "value", "tests", "one action") if owing[1][name].speaks} == set()


def test_that_a_run_that_has_not_begun_cannot_tell_and_says_why(tmp_path: Path) -> None:
    with followed(tmp_path / "run") as training:
        training.publish()
        findings = training.findings()
    assert len(findings) == len(RULES) == 11
    unknown = {name for name, finding in findings.items() if finding.level == "cannot tell"}
    assert unknown == set(findings) - {"updates owed"}
    assert all(
        finding.sentence.startswith("Cannot tell yet: ") for finding in findings.values() if finding.rule in unknown
    )
