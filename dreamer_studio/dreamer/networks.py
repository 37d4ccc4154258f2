"""Dense heads, the action model, and the initial weights of every network.

Source: the author's ``models.py`` (DenseDecoder, ActionDecoder). Layers carry the author's names (``h0`` .., ``hout``),
so that weights map one to one.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dreamer_studio.dreamer.distributions import ActionDistribution, OneHot, TanhNormal
from dreamer_studio.dreamer.noise import ActionKind
from dreamer_studio.dreamer.pieces import split_on_cpu

ROWS_AT_ONCE = 2500
"""Features that go through a head together on a CPU. All 37,500 of an imagined rollout at once took twice as long, most
of it between the matrix products."""


def initialize(module: nn.Module, generator: torch.Generator) -> None:
    """Keras' defaults, in place: Glorot-uniform kernels, zero biases, an orthogonal recurrent kernel."""
    for name, parameter in module.named_parameters():
        if "bias" in name:
            nn.init.zeros_(parameter)
        elif name.endswith("weight_hh"):
            nn.init.orthogonal_(parameter, generator=generator)
        else:
            nn.init.xavier_uniform_(parameter, generator=generator)


class DenseHead(nn.Module):
    """`layers` hidden layers of `units` ELU units, then a linear output: reward, value and pcont models."""

    def __init__(self, feat_size: int, layers: int, units: int, outputs: int = 1) -> None:
        super().__init__()
        self.layers = layers
        for index in range(layers):
            self.add_module(f"h{index}", nn.Linear(feat_size if index == 0 else units, units))
        self.hout = nn.Linear(units, outputs)

    def forward(self, feat: Tensor) -> Tensor:
        """Features (..., F) to scalars (...): a mean, or a logit."""
        return self.outputs(feat).squeeze(-1)

    def outputs(self, feat: Tensor) -> Tensor:
        """Features (..., F) to all outputs (..., outputs), float32."""
        parts = [self._outputs(part) for part in split_on_cpu(feat.reshape(-1, feat.shape[-1]), ROWS_AT_ONCE)]
        return torch.cat(parts).view(*feat.shape[:-1], self.hout.out_features)

    def _outputs(self, rows: Tensor) -> Tensor:
        for index in range(self.layers):
            rows = F.elu_(self.get_submodule(f"h{index}")(rows))
        output: Tensor = self.hout(rows)
        return output.float()


class Actor(DenseHead):
    """The action model: four hidden layers, then the parameters of a tanh-normal or the logits of a one-hot."""

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
    ) -> None:
        super().__init__(feat_size, 4, units, 2 * action_size if kind == "continuous" else action_size)
        self.kind = kind
        self.mean_scale = mean_scale
        self.min_std = min_std
        self.raw_init_std = math.log(math.expm1(init_std))  # softplus of it is init_std

    def distribution(self, feat: Tensor) -> ActionDistribution:
        """The distribution of actions (..., A) at features (..., F).

        Continuous: mean = scale tanh(m / scale), std = softplus(s + log(e^init_std - 1)) + min_std, before the tanh.
        """
        outputs = self.outputs(feat)
        if self.kind == "discrete":
            return OneHot(outputs)
        mean, std = outputs.chunk(2, -1)
        mean = self.mean_scale * torch.tanh(mean / self.mean_scale)
        return TanhNormal(mean, F.softplus(std + self.raw_init_std) + self.min_std)
