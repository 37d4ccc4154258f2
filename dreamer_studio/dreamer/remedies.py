"""Remedies that the author published after DreamerV1. All are off by default.

V2 is DreamerV2 (arXiv 2010.02193), V3 is DreamerV3 (arXiv 2301.04104). `docs/design/remedies.md` lists them.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from dreamer_studio.config import Config, balances_kl
from dreamer_studio.dreamer.heads import DenseHead
from dreamer_studio.dreamer.latent import LatentState

SLOW_VALUE = "slow_value/"
"""Prefix of the names of the slow value model's weights in a checkpoint."""

RETURN_RANGE = "return_range"
"""Name of the returns' running range in a checkpoint."""

PERCENTILES = (0.05, 0.95)
"""The quantiles between which the range of the returns lies."""


def symlog(x: Tensor) -> Tensor:
    """Return sign(x) ln(|x| + 1) (...): large numbers made small. V3, "Robust predictions"."""
    return torch.sign(x) * torch.log1p(x.abs())


def symexp(x: Tensor) -> Tensor:
    """Return sign(x) (e^|x| - 1) (...): the inverse of `symlog`."""
    return torch.sign(x) * torch.expm1(x.abs())


def every_nth(length: int, every: int) -> slice:
    """Return every Nth of the first `length` steps of a sequence, counted back from the last.

    So the last step is always among them; its posterior has seen the most frames.
    """
    return slice((length - 1) % every, length, every)


@dataclass(frozen=True)
class Scale:
    """The scale on which the reward and the value model predict: the task's own, or symlog.

    Attributes:
        symlog: whether the heads predict `symlog` of rewards and values.
    """

    symlog: bool = False

    def learned(self, x: Tensor) -> Tensor:
        """Return rewards or values (...) as the heads learn them."""
        return symlog(x) if self.symlog else x

    def predicted(self, x: Tensor) -> Tensor:
        """Return outputs of the heads (...) on the task's scale."""
        return symexp(x) if self.symlog else x


@dataclass(frozen=True, eq=False)
class Remedies:
    """The remedies of behavior learning; by default none.

    Attributes:
        slow_value: value model for the lambda-returns; None: the one that learns.
        return_range: (), running range of the returns before this update; None: returns are not normalized.
        percentiles: (2,), `PERCENTILES` with the device and the format of the returns.
        return_decay: share of the running range that stays in an update.
        return_limit: smallest divisor of the returns.
        entropy_scale: weight of the policy's entropy.
    """

    slow_value: DenseHead | None = None
    return_range: Tensor | None = None
    percentiles: Tensor = field(default_factory=lambda: torch.tensor(PERCENTILES))
    return_decay: float = 0.0
    return_limit: float = 1.0
    entropy_scale: float = 0.0

    def next_range(self, returns: Tensor) -> Tensor | None:
        """Return the running range () with the returns (...) of this update; None if returns are not normalized.

        V3, "Actor learning": S = EMA(Per(R, 95) - Per(R, 5), 0.99), which begins at 0. The author's
        ``jaxutils.Moments``.
        """
        if self.return_range is None:
            return None
        low, high = torch.quantile(returns.detach().flatten(), self.percentiles).unbind()
        return self.return_decay * self.return_range + (1 - self.return_decay) * (high - low)

    def objective(self, returns: Tensor, return_range: Tensor | None, entropies: Sequence[Tensor]) -> Tensor:
        """Return the actor's objective (H - 1, N), to maximize: V_lambda / max(limit, S) + scale H[policy].

        The first paper has V_lambda alone; V3, "Actor learning", normalizes; V2, Eq. 6, and V3 add the
        entropy of the policy that chose the action to each state.

        Args:
            returns: (H - 1, N).
            return_range: from `next_range`.
            entropies: H times (N,), of the policy in the state before each imagined one.
        """
        objective = returns if return_range is None else returns / return_range.clamp_min(self.return_limit)
        if self.entropy_scale:
            objective = objective + self.entropy_scale * torch.stack(list(entropies[: len(returns)]))
        return objective


NONE = Remedies()
"""The algorithm of the paper."""


