"""A session that never runs: the test plays the trainer for the code that watches."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.fast import make_agent
from dreamer_studio.envs import End, EnvSpec, TimeStep
from dreamer_studio.session import Session
from dreamer_studio.session.snapshot import take_snapshot
from dreamer_studio.training.events import StepTaken
from tests.support.small_runs import small_config

CONFIG = small_config()
SPEC = EnvSpec("gym:Pendulum-v1", "continuous", 1, ("torque",), 1, 60, "", 0)


def agent(seed: int) -> Agent:
    made = make_agent(CONFIG, 1, "continuous")
    made.initialize(seed)
    return made


def row(index: int, episode: int = 0, *, end: End | None = None) -> StepTaken:
    image = np.full((64, 64, 3), index % 256, np.uint8)
    step = TimeStep(image, np.zeros(1, np.float32), float(index), 1.0, index == 0, end, 1)
    return StepTaken(episode, index, step)


def offer(session: Session, update: int) -> Agent:
    made = agent(update)
    session.snapshots.request()
    session.snapshots.offer(made, CONFIG, SPEC, 10 * update, update)
    return made


def offer_practice(session: Session, update: int) -> None:
    """Hand on rollouts of 3 steps, as an update does."""
    made = agent(update)
    size, horizon, count = made.world_model.rssm.feat_size, 3, 4
    number = torch.zeros(horizon, count)
    learned: Any = SimpleNamespace(
        start=SimpleNamespace(feat=torch.zeros(count, size)),
        feat=torch.randn(horizon, count, size, generator=torch.Generator().manual_seed(update)),
        reward=number,
        value=number,
        returns=number[1:],
        counted=number[1:],
    )
    session.practice.request()
    session.practice.prepare(take_snapshot(made, CONFIG, SPEC, 10 * update, update - 1))
    session.practice.offer(learned, update)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """A session that never runs: the test plays the trainer."""
    return Session(lambda: pytest.fail("not to be opened"), CONFIG, tmp_path, "cpu")
