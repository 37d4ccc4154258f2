"""Improves the actions of a dream for the dream alone."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor

from dreamer_studio.dreams.dream import decode
from dreamer_studio.dreams.features import to_floats
from dreamer_studio.dreams.rewards import as_learned
from dreamer_studio.viewing.learn.messages.promises import PromisesRequest, PromisesResult
from dreamer_studio.viewing.learn.scene import LearnScene, policy_dream

STEP: Final = 0.2
"""Length of a step of gradient ascent for the actions of one dreamed step, in which the range of an action is 2."""


def improve(request: PromisesRequest, scene: LearnScene) -> PromisesResult:
    """Answer a request of the chapter on dreams that promise too much."""
    agent, config = scene.agent, scene.snapshot.config
    dream = policy_dream(scene)
    better = dream.action
    for _ in range(request.improvements):
        _, gradient = agent.action_gradient(scene.end, better, dream.noise, config.disclam)
        better = _moved(better, gradient, discrete=scene.snapshot.spec.action_kind == "discrete")
    improved, _ = agent.roll_out(scene.end, lambda _, step: better[step], dream.noise)
    received = as_learned(scene.episode_reward, config)
    return PromisesResult(
        request,
        scene.snapshot.update,
        scene.origin,
        scene.rows.image,
        policy=decode(agent, dream.states.feat[:, 0]),
        improved=decode(agent, improved.feat[:, 0]),
        reward_policy=to_floats(agent.heads(dream.states.feat).reward[:, 0]),
        reward_improved=to_floats(agent.heads(improved.feat).reward[:, 0]),
        highest=float(received.max()),
        episode_rows=len(received),
    )


def _moved(action: Tensor, gradient: Tensor, *, discrete: bool) -> Tensor:
    """Return actions (H, 1, A) a step further along their gradient: within the bounds, or one-hot again."""
    if discrete:  # the gradient of a one-hot action says which choice would raise the target most
        return torch.eye(action.shape[-1], device=action.device)[gradient.argmax(-1)]
    length: Tensor = torch.linalg.vector_norm(gradient, dim=-1, keepdim=True).clamp_min(1e-8)
    moved: Tensor = (action + STEP * gradient / length).clamp(-1.0, 1.0)
    return moved