@dataclass(frozen=True)
class KLBalance:
    """Weights and free nats of the KL's two sides: one side trains the prior, the other the posterior.

    V2, Algorithm 2 (KL balancing); V3, "World model learning" (L_dyn and L_rep).
    """

    prior_scale: float
    posterior_scale: float
    prior_free_nats: float
    posterior_free_nats: float

    @classmethod
    def of(cls, config: Config) -> KLBalance | None:
        """Return the balance that the settings ask for; None for the KL of the first paper."""
        if not balances_kl(config):
            return None
        return cls(config.prior_kl_scale, config.posterior_kl_scale, config.prior_free_nats, config.posterior_free_nats)

    @property
    def scale(self) -> float:
        """Return the weight of the KL's value in the loss."""
        return self.prior_scale + self.posterior_scale

    def loss(self, posterior: LatentState, prior: LatentState) -> tuple[Tensor, Tensor]:
        """Return the weighted sum of both sides, and the prior's side without its weight: two scalars.

        Prior: mean max(KL(sg(posterior) || prior), free nats), where sg stops the gradient. Posterior: the same with
        KL(posterior || sg(prior)). Like V3, this clips the KL of each step; the first paper's code clips the mean.

        Args:
            posterior: (B, T, .).
            prior: (B, T, .).
        """
        for_prior = posterior.detach().kl(prior).sum(-1).clamp_min(self.prior_free_nats).mean()
        for_posterior = posterior.kl(prior.detach()).sum(-1).clamp_min(self.posterior_free_nats).mean()
        return self.prior_scale * for_prior + self.posterior_scale * for_posterior, for_prior


class Running:
    """The values that remedies carry from one update to the next.

    Attributes:
        slow_value: slow copy of the value model; None while `slow_target` is 0.
        return_range: (), running range of the returns; None without `norm_returns`.
    """

    def __init__(self, value_model: DenseHead) -> None:
        """Begin without any value; `configure` makes those that the settings need."""
        self._value_model = value_model
        self._percentiles = value_model.hout.weight.new_tensor(PERCENTILES)  # once: a GPU waits for such a copy
        self.slow_value: DenseHead | None = None
        self.return_range: Tensor | None = None

    def configure(self, config: Config) -> None:
        """Make the values of remedies that were switched on, from the present weights; drop those switched off."""
        self._config = config
        if not config.slow_target:
            self.slow_value = None
        elif self.slow_value is None:
            self.slow_value = self._copy()
        if not config.norm_returns:
            self.return_range = None
        elif self.return_range is None:
            self.return_range = self._value_model.hout.weight.new_zeros(())

    @property
    def remedies(self) -> Remedies:
        """Return the remedies of the next update."""
        config = self._config
        return Remedies(
            self.slow_value,
            self.return_range,
            self._percentiles,
            config.return_decay,
            config.return_limit,
            config.entropy_scale,
        )

    def keep_range(self, return_range: Tensor | None) -> None:
        """Store the running range of the returns after the actor's update."""
        self.return_range = return_range

    @torch.no_grad()
    def follow_value(self) -> None:
        """Average the slow copy after the value model's update: slow = share slow + (1 - share) value.

        V2, Sec. 2.2, bootstraps from a copy that is replaced every 100 updates. V3, "Critic learning", averages, but
        uses the average to regularize the value model and bootstraps from the value model itself.
        """
        if self.slow_value is not None:
            for slow, fresh in zip(self.slow_value.parameters(), self._value_model.parameters(), strict=True):
                slow.lerp_(fresh, 1 - self._config.slow_target)

    def state_dict(self) -> dict[str, Tensor]:
        """Return the values for a checkpoint."""
        slow = {} if self.slow_value is None else self.slow_value.state_dict()
        ranges = {} if self.return_range is None else {RETURN_RANGE: self.return_range}
        return {**{f"{SLOW_VALUE}{name}": value for name, value in slow.items()}, **ranges}

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Restore the values that `state_dict` returned. A missing slow copy begins with the present weights."""
        if self.slow_value is not None:
            weights = {
                name.removeprefix(SLOW_VALUE): value for name, value in state.items() if name.startswith(SLOW_VALUE)
            }
            self.slow_value.load_state_dict(weights or self._value_model.state_dict())
        if self.return_range is not None and RETURN_RANGE in state:
            self.return_range = state[RETURN_RANGE].to(self.return_range.device)

    def _copy(self) -> DenseHead:
        return copy.deepcopy(self._value_model).requires_grad_(False)
