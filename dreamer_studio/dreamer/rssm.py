"""The recurrent state-space model: what the agent believes, step by step.

::

    time            t=0            t=1            t=2
    action                a[1] ---.      a[2] ---.
    deterministic   d[0] --------> d[1] --------> d[2]
                     |              |              |
    prior           p(s[0])        p(s[1])        p(s[2])       without the picture
    posterior       q(s[0])        q(s[1])        q(s[2])       with the picture
                     ^              ^              ^
    picture         o[0]           o[1]           o[2]

action[t] is the action that *led to* picture[t]. Source: the author's ``models.py`` (RSSM).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

MIN_STD = 0.1
"""Least deviation of prior and posterior."""


class State(NamedTuple):
    """A belief: mean, std and sample of the stochastic part (..., S), and the deterministic part (..., D)."""

    mean: Tensor
    std: Tensor
    stoch: Tensor
    deter: Tensor

    @property
    def feat(self) -> Tensor:
        """What every head reads: (..., S + D), stochastic part first."""
        return torch.cat([self.stoch, self.deter], -1)

    def map(self, function: Callable[[Tensor], Tensor]) -> State:
        """The same function applied to each part."""
        return State(*(function(part) for part in self))

    def detach(self) -> State:
        """The same numbers without their history."""
        return self.map(Tensor.detach)


def stack_states(states: list[State], dim: int = 0) -> State:
    """States of one shape, stacked along a new dimension."""
    return State(*(torch.stack(parts, dim) for parts in zip(*states, strict=True)))


class RSSM(nn.Module):
    """Transition model (prior) and representation model (posterior)."""

    def __init__(self, action_size: int, embed_size: int, *, stoch: int, deter: int, hidden: int) -> None:
        super().__init__()
        self.stoch_size = stoch
        self.deter_size = deter
        self.img1 = nn.Linear(stoch + action_size, hidden)
        self.gru = nn.GRUCell(hidden, deter)
        self.img2 = nn.Linear(deter, hidden)
        self.img3 = nn.Linear(hidden, 2 * stoch)
        self.obs1 = nn.Linear(deter + embed_size, hidden)
        self.obs2 = nn.Linear(hidden, 2 * stoch)

    @property
    def feat_size(self) -> int:
        """Length of `State.feat`."""
        return self.stoch_size + self.deter_size

    def initial(self, *shape: int) -> State:
        """The state before anything was seen: zeros, (*shape, S or D)."""
        zeros = self.img1.weight.new_zeros
        stoch = zeros(*shape, self.stoch_size)
        return State(stoch, stoch, stoch, zeros(*shape, self.deter_size))

    def img_step(self, previous: State, action: Tensor, noise: Tensor | None) -> State:
        """The prior one step on: `previous` (N, .), `action` (N, A), `noise` (N, S) -> (N, .).

        Without noise the sample is the mean.
        """
        deter = self._deter_step(previous, action)
        mean, std = self.prior(deter)
        return State(mean, std, mean if noise is None else mean + std * noise, deter)

    def obs_step(self, previous: State, action: Tensor, embed: Tensor, noise: Tensor | None) -> State:
        """The posterior one step on, having seen `embed` (N, E); the rest as `img_step`."""
        deter = self._deter_step(previous, action)
        deter_half, embed_half = self._posterior_halves()
        mean, std = self._posterior(deter, deter_half, F.linear(embed, embed_half, self.obs1.bias))
        return State(mean, std, mean if noise is None else mean + std * noise, deter)

    def observe(
        self,
        embed: Tensor,
        action: Tensor,
        is_first: Tensor,
        noise: Tensor,
        prior_noise: Tensor | None = None,
    ) -> tuple[State, State]:
        """Posteriors and priors along recorded sequences.

        Args:
            embed: (B, T, E).
            action: (B, T, A); action[:, t] led to embed[:, t].
            is_first: (B, T) bool: there an episode begins, and state and action before it are zeroed.
            noise: (T, B, S), standard normal, for the posteriors, which are what feeds back.
            prior_noise: (T, B, S) for the priors' samples; None leaves them at the means, for they feed nothing.

        Returns:
            posterior and prior, each (B, T, S or D).
        """
        batch, length = is_first.shape
        assert noise.shape == (length, batch, self.stoch_size), noise.shape
        keep = 1.0 - is_first.to(action.dtype)
        action = action * keep.unsqueeze(-1)
        deter_half, embed_half = self._posterior_halves()
        seen = F.linear(embed, embed_half, self.obs1.bias)  # one large product instead of T small ones in the loop
        state = self.initial(batch)
        posteriors = []
        for t in range(length):
            kept = keep[:, t].unsqueeze(-1)
            previous = state._replace(stoch=state.stoch * kept, deter=state.deter * kept)
            deter = self._deter_step(previous, action[:, t])
            mean, std = self._posterior(deter, deter_half, seen[:, t])
            state = State(mean, std, mean + std * noise[t], deter)
            posteriors.append(state)
        posterior = stack_states(posteriors, dim=1)
        mean, std = self.prior(posterior.deter)  # feeds nothing back, so all steps at once
        stoch = mean if prior_noise is None else mean + std * prior_noise.transpose(0, 1)
        return posterior, State(mean, std, stoch, posterior.deter)

    def imagine(self, start: State, policy: Callable[[Tensor, int], Tensor], noise: Tensor) -> tuple[State, Tensor]:
        """Roll priors forward: the one function behind learning, viewing and driving.

        Args:
            start: (N, .).
            policy: (features (N, F), imagined step) -> actions (N, A).
            noise: (H, N, S), standard normal.

        Returns:
            the H imagined states (H, N, .), the start not among them, and the actions (H, N, A) that led to each.
        """
        state, states, actions = start, [], []
        for step in range(noise.shape[0]):
            action = policy(state.feat, step)
            state = self.img_step(state, action, noise[step])
            states.append(state)
            actions.append(action)
        return stack_states(states), torch.stack(actions)

    def _deter_step(self, previous: State, action: Tensor) -> Tensor:
        hidden = F.elu_(self.img1(torch.cat([previous.stoch, action], -1)))
        deter: Tensor = self.gru(hidden, previous.deter)
        return deter

    def prior(self, deter: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and deviation (..., S) of the stochastic part, from the deterministic part (..., D) alone."""
        return _mean_std(self.img3(F.elu_(self.img2(deter))))

    def _posterior_halves(self) -> tuple[Tensor, Tensor]:
        """The posterior's first layer reads belief and picture side by side: its weights (hidden, D), (hidden, E)."""
        return self.obs1.weight[:, : self.deter_size], self.obs1.weight[:, self.deter_size :]

    def _posterior(self, deter: Tensor, deter_half: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
        return _mean_std(self.obs2(F.elu_(F.linear(deter, deter_half) + seen)))


def _mean_std(outputs: Tensor) -> tuple[Tensor, Tensor]:
    mean, std = outputs.float().chunk(2, -1)
    return mean, F.softplus(std.contiguous()) + MIN_STD  # over short pieces of rows softplus takes ten times as long
