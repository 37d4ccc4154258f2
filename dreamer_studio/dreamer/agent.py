"""The agent: its three networks, and how it acts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import torch
from torch import Tensor, nn

from dreamer_studio.config import Config
from dreamer_studio.dreamer.distributions import MODE_SAMPLES
from dreamer_studio.dreamer.heads import Actor, DenseHead, initialize
from dreamer_studio.dreamer.noise import ActionKind, NoiseSource
from dreamer_studio.dreamer.rssm import State
from dreamer_studio.dreamer.world_model import WorldModel

PolicyMode = Literal["sample", "mode"]


class Agent(nn.Module):
    """World model, action model and value model of one task."""

    def __init__(self, config: Config, action_size: int, action_kind: ActionKind) -> None:
        super().__init__()
        self.action_size = action_size
        self.action_kind: ActionKind = action_kind
        self.world_model = WorldModel(config, action_size)
        feat_size = self.world_model.rssm.feat_size
        self.actor = Actor(
            feat_size,
            config.num_units,
            action_size,
            action_kind,
            init_std=config.action_init_std,
            mean_scale=config.action_mean_scale,
            min_std=config.action_min_std,
        )
        self.value = DenseHead(feat_size, 3, config.num_units)

    @classmethod
    def of_weights(
        cls, config: Config, action_size: int, action_kind: ActionKind, weights: Mapping[str, Tensor]
    ) -> Agent:
        """An agent to look at, on the device of its weights, which it shares and never changes.

        It is made without drawing initial weights: those would come from the process-wide random stream.
        """
        with torch.device("meta"):
            agent = cls(config, action_size, action_kind)
        agent.load_state_dict(weights, assign=True)
        return agent.requires_grad_(False)

    def initialize(self, seed: int) -> None:
        """Draw all weights anew, on the CPU's stream whatever the device, so that a seed means one set of weights."""
        initialize(self, torch.Generator().manual_seed(seed))

    @torch.no_grad()
    def observe(self, state: State | None, action: Tensor, image: Tensor, noise: NoiseSource | None) -> State:
        """The belief after one more picture.

        Args:
            state: belief before it (N, .); None at the first picture of an episode.
            action: (N, A), the action that was *executed* and led to the picture, exploration noise included; it is
                not read at the first picture.
            image: (N, 64, 64, 3) uint8.
            noise: where the posterior's sample is drawn; None takes its mean.
        """
        rssm = self.world_model.rssm
        embed = self.world_model.encoder(image)
        if state is None:
            state, action = rssm.initial(len(image)), torch.zeros_like(action)
        drawn = None if noise is None else noise.normal(len(image), rssm.stoch_size)
        return rssm.obs_step(state, action, embed, drawn)

    @torch.no_grad()
    def act(
        self,
        feat: Tensor,
        noise: NoiseSource,
        mode: PolicyMode = "sample",
        *,
        temperature: float = 1.0,
        alike: bool = False,
    ) -> Tensor:
        """The policy's action (N, A) at features (N, F): a sample while training, the mode while evaluating.

        Continuous actions lie in [-1, 1]; discrete ones are one-hot.

        Args:
            feat: (N, F).
            noise: where samples are drawn, and candidates for the mode.
            mode: which of the two.
            temperature: of a sample: factor of the deviation before the tanh, or divisor of the logits.
            alike: draw the same noise for all rows.
        """
        distribution = self.actor.distribution(feat)
        shape = (1 if alike else len(feat), self.action_size)
        if mode == "mode":
            return distribution.mode(noise.action(self.action_kind, MODE_SAMPLES, *shape))
        drawn = noise.action(self.action_kind, *shape)
        return distribution.sample(drawn if temperature == 1.0 else temperature * drawn)

    @torch.no_grad()
    def entropy(self, feat: Tensor, noise: NoiseSource) -> Tensor:
        """The policy's entropy (N,) in nats at features (N, F); of continuous actions estimated from 100 samples."""
        drawn = noise.action(self.action_kind, MODE_SAMPLES, len(feat), self.action_size)
        entropy = self.actor.distribution(feat).entropy(drawn)
        return entropy.mean(0) if self.action_kind == "continuous" else entropy

    def explore(self, action: Tensor, amount: float, noise: NoiseSource) -> Tensor:
        """The action with exploration: Normal(0, amount) added and clipped, or a random one-hot with that chance."""
        if amount <= 0:
            return action
        if self.action_kind == "continuous":
            return (action + amount * noise.normal(*action.shape)).clamp_(-1.0, 1.0)
        return torch.where(noise.uniform(len(action), 1) < amount, self.random_action(len(action), noise), action)

    def random_action(self, count: int, noise: NoiseSource) -> Tensor:
        """Uniformly random actions (count, A), for the prefill."""
        uniform = noise.uniform(count, self.action_size)
        if self.action_kind == "continuous":
            return 2 * uniform - 1
        return nn.functional.one_hot(uniform.argmax(-1), self.action_size).float()


def exploration_amount(config: Config, step: int) -> float:
    """How much to explore after `step` environment steps: half-life decay to a floor."""
    amount = config.expl_amount
    if config.expl_decay:
        amount *= 0.5 ** (step / config.expl_decay)
    return max(amount, config.expl_min)
