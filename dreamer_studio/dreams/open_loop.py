"""Filtering: the model sees recorded frames. Open loop: the first ones, then only the actions that were taken."""

from __future__ import annotations

import torch
from torch import Tensor

from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.rssm import State, stack_states


@torch.no_grad()
def filter_frames(agent: Agent, image: Tensor, action: Tensor, noise: Tensor) -> State:
    """Posteriors along recorded sequences, begun from nothing.

    Args:
        agent: the snapshot.
        image: (B, T, 64, 64, 3) uint8, every frame of which the model sees.
        action: (B, T, A); action[:, t] led to frame t.
        noise: (T, B, S).

    Returns:
        the states of all T steps, (B, T, .).
    """
    never = torch.zeros(action.shape[:2], dtype=torch.bool, device=action.device)
    posterior, _ = agent.world_model.rssm.observe(agent.world_model.encoder(image), action, never, noise)
    return posterior


@torch.no_grad()
def filter_on(agent: Agent, belief: State | None, image: Tensor, action: Tensor, noise: Tensor) -> State:
    """Posteriors along further rows of one episode.

    Args:
        agent: the snapshot.
        belief: after the row before them, (1, .); None where nothing is known of any.
        image: (n, 64, 64, 3) uint8, n >= 1.
        action: (n, A); action[k] led to image[k].
        noise: (n, 1, S).

    Returns:
        the states of all n rows, (n, .).
    """
    rssm, embed = agent.world_model.rssm, agent.world_model.encoder(image)
    belief, states = rssm.initial(1) if belief is None else belief, []
    for row in range(len(image)):
        belief = rssm.obs_step(belief, action[row : row + 1], embed[row : row + 1], noise[row])
        states.append(belief)
    return stack_states(states).map(lambda part: part[:, 0])


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
    length = action.shape[1]
    assert 1 <= context <= length, context
    seen = filter_frames(agent, image[:, :context], action[:, :context], posterior_noise)
    if context == length:
        return seen
    future = action[:, context:]
    start = seen.map(lambda part: part[:, -1])
    imagined, _ = agent.world_model.rssm.imagine(start, lambda _, step: future[:, step], prior_noise)
    return State(*(torch.cat([a, b.transpose(0, 1)], 1) for a, b in zip(seen, imagined, strict=True)))
