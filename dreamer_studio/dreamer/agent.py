"""The agent: its three networks, how it acts, and all that others may ask of its model.

Sources: Sec. 2 and 3 and Algorithm 1 ("environment interaction") of the paper; the author's ``dreamer.Dreamer``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple, Self

import torch
from torch import Tensor, nn

from dreamer_studio.config import Config
from dreamer_studio.dreamer.behavior import lambda_return
from dreamer_studio.dreamer.conv import to_model_range, to_pixels
from dreamer_studio.dreamer.distributions import MODE_SAMPLES
from dreamer_studio.dreamer.heads import initialize
from dreamer_studio.dreamer.hidden import Hidden
from dreamer_studio.dreamer.latent import LatentState, Statistics
from dreamer_studio.dreamer.noise import ActionKind, NoiseSource
from dreamer_studio.dreamer.parts import PLAIN, Parts
from dreamer_studio.dreamer.world_model import WorldModel

PolicyMode = Literal["sample", "mode"]


class Heads(NamedTuple):
    """Predictions (...) at features (..., F): reward, value and discount."""

    reward: Tensor
    value: Tensor
    pcont: Tensor


class Agent(nn.Module):
    """World model, action model and value model of one task.

    Code outside `dreamer` asks the methods below and does not look into `world_model`, so it works with latents of any
    kind. Only `action_gradient` computes a gradient.
    """

    def __init__(self, config: Config, action_size: int, action_kind: ActionKind, parts: Parts = PLAIN) -> None:
        super().__init__()
        self.action_size = action_size
        self.action_kind: ActionKind = action_kind
        self.world_model = WorldModel(config, action_size, parts)
        hidden = Hidden(config.activation, config.layer_norm)
        # paper: Eq. 2, action model
        self.actor = parts.actor(
            self.feat_size,
            config.num_units,
            action_size,
            action_kind,
            init_std=config.action_init_std,
            mean_scale=config.action_mean_scale,
            min_std=config.action_min_std,
            dist=config.action_dist,
            hidden=hidden,
        )
        # paper: Eq. 2, value model
        # paper: Appendix A, dense layers
        self.value = parts.head(self.feat_size, 3, config.num_units, hidden=hidden)

    @classmethod
    def of_weights(
        cls,
        config: Config,
        action_size: int,
        action_kind: ActionKind,
        weights: Mapping[str, Tensor],
        parts: Parts = PLAIN,
    ) -> Self:
        """Make an agent to look at, which shares the weights, is on their device, and never changes them.

        No initial weights are drawn: they would come from the process-wide random stream.
        """
        with torch.device("meta"):
            agent = cls(config, action_size, action_kind, parts)
        agent.load_state_dict(weights, assign=True)
        return agent.requires_grad_(False)

    def initialize(self, seed: int) -> None:
        """Draw all weights, on the CPU whatever the device, so that a seed means one set of weights."""
        initialize(self, torch.Generator().manual_seed(seed))

    @property
    def feat_size(self) -> int:
        """Length F of the features: S stochastic dimensions, then D deterministic ones."""
        return self.world_model.rssm.feat_size

    @property
    def stoch_size(self) -> int:
        """Return the number S of stochastic dimensions."""
        return self.world_model.rssm.stoch_size

    def noise(self, source: NoiseSource, *shape: int) -> Tensor:
        """Draw the noise of so many samples of latents, (*shape, S). Zeros instead give the most likely latents."""
        return self.world_model.rssm.noise(source, *shape)

    def initial(self, count: int) -> LatentState:
        """Return the state before the first image, (count, .)."""
        return self.world_model.rssm.initial(count)

    def state_at(self, feat: Tensor) -> LatentState:
        """Return a state (..., .) to continue from at features (..., F)."""
        return self.world_model.rssm.state_at(feat)

    @torch.no_grad()
    def observe(
        self, state: LatentState | None, action: Tensor, image: Tensor, noise: NoiseSource | None
    ) -> LatentState:
        """Return the posterior after one more image.

        Args:
            state: posterior before the image (N, .); None at the first image of an episode.
            action: (N, A), the action that was *executed* and led to the image, exploration noise included; not read
                at the first image.
            image: (N, 64, 64, 3) uint8.
            noise: draws the sample; None takes the most likely latents.
        """
        rssm = self.world_model.rssm
        embed = self.world_model.encoder(image)
        if state is None:
            state, action = rssm.initial(len(image)), torch.zeros_like(action)
        drawn = None if noise is None else rssm.noise(noise, len(image))
        # paper: Algorithm 1, compute the state
        return rssm.obs_step(state, action, embed, drawn)

    @torch.no_grad()
    def filter(self, image: Tensor, action: Tensor, noise: Tensor, start: LatentState | None = None) -> LatentState:
        """Return the posteriors (B, T, .) along recorded sequences.

        Args:
            image: (B, T, 64, 64, 3) uint8.
            action: (B, T, A); action[:, t] led to image[:, t].
            noise: (T, B, S), from `noise`.
            start: (B, .), posterior before the first image; None is `initial`.
        """
        never = torch.zeros(action.shape[:2], dtype=torch.bool, device=action.device)
        embed = self.world_model.encoder(image)
        posterior, _ = self.world_model.rssm.observe(embed, action, never, noise, start=start)
        return posterior

    @torch.no_grad()
    def roll_out(
        self, start: LatentState, policy: Callable[[Tensor, int], Tensor], noise: Tensor
    ) -> tuple[LatentState, Tensor]:
        """Imagine along a policy's actions, with the rollout that training learns from.

        Args:
            start: (N, .).
            policy: maps features (N, F) and the imagined step to actions (N, A).
            noise: (H, N, S), from `noise`.

        Returns:
            the H imagined states (H, N, .), without the start, and the actions (H, N, A) that led to each.
        """
        return self.world_model.rssm.imagine(start, policy, noise)

    def action_gradient(
        self, start: LatentState, action: Tensor, noise: Tensor, disclam: float
    ) -> tuple[Tensor, Tensor]:
        """Return the lambda-return of the first imagined state, and its gradient for each action that is imagined.

        This is the gradient that the action model learns from, before it reaches the action model's weights.

        Args:
            start: (N, .).
            action: (H, N, A).
            noise: (H, N, S), from `noise`.
            disclam: lambda of the lambda-return.

        Returns:
            the lambda-returns (N,) and the gradients (H, N, A).
        """
        model, predicted = self.world_model, self.world_model.scale.predicted
        with torch.inference_mode(False), torch.enable_grad():
            acted, drawn = action.clone().requires_grad_(), noise.clone()
            states, _ = model.rssm.imagine(start.map(torch.clone), lambda _, step: acted[step], drawn)
            feat = states.feat
            reward, value = predicted(model.reward.for_features(feat)), predicted(self.value.for_features(feat))
            target = lambda_return(reward, value, model.predict_pcont(feat), disclam)[0]
            (gradient,) = torch.autograd.grad(target.sum(), acted)
        return target.detach(), gradient

    @torch.no_grad()
    def decode(self, feat: Tensor) -> Tensor:
        """Return the images (..., 64, 64, 3) uint8 at features (..., F)."""
        return to_pixels(self.world_model.decoder(feat))

    @torch.no_grad()
    def image_loss(self, feat: Tensor, image: Tensor) -> Tensor:
        """Return half the squared distance (...) of decoder means and images (..., 64, 64, 3): a loss in nats."""
        mean: Tensor = self.world_model.decoder(feat)
        return 0.5 * (mean - to_model_range(image, mean.dtype)).square().sum((-3, -2, -1))

    @torch.no_grad()
    def heads(self, feat: Tensor) -> Heads:
        """Return predicted reward, value and discount at features (..., F), on the task's scale."""
        model, predicted = self.world_model, self.world_model.scale.predicted
        return Heads(predicted(model.reward(feat)), predicted(self.value(feat)), model.predict_pcont(feat))

    @torch.no_grad()
    def ending(self, pcont: Tensor) -> Tensor:
        """Return the chance (...) that the episode is over, given predicted discounts (...).

        The head learns the discount where the episode goes on, and 0 where it is over. NaN without the head.
        """
        discount = self.world_model.discount
        if self.world_model.pcont is None or discount == 0:
            return torch.full_like(pcont, torch.nan)
        return (1 - pcont / discount).clamp(0, 1)

    @torch.no_grad()
    def surprise(self, posterior: LatentState) -> Tensor:
        """Return KL(posterior || prior) of each stochastic dimension in nats, (..., S); the sum is for the frame."""
        return posterior.kl(self.world_model.rssm.prior(posterior.deter))

    @torch.no_grad()
    def prior_statistics(self, feat: Tensor) -> Statistics:
        """Return mean and standard deviation (..., S) of the prior at features (..., F)."""
        deter = feat[..., self.stoch_size :]
        return self.world_model.rssm.prior(deter).statistics()

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
        """Return the policy's action (N, A).

        Continuous actions lie in [-1, 1]; discrete ones are one-hot.

        Args:
            feat: (N, F).
            noise: draws samples, and candidates for the mode.
            mode: a sample, as in training, or the mode, as in tests.
            temperature: of a sample: factor of the deviation, or divisor of the logits.
            alike: draw the same noise for all rows.
        """
        distribution = self.actor.distribution(feat)
        shape = (1 if alike else len(feat), self.action_size)
        if mode == "mode":
            return distribution.mode(noise.action(self.action_kind, MODE_SAMPLES, *shape))
        drawn = noise.action(self.action_kind, *shape)
        # paper: Algorithm 1, compute the action
        return distribution.sample(drawn if temperature == 1.0 else temperature * drawn)

    @torch.no_grad()
    def entropy(self, feat: Tensor, noise: NoiseSource) -> Tensor:
        """Return the policy's entropy (N,) in nats at features (N, F): exact, or from 100 samples of a tanh-normal."""
        drawn = noise.action(self.action_kind, MODE_SAMPLES, len(feat), self.action_size)
        entropy = self.actor.distribution(feat).entropy(drawn)
        return entropy.mean(0) if entropy.ndim == feat.ndim else entropy

    def explore(self, action: Tensor, amount: float, noise: NoiseSource) -> Tensor:
        """Return the action with exploration.

        Continuous: Normal(0, amount) is added, then the action is clipped. Discrete: a random one-hot takes its place
        with the chance `amount`.
        """
        if amount <= 0:
            return action
        if self.action_kind == "continuous":
            # paper: Algorithm 1, explore
            # paper: Appendix A, exploration noise
            return (action + amount * noise.normal(*action.shape)).clamp_(-1.0, 1.0)
        # paper: Algorithm 1, explore
        # paper: Appendix A, epsilon greedy
        return torch.where(noise.uniform(len(action), 1) < amount, self.random_action(len(action), noise), action)

    def random_action(self, count: int, noise: NoiseSource) -> Tensor:
        """Return uniformly random actions (count, A)."""
        uniform = noise.uniform(count, self.action_size)
        if self.action_kind == "continuous":
            return 2 * uniform - 1
        return nn.functional.one_hot(uniform.argmax(-1), self.action_size).float()


def exploration_amount(config: Config, step: int) -> float:
    """Return the amount of exploration after `step` environment steps: it halves every `expl_decay`, down to a floor.

    The author's ``dreamer._exploration``.
    """
    amount = config.expl_amount
    if config.expl_decay:
        amount *= 0.5 ** (step / config.expl_decay)
    return max(amount, config.expl_min)
