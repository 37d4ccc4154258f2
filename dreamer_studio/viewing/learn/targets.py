"""Computes the value model's targets along a dream from a fixed scene."""

from __future__ import annotations

import torch
from torch import Tensor

from dreamer_studio.dreamer.behavior import lambda_return
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.dream import decode, dream
from dreamer_studio.dreams.features import to_floats
from dreamer_studio.viewing.learn.messages.targets import LambdaRequest, LambdaResult
from dreamer_studio.viewing.learn.scene import SEED, LearnScene

LEAST_STEPS = 2
"""Steps of the shortest dream: with one step, the target is the value itself for any lambda."""


def targets(request: LambdaRequest, scene: LearnScene) -> LambdaResult:
    """Answer a request of the chapter on the value model."""
    agent, config = scene.agent, scene.snapshot.config
    steps = max(LEAST_STEPS, config.horizon)
    imagined = dream(agent, scene.end, steps, NoiseSource(SEED, scene.device))
    pcont = agent.heads(imagined.states.feat).pcont
    nothing = torch.zeros_like(imagined.value)

    def returns(value: Tensor, disclam: float) -> Tensor:
        return lambda_return(imagined.reward, value, pcont, disclam)[:, 0]

    return LambdaResult(
        request,
        scene.snapshot.update,
        scene.origin,
        scene.rows.image,
        images=decode(agent, imagined.states.feat[:, 0]),
        reward=to_floats(imagined.reward[:, 0]),
        value=to_floats(imagined.value[:, 0]),
        returns=to_floats(returns(imagined.value, request.disclam)),
        short=to_floats(returns(imagined.value, 0.0)),
        long=to_floats(returns(imagined.value, 1.0)),
        short_without=to_floats(returns(nothing, 0.0)),
        long_without=to_floats(returns(nothing, 1.0)),
    )
