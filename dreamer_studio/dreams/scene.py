"""A scene: posteriors along the frames up to any frame of an episode, then a dream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dreamer_studio.arrays import Floats
from dreamer_studio.dreamer.agent import Agent, PolicyMode
from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.features import to_floats
from dreamer_studio.replay import Episode

Actor = Literal["recorded", "sample", "mode"]
"""What acts after the context: the recorded actions, a sample of the policy, or its mode.

After the last recorded action the policy samples.
"""


@dataclass(frozen=True, eq=False)
class RecordedScene:
    """Rows of one episode around a frame.

    Attributes:
        rows: the context, which ends with the frame, and the recorded rows after it.
        context: rows that the model sees, 1 <= context <= len(rows).
    """

    rows: Episode
    context: int


@dataclass(frozen=True, eq=False)
class SceneRollout:
    """T = context + dreamed rows of a scene, as a snapshot filters and dreams them.

    Attributes:
        feat: (T, F), of posteriors over the context, then of priors.
        posterior: (context, .).
        action: (T, A), which led to each row.
        reward: (T,), predicted.
        value: (T,), by the value model: the discounted reward from this row on.
        kl: (T,), KL(posterior || prior) in nats; NaN in the dream.
        entropy: (T,), of the policy, in nats.
        ending: (T,), predicted chance that the episode is over; NaN if the model predicts no ends.
    """

    feat: Tensor
    posterior: LatentState
    action: NDArray[np.float32]
    reward: Floats
    value: Floats
    kl: Floats
    entropy: Floats
    ending: Floats


@torch.no_grad()
def roll_out_scene(
    agent: Agent,
    scene: RecordedScene,
    length: int,
    actor: Actor,
    noise: NoiseSource,
    actions: NDArray[np.float32] | None = None,
) -> SceneRollout:
    """Filter the context, then dream `length` steps with the rollout that training learns from.

    Args:
        agent: dreams and acts.
        scene: the rows.
        length: steps to dream.
        actor: who acts after the context, and after `actions`.
        noise: for the posteriors, the priors and the actions, drawn in this order.
        actions: (n, A), the first actions after the context; None if the actor gives them.
    """
    seen = scene.context
    image = torch.from_numpy(scene.rows.image[:seen]).to(noise.device).unsqueeze(0)
    recorded = torch.from_numpy(scene.rows.action).to(noise.device)
    filtered = agent.filter(image, recorded[None, :seen], agent.noise(noise, seen, 1))
    posterior = filtered.map(lambda part: part[0])
    kl = agent.surprise(posterior).sum(-1)
    mode: PolicyMode = "mode" if actor == "mode" else "sample"
    future = recorded[seen:] if actor == "recorded" else recorded[:0]
    if actions is not None:
        future = torch.from_numpy(actions).to(noise.device)

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
        to_floats(agent.ending(predicted.pcont)),
    )
