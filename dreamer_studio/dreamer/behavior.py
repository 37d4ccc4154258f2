"""Behavior learning by latent imagination: the rollout, the value estimates and the two losses.

Sources: Sec. 3, Eq. 4 to 8 and Algorithm 1 of the paper; the author's ``dreamer.py`` lines 179-199 and 270-281, and
``tools.lambda_return``. H horizon, N start states, A actions, F features.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from dreamer_studio.dreamer.distributions import unit_normal_log_prob
from dreamer_studio.dreamer.heads import Actor, DenseHead
from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.dreamer.noise import UpdateNoise
from dreamer_studio.dreamer.remedies import NONE, Remedies
from dreamer_studio.dreamer.world_model import WorldModel


@dataclass(frozen=True, eq=False)
class BehaviorOutput:
    """An imagined rollout and its losses.

    Attributes:
        start: (N, .), the states that imagination starts from.
        feat, action: (H, N, F) and (H, N, A); action[h] led to feat[h]. The start is not included.
        reward, value, pcont: (H, N), predicted at feat.
        returns, weights: (max(H - 1, 1), N), lambda-returns and their discount weights.
        counted: like `weights`, and 0 where the start is terminal; both losses are weighted with it.
        actor_loss, value_loss, actor_entropy: scalars.
        return_range: scalar, running range of the returns with those of this update; None without `norm_returns`.
    """

    start: LatentState
    feat: Tensor
    action: Tensor
    reward: Tensor
    value: Tensor
    pcont: Tensor
    returns: Tensor
    weights: Tensor
    counted: Tensor
    actor_loss: Tensor
    value_loss: Tensor
    actor_entropy: Tensor
    return_range: Tensor | None = None

    def metrics(self) -> dict[str, Tensor]:
        """Return the scalars for the log, still on the device."""
        metrics = {
            "actor_loss": self.actor_loss,
            "value_loss": self.value_loss,
            "actor_entropy": self.actor_entropy,
            "imagined_reward": self.reward.mean(),
            "imagined_value": self.value.mean(),
            "lambda_return": self.returns.mean(),
        }
        if self.return_range is not None:
            metrics["return_range"] = self.return_range
        return {name: value.detach() for name, value in metrics.items()}


def lambda_return(reward: Tensor, value: Tensor, pcont: Tensor, disclam: float) -> Tensor:
    """Return the value estimates V_lambda: R_t = r_t + p_t ((1 - lambda) V_{t+1} + lambda R_{t+1}), with R_H = V_H.

    The recursion mixes the estimates V_N^k of all k. The author's ``tools.lambda_return``.

    Args:
        reward: (H, N).
        value: (H, N).
        pcont: (H, N), predicted discounts.
        disclam: lambda in [0, 1].

    Returns:
        (H - 1, N): V(s) includes the reward of s itself, and the last state only serves as the bootstrap. With H = 1
        the bootstrap alone, (1, N).
    """
    last = value[-1]
    if len(value) == 1:
        return last.unsqueeze(0)
    returns = []
    for t in reversed(range(len(value) - 1)):
        # paper: Eq. 5
        # paper: Eq. 6
        last = reward[t] + pcont[t] * ((1 - disclam) * value[t + 1] + disclam * last)
        returns.append(last)
    return torch.stack(returns[::-1])


def discount_weights(pcont: Tensor, count: int) -> Tensor:
    """Return cumprod([1, p_0, p_1, ...]), (count, N): the weight of each imagined state. No gradient.

    The author's ``discount`` in ``dreamer._train``.
    """
    ones = torch.ones_like(pcont[:1])
    return torch.cat([ones, pcont[: count - 1]]).cumprod(0).detach()


def learn_behavior(
    world_model: WorldModel,
    actor: Actor,
    value_model: DenseHead,
    start: LatentState,
    start_weight: Tensor,
    noise: UpdateNoise,
    disclam: float,
    remedies: Remedies = NONE,
) -> BehaviorOutput:
    """Imagine from `start` and compute the losses of the action model and the value model.

    The action model maximizes V_lambda; the value model regresses onto V_lambda, held fixed.

    Args:
        world_model: predicts; its weights are not trained here.
        actor: action model; no gradient passes through the features that it reads.
        value_model: value model.
        start: (N, .), posteriors without autograd history.
        start_weight: (N,), 1, or 0 for a terminal state, after which nothing follows.
        noise: `imagination` (H, N, S) and `action` (H, N, A).
        disclam: lambda of the lambda-return.
        remedies: changes to the algorithm of the paper; by default none.
    """
    entropies = []

    def policy(feat: Tensor, step: int) -> Tensor:
        distribution = actor.distribution(feat.detach())
        with torch.set_grad_enabled(remedies.entropy_scale > 0 and torch.is_grad_enabled()):
            entropies.append(distribution.entropy(noise.action[step]))
        return distribution.sample(noise.action[step])

    # paper: Algorithm 1, imagine trajectories
    states, action = world_model.rssm.imagine(start, policy, noise.imagination)
    feat = states.feat
    scale = world_model.scale
    # paper: Algorithm 1, predict rewards and values
    reward = scale.predicted(world_model.reward.for_features(feat))
    pcont = world_model.predict_pcont(feat)
    value_output, own_value = value_model.for_features_and_weights(feat)
    # paper: Algorithm 1, predict rewards and values
    value = scale.predicted(value_output)
    target = value if remedies.slow_value is None else scale.predicted(remedies.slow_value.for_features(feat))
    # paper: Algorithm 1, compute value estimates
    returns = lambda_return(reward, target, pcont, disclam)
    weights = discount_weights(pcont, len(returns))
    counted = weights * start_weight
    return_range = remedies.next_range(returns)
    objective = remedies.objective(returns, return_range, entropies)
    # paper: Eq. 7
    actor_loss = -(counted * objective).mean()
    # paper: Eq. 8
    value_loss = -(counted * unit_normal_log_prob(own_value[: len(returns)], scale.learned(returns.detach()))).mean()
    entropy = torch.stack([each.detach().mean() for each in entropies]).mean()
    losses = actor_loss, value_loss, entropy
    return BehaviorOutput(start, feat, action, reward, value, pcont, returns, weights, counted, *losses, return_range)
