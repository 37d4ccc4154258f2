"""Computes what a horizon changes in the targets of a dream."""

from __future__ import annotations

import torch
from torch import Tensor

from dreamer_studio.dreamer.behavior import lambda_return
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.dream import decode, dream
from dreamer_studio.dreams.features import to_floats
from dreamer_studio.viewing.learn.horizon_steps import LONGEST
from dreamer_studio.viewing.learn.messages.horizon import HorizonRequest, HorizonResult
from dreamer_studio.viewing.learn.scene import SEED, LearnScene


def compare_horizons(request: HorizonRequest, scene: LearnScene) -> HorizonResult:
    """Answer a request of the chapter on the horizon."""
    agent, config = scene.agent, scene.snapshot.config
    imagined = dream(agent, scene.end, LONGEST, NoiseSource(SEED, scene.device))
    pcont = agent.heads(imagined.states.feat).pcont

    def first_targets(reward: Tensor, value: Tensor) -> Tensor:
        return torch.stack(
            [
                lambda_return(reward[:steps], value[:steps], pcont[:steps], config.disclam)[0, 0]
                for steps in range(1, LONGEST + 1)
            ]
        )

    nothing, one = torch.zeros_like(imagined.value), torch.ones_like(imagined.value)
    return HorizonResult(
        request,
        scene.snapshot.update,
        scene.origin,
        scene.rows.image,
        images=decode(agent, imagined.states.feat[:, 0]),
        target=to_floats(first_targets(imagined.reward, imagined.value)),
        by_value=to_floats(first_targets(nothing, one)),
        training=config.horizon,
    )
