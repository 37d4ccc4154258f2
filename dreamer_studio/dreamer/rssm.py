"""The recurrent state-space model: transition and representation model in one.

::

    time            t=0            t=1            t=2
    action                a[1] ---.      a[2] ---.
    deterministic   d[0] --------> d[1] --------> d[2]
                     |              |              |
    prior           p(s[0])        p(s[1])        p(s[2])       without the image
    posterior       q(s[0])        q(s[1])        q(s[2])       with the image
                     ^              ^              ^
    image           o[0]           o[1]           o[2]

action[t] is the action that *led to* image[t]. Sources: Sec. 2, Eq. 1 of the paper (latent dynamics), which takes the
model from PlaNet (arXiv 1811.04551, Sec. 3); the author's ``models.RSSM``. Layers carry the author's names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dreamer_studio.dreamer.distributions import normal_entropy, normal_kl
from dreamer_studio.dreamer.hidden import PAPER, Hidden
from dreamer_studio.dreamer.latent import LatentState, Statistics, stack_states
from dreamer_studio.dreamer.noise import NoiseSource

MIN_STD = 0.1
"""Smallest standard deviation of prior and posterior."""


class State(NamedTuple):
    """A Gaussian `LatentState`: mean, std and sample of the stochastic part (..., S), deterministic part (..., D)."""

    mean: Tensor
    std: Tensor
    stoch: Tensor
    deter: Tensor

    @property
    def feat(self) -> Tensor:
        """Features that every head reads, (..., S + D), stochastic part first; the author's ``get_feat``."""
        return torch.cat([self.stoch, self.deter], -1)

    def map(self, function: Callable[[Tensor], Tensor]) -> State:
        """Apply a function to each part."""
        return State(*(function(part) for part in self))

    def detach(self) -> State:
        """Return the same numbers without their autograd history."""
        return self.map(Tensor.detach)

    def kl(self, prior: State) -> Tensor:
        """Return KL(self || prior) of each dimension in nats, (..., S)."""
        # paper: Eq. 10, dynamics
        return normal_kl(self.mean, self.std, prior.mean, prior.std)

    def entropy(self) -> Tensor:
        """Return the entropy of the stochastic part in nats, (...)."""
        return normal_entropy(self.std)

    def statistics(self) -> Statistics:
        """Return mean and standard deviation of each stochastic dimension."""
        return Statistics(self.mean, self.std)


