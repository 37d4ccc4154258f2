"""Dense heads, faster: in chunks, and with gradients taken on the way forward."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from dreamer_studio.dreamer import heads
from dreamer_studio.dreamer.fast.chunking import split_on_cpu
from dreamer_studio.dreamer.hidden import PAPER
from dreamer_studio.dreamer.precision import product_dtype

ROWS_AT_ONCE = 2500
"""Features that go through a head together on a CPU. All 37,500 of an imagined rollout at once took twice as long, most
of it between the matrix products."""


class DenseHead(heads.DenseHead):
    """`heads.DenseHead`, in chunks; `_Slopes` computes the predictions that behavior learning reads.

    `_Slopes` knows only the layers of the paper. With other layers, predictions that train no weights read copies of
    the weights that take no gradient.
    """

    def outputs(self, feat: Tensor) -> Tensor:
        """Map features (..., F) to all outputs (..., outputs), as `heads.DenseHead` does."""
        parts = [self._outputs(part) for part in split_on_cpu(feat.reshape(-1, feat.shape[-1]), ROWS_AT_ONCE)]
        return torch.cat(parts).view(*feat.shape[:-1], self.hout.out_features)

    def for_features(self, feat: Tensor) -> Tensor:
        """As `heads.DenseHead`, without any gradient for the weights. Not for an actor."""
        return self._sloped(feat, for_weights=False)[0] if self.hidden == PAPER else self._without_weights(feat)

    def for_features_and_weights(self, feat: Tensor) -> tuple[Tensor, Tensor]:
        """As `heads.DenseHead`, each result with a gradient for one of the two only. Not for an actor."""
        if self.hidden == PAPER:
            return self._sloped(feat, for_weights=True)
        return self._without_weights(feat), self(feat.detach())

    def _without_weights(self, feat: Tensor) -> Tensor:
        fixed = {name: parameter.detach() for name, parameter in self.named_parameters()}
        scalars: Tensor = torch.func.functional_call(self, fixed, (feat,))
        return scalars

    def _sloped(self, feat: Tensor, *, for_weights: bool) -> tuple[Tensor, Tensor]:
        weights = list(self.parameters())
        scalars: tuple[Tensor, Tensor] = _Slopes.apply(feat, for_weights, *weights)  # type: ignore[no-untyped-call]
        return scalars

    def _outputs(self, rows: Tensor) -> Tensor:
        for index in range(self.layers):
            product = self.get_submodule(f"h{index}")(rows)
            rows = self.hidden.finish(product, self.get_submodule(f"h{index}_norm"), in_place=True)
        output: Tensor = self.hout(rows)
        return output.to(self.hout.weight.dtype)


class Actor(DenseHead, heads.Actor):
    """`heads.Actor`, in chunks."""


class _Slopes(torch.autograd.Function):
    """A head with one output, whose gradient is computed during the forward pass.

    Each row gives one number. Its gradient is the slope of that row times the gradient of the loss for the number. So
    one pass back through the layers serves both losses that read the number: one trains the features, one the weights.
    """

    @staticmethod
    def forward(ctx: Any, feat: Tensor, for_weights: bool, *weights: Tensor) -> tuple[Tensor, Tensor]:
        """Map features (..., F) to the scalars (...), twice; `weights`: kernel and bias of each layer, in turn."""
        dtype = product_dtype(feat)
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
        values = torch.cat(scalars).to(feat.dtype).view(feat.shape[:-1])
        return values, values.clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, for_features: Tensor | None, for_weights: Tensor | None) -> tuple[Tensor | None, ...]:
        """Scale the slopes by the gradients of the two results."""
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
