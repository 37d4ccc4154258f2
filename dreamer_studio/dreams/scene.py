"""From any frame of an episode: what the model makes of the frames before it, and what it dreams after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dreamer_studio.dreamer.agent import Agent, PolicyMode
from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.features import Floats, to_floats
from dreamer_studio.replay import Episode

Actor = Literal["recorded", "sample", "mode"]
"""Who acts after the context: the actions that were taken, or the policy. Where the record ends the policy samples."""


@dataclass(frozen=True, eq=False)
class RecordedScene:
    """Rows of one episode around a frame.

    Attributes:
        rows: the context, the frame itself being its last, and what is recorded after it.
        context: rows that the model sees, 1 <= context <= len(rows).
    """

    rows: Episode
    context: int


@dataclass(frozen=True, eq=False)
class SceneRollout:
    """T = context + dreamed rows of a scene, as a snapshot sees and dreams them.

    Attributes:
        feat: (T, F), of posteriors over the context, then of priors.
        posterior: (context, .).
        action: (T, A), that led to each row.
        reward: (T,), predicted.
        value: (T,), the value model's estimate: discounted reward from there on, its own row included.
        kl: (T,) in nats; NaN where the model saw nothing.
        entropy: (T,), of the policy, in nats.
    """

    feat: Tensor
    posterior: LatentState
    action: NDArray[np.float32]
    reward: Floats
    value: Floats
    kl: Floats
    entropy: Floats


@torch.no_grad()
def roll_out_scene(agent: Agent, scene: RecordedScene, length: int, actor: Actor, noise: NoiseSource) -> SceneRollout:
    """Filter the context from nothing, then dream `length` steps with the rollout that training learns from."""
    seen = scene.context
    image = torch.from_numpy(scene.rows.image[:seen]).to(noise.device).unsqueeze(0)
    recorded = torch.from_numpy(scene.rows.action).to(noise.device)
    filtered = agent.filter(image, recorded[None, :seen], agent.noise(noise, seen, 1))
    posterior = filtered.map(lambda part: part[0])
    kl = agent.surprise(posterior).sum(-1)
    mode: PolicyMode = "mode" if actor == "mode" else "sample"
    future = recorded[seen:] if actor == "recorded" else recorded[:0]

    def act(feat: Tensor, step: int) -> Tensor:
        return future[step].unsqueeze(0) if step < len(future) else agent.act(feat, noise, mode)

    start = posterior.map(lambda part: part[-1:])
    states, action = agent.roll_out(start, act, agent.noise(noise, length, 1))
    feat = torch.cat([posterior.feat, states.feat[:, 0]])
    predicted = agent.heads(feat)
    nothing = torch.full((length,), torch.nan, device=noise.device)
    return SceneRollout(
        feat,
        posterior,
        torch.cat([recorded[:seen], action[:, 0]]).cpu().numpy(),
        to_floats(predicted.reward),
        to_floats(predicted.value),
        to_floats(torch.cat([kl, nothing])),
        to_floats(agent.entropy(feat, noise)),
    )
