"""Open loop: the model sees the first recorded frames, then only the actions that were taken."""

from __future__ import annotations

import torch
from torch import Tensor

from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.latent import LatentState, join_states


@torch.no_grad()
def open_loop(
    agent: Agent, image: Tensor, action: Tensor, context: int, posterior_noise: Tensor, prior_noise: Tensor
) -> LatentState:
    """Return posteriors over the context, then priors along the recorded actions, (B, T, .).

    Args:
        agent: the snapshot.
        image: (B, T, 64, 64, 3) uint8; only the first `context` frames are read.
        action: (B, T, A); action[:, t] led to frame t.
        context: frames the model sees, 1 <= context <= T. With context = T this is a reconstruction.
        posterior_noise: (context, B, S).
        prior_noise: (T - context, B, S).
    """
    length = action.shape[1]
    assert 1 <= context <= length, context
    seen = agent.filter(image[:, :context], action[:, :context], posterior_noise)
    if context == length:
        return seen
    future = action[:, context:]
    start = seen.map(lambda part: part[:, -1])
    imagined, _ = agent.roll_out(start, lambda _, step: future[:, step], prior_noise)
    return join_states([seen, imagined.map(lambda part: part.transpose(0, 1))], 1)
