"""Dense heads, the action model, and the initial weights of every network.

Sources: Sec. 2 and 3, Eq. 1 to 3 of the paper; the author's ``models.DenseDecoder`` and ``models.ActionDecoder``.
Layers carry the author's names (``h0`` .., ``hout``), so weights map one to one.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dreamer_studio.config import ActionDist
from dreamer_studio.dreamer.distributions import (
    ActionDistribution,
    BoundedNormal,
    OneHot,
    TanhNormal,
)
from dreamer_studio.dreamer.entropy_bounds import BOUNDED_STD
from dreamer_studio.dreamer.hidden import PAPER, Hidden
from dreamer_studio.dreamer.noise import ActionKind


def initialize(module: nn.Module, generator: torch.Generator) -> None:
    """Set the weights to Keras' defaults: Glorot-uniform kernels, zero biases, an orthogonal recurrent kernel.

    Layer norms begin with the factor 1.
    """
    for name, parameter in module.named_parameters():
        if "bias" in name:
            nn.init.zeros_(parameter)
        elif "norm" in name:
            nn.init.ones_(parameter)
        elif name.endswith("weight_hh"):
            nn.init.orthogonal_(parameter, generator=generator)
        else:
            # paper: Algorithm 1, initial weights
            nn.init.xavier_uniform_(parameter, generator=generator)


class DenseHead(nn.Module):
    """`layers` hidden layers of `units` ELU units, then a linear output: reward, value and pcont models.

    `hidden` may replace ELU and add layer norms.
    """

    def __init__(self, feat_size: int, layers: int, units: int, outputs: int = 1, *, hidden: Hidden = PAPER) -> None:
        super().__init__()
        self.layers = layers
        self.hidden = hidden
        for index in range(layers):
            self.add_module(f"h{index}", nn.Linear(feat_size if index == 0 else units, units))
            self.add_module(f"h{index}_norm", hidden.norm(units))
        self.hout = nn.Linear(units, outputs)

    def forward(self, feat: Tensor) -> Tensor:
        """Map features (..., F) to scalars (...), a mean or a logit.

        Reward model q(r_t | s_t), value model v_psi(s_t). The author's ``DenseDecoder``.
        """
        # paper: Eq. 1, reward model
        # paper: Eq. 2, value model
        return self.outputs(feat).squeeze(-1)

    def outputs(self, feat: Tensor) -> Tensor:
        """Map features (..., F) to all outputs (..., outputs), in the format of the weights."""
        x = feat
        for index in range(self.layers):
            # paper: Appendix A, dense layers
            x = self.hidden.finish(self.get_submodule(f"h{index}")(x), self.get_submodule(f"h{index}_norm"))
        output: Tensor = self.hout(x)
        return output.to(self.hout.weight.dtype)

    def for_features(self, feat: Tensor) -> Tensor:
        """Return `forward`, for a loss that trains only what the features come from. A subclass may use that."""
        scalars: Tensor = self(feat)
        return scalars

    def for_features_and_weights(self, feat: Tensor) -> tuple[Tensor, Tensor]:
        """Return `forward` twice: for a loss that trains what the features come from, and for one that trains the head.

        The second gives the features no gradient.
        """
        return self(feat), self(feat.detach())


class Actor(DenseHead):
    """The action model: four hidden layers, then the parameters of a distribution: tanh-normal or one-hot.

    On request, continuous actions follow DreamerV3's bounded normal.
    """

    def __init__(
        self,
        feat_size: int,
        units: int,
        action_size: int,
        kind: ActionKind,
        *,
        init_std: float,
        mean_scale: float,
        min_std: float,
        dist: ActionDist = "tanh_normal",
        hidden: Hidden = PAPER,
    ) -> None:
        outputs = 2 * action_size if kind == "continuous" else action_size
        # paper: Appendix A, dense layers
        super().__init__(feat_size, 4, units, outputs, hidden=hidden)
        self.kind = kind
        self.dist = dist
        self.mean_scale = mean_scale
        self.min_std = min_std
        self.raw_init_std = math.log(math.expm1(init_std))  # softplus of it is init_std

    def distribution(self, feat: Tensor) -> ActionDistribution:
        """Return the distribution of actions (..., A) at features (..., F).

        Action model q_phi(a_t | s_t). The author's ``ActionDecoder``. Continuous, before the tanh:
        mean = scale tanh(m / scale), std = softplus(s + log(e^init_std - 1)) + min_std. Bounded normal: mean = tanh(m),
        std = 0.1 + 0.9 sigmoid(s + 2).
        """
        # paper: Eq. 2, action model
        outputs = self.outputs(feat)
        if self.kind == "discrete":
            # paper: Appendix A, categorical actions
            return OneHot(outputs)
        mean, std = outputs.chunk(2, -1)
        if self.dist == "bounded_normal":
            low, high = BOUNDED_STD
            return BoundedNormal(torch.tanh(mean), low + (high - low) * torch.sigmoid(std + 2))
        # paper: Appendix A, action distribution
        mean = self.mean_scale * torch.tanh(mean / self.mean_scale)
        return TanhNormal(mean, F.softplus(std + self.raw_init_std) + self.min_std)
