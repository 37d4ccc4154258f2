"""Dreams with an action held, and without."""

from __future__ import annotations

import torch
from torch import Tensor

from dreamer_studio.arrays import Floats, Images
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.dream import decode
from dreamer_studio.dreams.features import to_floats
from dreamer_studio.viewing.learn.messages.held import HeldRequest, HeldResult
from dreamer_studio.viewing.learn.scene import SEED, LearnScene

STEPS = 15
"""Steps of each dream."""


def hold(request: HeldRequest, scene: LearnScene) -> HeldResult:
    """Answer a request of the chapter on latent imagination."""
    agent, spec = scene.agent, scene.snapshot.spec
    choices = torch.eye(spec.action_size, device=scene.device)
    number = request.action % spec.action_size
    held = choices[number]
    other = choices[number - 1] if spec.action_kind == "discrete" else torch.zeros_like(held)

    def imagine(action: Tensor, seed: int) -> tuple[Images, Floats]:
        noise = agent.noise(NoiseSource(seed, scene.device), STEPS, 1)
        states, _ = agent.roll_out(scene.end, lambda *_: action.unsqueeze(0), noise)
        return decode(agent, states.feat[:, 0]), to_floats(agent.heads(states.feat).reward[:, 0])

    held_images, held_reward = imagine(held, SEED)
    other_images, other_reward = imagine(other, SEED)
    again, _ = imagine(other, SEED + 1)
    return HeldResult(
        request,
        scene.snapshot.update,
        scene.origin,
        scene.rows.image,
        action=number,
        held=held_images,
        other=other_images,
        again=again,
        reward_held=held_reward,
        reward_other=other_reward,
    )
