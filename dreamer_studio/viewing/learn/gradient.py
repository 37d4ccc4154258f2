"""Computes the gradient that the action model learns from, along a dream."""

from __future__ import annotations

from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.dream import decode
from dreamer_studio.dreams.features import to_floats
from dreamer_studio.viewing.learn.messages.gradient import GradientRequest, GradientResult
from dreamer_studio.viewing.learn.scene import SEED, LearnScene


def follow_gradient(request: GradientRequest, scene: LearnScene) -> GradientResult:
    """Answer a request of the chapter on the action model."""
    agent, config = scene.agent, scene.snapshot.config
    start = scene.posterior.map(lambda part: part[:, -1])
    source = NoiseSource(SEED, scene.device)
    noise = agent.noise(source, config.horizon, 1)
    states, action = agent.roll_out(start, lambda feat, _: agent.act(feat, source), noise)
    target, gradient = agent.action_gradient(start, action, noise, config.disclam)
    return GradientResult(
        request,
        scene.snapshot.update,
        scene.origin,
        scene.rows.image,
        images=decode(agent, states.feat[:, 0]),
        action=to_floats(action[:, 0]),
        gradient=to_floats(gradient[:, 0]),
        target=float(target[0]),
    )
