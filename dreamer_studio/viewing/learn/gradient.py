"""Computes the gradient that the action model learns from, along a dream."""

from __future__ import annotations

from dreamer_studio.dreams.dream import decode
from dreamer_studio.dreams.features import to_floats
from dreamer_studio.viewing.learn.messages.gradient import GradientRequest, GradientResult
from dreamer_studio.viewing.learn.scene import LearnScene, policy_dream


def follow_gradient(request: GradientRequest, scene: LearnScene) -> GradientResult:
    """Answer a request of the chapter on the action model."""
    agent, config = scene.agent, scene.snapshot.config
    dream = policy_dream(scene)
    target, gradient = agent.action_gradient(scene.end, dream.action, dream.noise, config.disclam)
    return GradientResult(
        request,
        scene.snapshot.update,
        scene.origin,
        scene.rows.image,
        images=decode(agent, dream.states.feat[:, 0]),
        action=to_floats(dream.action[:, 0]),
        gradient=to_floats(gradient[:, 0]),
        target=float(target[0]),
    )
