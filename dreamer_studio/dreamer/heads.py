"""Dense heads, the action model, and the initial weights of every network.

Source: the author's ``models.py`` (DenseDecoder, ActionDecoder). Layers carry the author's names (``h0`` .., ``hout``),
so that weights map one to one.
"""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

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

    def for_features(self, feat: Tensor) -> Tensor:
        """`forward`, with a gradient for the features alone. Not for an actor."""
        return self._sloped(feat, for_weights=False)[0]

    def for_features_and_weights(self, feat: Tensor) -> tuple[Tensor, Tensor]:
        """`forward` twice: with a gradient for the features alone, and with one for the weights alone. As above."""
        return self._sloped(feat, for_weights=True)

    def _sloped(self, feat: Tensor, *, for_weights: bool) -> tuple[Tensor, Tensor]:
        weights = list(self.parameters())
        scalars: tuple[Tensor, Tensor] = _Slopes.apply(feat, for_weights, *weights)  # type: ignore[no-untyped-call]
        return scalars

    def outputs(self, feat: Tensor) -> Tensor:
        """Features (..., F) to all outputs (..., outputs), float32."""
        parts = [self._outputs(part) for part in split_on_cpu(feat.reshape(-1, feat.shape[-1]), ROWS_AT_ONCE)]
        return torch.cat(parts).view(*feat.shape[:-1], self.hout.out_features)

    def _outputs(self, rows: Tensor) -> Tensor:
        for index in range(self.layers):
            rows = F.elu_(self.get_submodule(f"h{index}")(rows))
        output: Tensor = self.hout(rows)
        return output.float()


class _Slopes(torch.autograd.Function):
    """A head of one output, as a function whose gradient is taken while it is evaluated.

    The gradient of one number a row is the slope of that row, times what the loss makes of the number. So the way back
    through the layers is gone once, though two losses read the number: one for the features, one for the weights.
    """

    @staticmethod
    def forward(ctx: Any, feat: Tensor, for_weights: bool, *weights: Tensor) -> tuple[Tensor, Tensor]:
        """Features (..., F) to the scalars (...), twice, float32; `weights`: kernel and bias of each layer, in turn."""
        device = feat.device.type
        dtype = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else feat.dtype
        *kernels, last = (kernel.to(dtype) for kernel in weights[::2])
        *biases, last_bias = (bias.to(dtype) for bias in weights[1::2])
        rows = feat.flatten(0, -2)
        slopes = torch.empty_like(rows)
        scalars, kept = [], []
        for part, slope in zip(split_on_cpu(rows, ROWS_AT_ONCE), split_on_cpu(slopes, ROWS_AT_ONCE), strict=True):
            inputs = [part.to(dtype)]
            for kernel, bias in zip(kernels, biases, strict=True):
                inputs.append(F.elu_(F.linear(inputs[-1], kernel, bias)))
            scalars.append(F.linear(inputs[-1], last, last_bias).squeeze(-1))
            back, inner = last.expand_as(inputs[-1]).contiguous(), []
            for kernel, output in zip(reversed(kernels), reversed(inputs[1:]), strict=True):
                inner.append(torch.ops.aten.elu_backward(back, 1, 1, 1, True, output))
                back = inner[-1] @ kernel
            slope.copy_(back)
            if for_weights:
                kept += [*inputs, *reversed(inner)]
        ctx.save_for_backward(slopes, *kept)
        ctx.set_materialize_grads(False)
        ctx.shapes = [part.shape for part in weights]
        values = torch.cat(scalars).float().view(feat.shape[:-1])
        return values, values.clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, for_features: Tensor | None, for_weights: Tensor | None) -> tuple[Tensor | None, ...]:
        """What the gradients of the two results make of the slopes."""
        slopes, *kept = ctx.saved_tensors
        of_feat = None if for_features is None else for_features.unsqueeze(-1) * slopes.view(*for_features.shape, -1)
        if for_weights is None:
            return of_feat, None, *(None for _ in ctx.shapes)
        sums = [for_weights.new_zeros(shape) for shape in ctx.shapes]
        layers = len(ctx.shapes) // 2
        for part in split_on_cpu(for_weights.view(-1, 1), ROWS_AT_ONCE):
            inputs, inner, kept = kept[:layers], kept[layers : 2 * layers - 1], kept[2 * layers - 1 :]
            above = part.to(inputs[0].dtype)
            for index, (given, slope) in enumerate(
                zip(inputs, [*(each * above for each in inner), above], strict=True)
            ):
                sums[2 * index] += slope.t() @ given
                sums[2 * index + 1] += slope.sum(0)
        return of_feat, None, *sums


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
