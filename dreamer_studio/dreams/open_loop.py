"""Open loop: the model sees the first frames of a recorded sequence, then only the actions that were taken."""

from __future__ import annotations

import torch
from torch import Tensor

from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.rssm import State


@torch.no_grad()
def open_loop(
    agent: Agent, image: Tensor, action: Tensor, context: int, posterior_noise: Tensor, prior_noise: Tensor
) -> State:
    """Posteriors over the context, then priors along the recorded actions.

    Args:
        agent: the snapshot.
        image: (B, T, 64, 64, 3) uint8; only the first `context` frames are read.
        action: (B, T, A); action[:, t] led to frame t.
        context: frames the model sees, 1 <= context <= T. With context = T this is a reconstruction.
        posterior_noise: (context, B, S).
        prior_noise: (T - context, B, S).

    Returns:
        the states of all T steps, (B, T, .).
    """
    world_model = agent.world_model
    size, length = action.shape[:2]
    assert 1 <= context <= length, context
    embed = world_model.encoder(image[:, :context])
    never = torch.zeros(size, context, dtype=torch.bool, device=action.device)
    seen, _ = world_model.rssm.observe(embed, action[:, :context], never, posterior_noise)
    if context == length:
        return seen
    future = action[:, context:]
    start = seen.map(lambda part: part[:, -1])
    imagined, _ = world_model.rssm.imagine(start, lambda _, step: future[:, step], prior_noise)
    return State(*(torch.cat([a, b.transpose(0, 1)], 1) for a, b in zip(seen, imagined, strict=True)))
