"""Checkpoints compared, without a window."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.dream import decode
from dreamer_studio.dreams.open_loop import open_loop
from dreamer_studio.replay import EpisodeIndex, EpisodeStore
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.trained_agent import load_agent
from dreamer_studio.session import Session
from dreamer_studio.viewing.compare.agents import MOST_AGENTS, CheckpointAgents
from dreamer_studio.viewing.compare.checkpoints import checkpoints_of
from dreamer_studio.viewing.compare.listing import ListWorker, RunCommandsWorker
from dreamer_studio.viewing.compare.messages import (
    AddRun,
    CompareChannels,
    CompareRequest,
    CompareResult,
    Contestant,
    evenly,
)
from dreamer_studio.viewing.compare.worker import CompareWorker
from dreamer_studio.viewing.frame_ref import FrameRef
from tests.support.idle_session import SPEC
from tests.support.small_runs import CPU
from tests.support.trained import train


class CompareWorkers:
    """The workers of the Compare workspace, without a thread."""

    def __init__(self, session: Session, channels: CompareChannels) -> None:
        self.agents = CheckpointAgents(session, CPU)
        lister = ListWorker(session, channels.checkpoints)
        self._workers = (
            lister,
            RunCommandsWorker(lister, self.agents, channels.commands),
            CompareWorker(session, self.agents, channels.scene),
        )

    def turn(self) -> bool:
        worked = [worker.turn() for worker in self._workers]
        return any(worked)


@pytest.fixture
def channels() -> CompareChannels:
    channels = CompareChannels()
    channels.set_visible(True)
    channels.checkpoints.ask(None)
    return channels


@pytest.fixture
def workers(session: Session, trained: Path, channels: CompareChannels) -> CompareWorkers:
    """Return the workers on the run, without a window."""
    session.episodes = EpisodeIndex(RunFolder(trained).episodes, 0)
    episodes = len(session.episodes.refresh())
    status = session.status.get()
    session.status.put(dataclasses.replace(status, folder=trained, spec=SPEC, replay_episodes=episodes))
    return CompareWorkers(session, channels)


def answer(workers: CompareWorkers, channels: CompareChannels, *contestants: Contestant) -> CompareResult:
    generation = channels.scene.ask(CompareRequest(contestants, FrameRef(False, 0, 9), 4, 20, seed=3))
    while workers.turn():
        pass
    newest = channels.scene.newest()
    assert newest is not None and newest.generation == generation and newest.done and newest.failure is None
    assert newest.result is not None and newest.result.whole
    return newest.result


def test_that_a_checkpoint_has_the_errors_of_its_open_loop_with_the_same_noise_each_time(
    workers: CompareWorkers, channels: CompareChannels, trained: Path
) -> None:
    *_, older, newest = checkpoints_of(trained)
    view = answer(workers, channels, newest, older, newest)
    assert channels.checkpoints.result == tuple(checkpoints_of(trained))
    first, other, again = view.courses
    np.testing.assert_array_equal(first.model, again.model)
    np.testing.assert_array_equal(first.reward, again.reward)
    assert not np.array_equal(first.model, other.model)
    rows = EpisodeStore(RunFolder(trained).episodes, 0).get(0, 6, 24)
    agent, noise = load_agent(RunFolder(trained), CPU).agent, NoiseSource(3)
    image, action = torch.from_numpy(rows.image)[None], torch.from_numpy(rows.action)[None]
    stoch = agent.stoch_size
    with torch.inference_mode():
        states = open_loop(agent, image, action, 4, noise.normal(4, 1, stoch), noise.normal(20, 1, stoch))
        images, reward = decode(agent, states.feat[0]), agent.heads(states.feat[0]).reward.numpy()
    np.testing.assert_array_equal(first.model, images)
    difference = images.astype(np.float64) / 255 - rows.image / 255
    np.testing.assert_allclose(first.image_error, (difference**2).mean((1, 2, 3)), rtol=1e-4)
    np.testing.assert_allclose(first.reward_error, np.abs(reward - rows.reward), rtol=1e-5, atol=1e-6)


def test_that_a_later_request_replaces_an_earlier_one_and_nothing_is_computed_while_hidden(
    workers: CompareWorkers, channels: CompareChannels, trained: Path
) -> None:
    contestants = tuple(checkpoints_of(trained)[-2:])
    channels.set_visible(False)
    channels.scene.ask(CompareRequest(contestants, FrameRef(False, 0, 9), 4, 40, 0))
    assert not workers.turn()
    assert channels.checkpoints.result is None
    channels.set_visible(True)
    while not (view := channels.scene.result) or not view.courses:
        assert workers.turn()
    view = answer(workers, channels, *contestants, *contestants, *contestants, *contestants)
    assert len(view.courses) == 8
    assert len(workers.agents) == 2 <= MOST_AGENTS


def test_that_missing_checkpoints_and_runs_that_cannot_be_compared_are_reported_in_one_line_each(
    workers: CompareWorkers, channels: CompareChannels, session: Session, trained: Path, tmp_path: Path
) -> None:
    newest = checkpoints_of(trained)[-1]
    gone = dataclasses.replace(newest, path=newest.path.with_name("000999-step-1-update-1"))
    view = answer(workers, channels, gone, newest)
    assert [course.contestant for course in view.courses] == [newest]
    assert len(view.left_out) == 1 and "000999-step-1-update-1" in view.left_out[0]
    cart = train(tmp_path / "cart", "gym:CartPole-v1")
    for number, folder, problem in (
        (
            1,
            cart,
            "cart is of gym:CartPole-v1, whose actions are 2 discrete (push left, push right); "
            "those of gym:Pendulum-v1 are 1 continuous (torque).",
        ),
        (2, tmp_path, f"{tmp_path} is not a run: it has no config.json"),
        (3, trained, "run is already on the list."),
    ):
        channels.commands.send(AddRun(folder))
        assert workers.turn()
        replies, count = channels.commands.replies_since(0)
        assert count == number and replies[-1].bad and replies[-1].text.startswith(problem)
    assert channels.checkpoints.result == tuple(checkpoints_of(trained))
    other = dataclasses.replace(SPEC, action_names=("thrust",))  # as many of them, of one kind
    session.status.put(dataclasses.replace(session.status.get(), spec=other))
    (told,) = answer(workers, channels, checkpoints_of(trained)[0]).left_out
    assert "are 1 continuous (thrust)" in told


def test_that_a_time_lapse_of_many_checkpoints_has_the_first_the_last_and_some_between() -> None:
    many = tuple(Contestant(Path(f"{step}"), "run", step, step) for step in range(100))
    chosen = evenly(many, 12)
    assert (len(set(chosen)), chosen[0], chosen[-1]) == (12, many[0], many[-1])
    assert evenly(many[:12], 12) == many[:12]