class RSSM(nn.Module):
    """Transition model (prior) and representation model (posterior)."""

    def __init__(
        self, action_size: int, embed_size: int, *, stoch: int, deter: int, hidden: int, style: Hidden = PAPER
    ) -> None:
        super().__init__()
        self.stoch_size = stoch
        self.deter_size = deter
        self.style = style
        self.img1_norm, self.img2_norm, self.obs1_norm = (style.norm(hidden) for _ in range(3))
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

    def noise(self, source: NoiseSource, *shape: int) -> Tensor:
        """Draw the noise of samples of the stochastic part, (*shape, S): standard normal."""
        return source.normal(*shape, self.stoch_size)

    def initial(self, *shape: int) -> LatentState:
        """Return the state before the first image: zeros (*shape, .). The author's ``RSSM.initial``."""
        return self.state_at(self.img1.weight.new_zeros(*shape, self.feat_size))

    def state_at(self, feat: Tensor) -> LatentState:
        """Return a state (..., .) to continue from at features (..., S + D); its distribution is not known."""
        stoch, deter = torch.split(feat, [self.stoch_size, self.deter_size], -1)
        return State(stoch, stoch, stoch, deter)

    def img_step(self, previous: LatentState, action: Tensor, noise: Tensor | None) -> LatentState:
        """Take one step of the transition model q(s_t | s_t-1, a_t-1). The author's ``RSSM.img_step``.

        Args:
            previous: (N, .).
            action: (N, A), which leads to the next state.
            noise: (N, S); None takes the distribution's mean.

        Returns:
            prior (N, .).
        """
        # paper: Eq. 1, transition model
        return self.prior(self._deter_step(previous, action), noise)

    def obs_step(self, previous: LatentState, action: Tensor, embed: Tensor, noise: Tensor | None) -> LatentState:
        """Take one step of the representation model p(s_t | s_t-1, a_t-1, o_t). The author's ``RSSM.obs_step``.

        Args:
            previous: (N, .).
            action: (N, A), which led to the image.
            embed: (N, E), embedding of the image.
            noise: (N, S); None takes the distribution's mean.

        Returns:
            posterior (N, .).
        """
        # paper: Eq. 1, representation model
        return self.posterior(self._deter_step(previous, action), embed, noise)

    def observe(
        self,
        embed: Tensor,
        action: Tensor,
        is_first: Tensor,
        noise: Tensor,
        prior_noise: Tensor | None = None,
        start: LatentState | None = None,
    ) -> tuple[LatentState, LatentState]:
        """Filter recorded sequences: the posterior step along each. The author's ``RSSM.observe``.

        Args:
            embed: (B, T, E).
            action: (B, T, A); action[:, t] led to embed[:, t].
            is_first: (B, T) bool, where an episode begins: the state and the action before it become zero.
            noise: (T, B, S), for the samples of the posteriors.
            prior_noise: (T, B, S), for the samples of the priors; None takes their means. Nothing reads these samples.
            start: (B, .), the state before the first image; None is `initial`.

        Returns:
            posteriors and priors, each (B, T, .).
        """
        keep = 1.0 - is_first.to(action.dtype).unsqueeze(-1)
        state = self.initial(len(is_first)) if start is None else start
        posteriors, priors = [], []
        for t in range(is_first.shape[1]):
            previous = _scaled(state, keep[:, t])
            # paper: Algorithm 1, compute states
            state = self.obs_step(previous, keep[:, t] * action[:, t], embed[:, t], noise[t])
            posteriors.append(state)
            priors.append(self.prior(state.deter, None if prior_noise is None else prior_noise[t]))
        return stack_states(posteriors, dim=1), stack_states(priors, dim=1)

    def imagine(
        self, start: LatentState, policy: Callable[[Tensor, int], Tensor], noise: Tensor
    ) -> tuple[LatentState, Tensor]:
        """Imagine: the transition step along a policy's actions. The author's ``_imagine_ahead``.

        Learning, viewing and driving all call this function.

        Args:
            start: (N, .).
            policy: maps features (N, F) and the imagined step to actions (N, A).
            noise: (H, N, S), for the samples of the priors.

        Returns:
            the H imagined states (H, N, .), without the start, and the actions (H, N, A) that led to each.
        """
        state, states, actions = start, [], []
        for step in range(len(noise)):
            action = policy(state.feat, step)
            # paper: Algorithm 1, imagine trajectories
            state = self.img_step(state, action, noise[step])
            states.append(state)
            actions.append(action)
        return stack_states(states), torch.stack(actions)

    def prior(self, deter: Tensor, noise: Tensor | None = None) -> LatentState:
        """Return the prior (..., .) at the deterministic part (..., D), with `noise` (..., S) or at its mean."""
        return self._state(self.img3(self.style.finish(self.img2(deter), self.img2_norm)), deter, noise)

    def posterior(self, deter: Tensor, embed: Tensor, noise: Tensor | None = None) -> LatentState:
        """Return the posterior (..., .) from the deterministic part (..., D) and the embedding (..., E) of an image."""
        hidden = self.style.finish(self.obs1(torch.cat([deter, embed], -1)), self.obs1_norm)
        return self._state(self.obs2(hidden), deter, noise)

    def _deter_step(self, previous: LatentState, action: Tensor) -> Tensor:
        """Take one step of the deterministic path: d_t = f(d_t-1, s_t-1, a_t-1), (N, D). PlaNet, Sec. 3."""
        hidden = self.style.finish(self.img1(torch.cat([previous.stoch, action], -1)), self.img1_norm)
        # paper: Appendix A, RSSM
        deter: Tensor = self.gru(hidden, previous.deter)
        return deter

    def _state(self, outputs: Tensor, deter: Tensor, noise: Tensor | None) -> LatentState:
        """Make a state of a network's outputs (..., 2 S): mean, then standard deviation before its softplus."""
        mean, std = outputs.to(deter.dtype).chunk(2, -1)
        std = F.softplus(std) + MIN_STD
        # paper: Appendix A, latent distribution
        return State(mean, std, mean if noise is None else mean + std * noise, deter)


def _scaled(state: LatentState, factor: Tensor) -> LatentState:
    return state.map(lambda part: part * factor)
