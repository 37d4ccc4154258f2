"""The filter along recorded sequences, with its gradient written out.

The matrix products of one step are small, so most of the time went into the operations between them. This backward pass
needs a third of autograd's operations, and each weight's gradient is one large product after the loop.

T length, B batch, A actions, S stochastic size, D deterministic size, U hidden units.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from dreamer_studio.dreamer.precision import product_dtype
from dreamer_studio.dreamer.rssm import MIN_STD


class Weights(NamedTuple):
    """Weights and biases of the layers that `Filter` reads, with their names in `rssm.RSSM` and its GRU.

    Attributes:
        obs1: the half that reads the deterministic part.
    """

    img1: Tensor
    img1_bias: Tensor
    weight_ih: Tensor
    bias_ih: Tensor
    weight_hh: Tensor
    bias_hh: Tensor
    obs1: Tensor
    obs2: Tensor
    obs2_bias: Tensor

    def to(self, dtype: torch.dtype) -> Weights:
        """Return the weights in a number format."""
        return Weights(*(weight.to(dtype) for weight in self))


class Filter(torch.autograd.Function):
    """The posterior step along sequences, as in `rssm.RSSM.observe`, with hidden layers of the paper's style."""

    @staticmethod
    def forward(
        ctx: Any,
        stoch: Tensor,
        deter: Tensor,
        keep: Tensor,
        action: Tensor,
        seen: Tensor,
        noise: Tensor,
        *weights: Tensor,
    ) -> tuple[Tensor, ...]:
        """Return mean, std and sample (B, T, S) and the deterministic part (B, T, D) of the posteriors.

        Args:
            ctx: for `backward`.
            stoch: (B, S), before the first step.
            deter: (B, D), before the first step.
            keep: (T, B, 1), 0 where an episode begins.
            action: (T, B, A), 0 where an episode begins; takes no gradient.
            seen: (T, B, U), the part of the posterior's first layer that reads the embeddings, with its bias.
            noise: (T, B, S).
            *weights: `Weights`, one by one, because autograd looks for tensors only among the arguments.
        """
        dtype = product_dtype(deter)
        own = Weights(*weights).to(dtype)
        action, seen = action.to(dtype), seen.to(dtype)
        steps = []
        for t in range(len(keep)):
            kept = deter * keep[t]
            given = torch.cat([(stoch * keep[t]).to(dtype), action[t]], -1)
            deter, *inside = _recurrent_step(given, kept, own)
            read = deter.to(dtype)
            hidden = F.elu_(torch.addmm(seen[t], read, own.obs1.t()))
            mean, raw = torch.addmm(own.obs2_bias, hidden, own.obs2.t()).to(deter.dtype).chunk(2, -1)
            raw = raw.contiguous()
            std = F.softplus(raw).add_(MIN_STD)
            stoch = torch.addcmul(mean, std, noise[t])
            steps.append((mean, std, stoch, deter, raw, kept, given, read, hidden, *inside))
        parts = list(zip(*steps, strict=True))
        ctx.save_for_backward(keep, noise, *weights, *map(torch.stack, parts[4:]))
        ctx.dtype = dtype
        return tuple(torch.stack(part, 1) for part in parts[:4])

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """Return the gradients of `stoch`, `deter`, `seen` and the weights."""
        keep, noise, *saved = ctx.saved_tensors
        weights, (raw, kept, given, read, hidden, *inside) = Weights(*saved[:9]), saved[9:]
        own, size = weights.to(ctx.dtype), kept.shape[-1]
        img1 = own.img1[:, : noise.shape[-1]].contiguous()  # the actions take no gradient
        weight_ih = own.weight_ih.roll(size, 0)  # the fresh state first, as in `_gate_slopes`
        of_mean, of_std, of_stoch, of_deter = (gradient.transpose(0, 1) for gradient in gradients)
        slope = raw.sigmoid()
        by_sample = torch.stack([torch.ones_like(noise), noise * slope], 2)
        of_outputs = torch.stack([of_mean, of_std * slope], 2).addcmul_(by_sample, of_stoch.unsqueeze(2))
        gates, update = _gate_slopes(kept, *inside[1:])
        next_stoch, next_deter = torch.zeros_like(noise[0]), torch.zeros_like(kept[0])
        steps = []
        for t in reversed(range(len(keep))):
            outputs = torch.addcmul(of_outputs[t], by_sample[t], next_stoch.unsqueeze(1)).flatten(1).to(ctx.dtype)
            second = _elu_backward(outputs @ own.obs2, hidden[t])
            whole = (of_deter[t] + next_deter).add_(second @ own.obs1)
            gate = (whole.unsqueeze(1) * gates[t]).to(ctx.dtype).flatten(1)
            first = _elu_backward(gate[:, : 3 * size] @ weight_ih, inside[0][t])
            next_stoch = (first @ img1) * keep[t]
            next_deter = whole.mul_(update[t]).add_(gate[:, size:] @ own.weight_hh).mul_(keep[t])
            steps.append((outputs, second, gate, first))
        outputs, second, gate, first = (torch.stack(part[::-1]) for part in zip(*steps, strict=True))
        of_weights = (
            *_of_layer(first, given),
            *(part.roll(-size, 0) for part in _of_layer(gate[..., : 3 * size], inside[0])),
            *_of_layer(gate[..., size:], kept.to(ctx.dtype)),
            _of_layer(second, read)[0],
            *_of_layer(outputs, hidden),
        )
        of_weights = tuple(part.to(weight.dtype) for part, weight in zip(of_weights, weights, strict=True))
        return next_stoch, next_deter, None, None, second, None, *of_weights


def _recurrent_step(given: Tensor, kept: Tensor, own: Weights) -> tuple[Tensor, ...]:
    """Take a step of the deterministic path, and return what its gradient reads.

    Args:
        given: (B, S + A), sample and action.
        kept: (B, D), the deterministic part before the step.
        own: the weights in the format of the products.

    Returns:
        the deterministic part (B, D); the units of ``img1`` (B, U); of the GRU: the part of the fresh state that reads
        `kept` (B, D), reset and update gate (B, 2 D), and the fresh state (B, D).
    """
    size = kept.shape[-1]
    units = F.elu_(torch.addmm(own.img1_bias, given, own.img1.t()))
    inner = torch.addmm(own.bias_ih, units, own.weight_ih.t())
    outer = torch.addmm(own.bias_hh, kept.to(units.dtype), own.weight_hh.t())
    gate = (inner[:, : 2 * size] + outer[:, : 2 * size]).sigmoid_()
    fresh = torch.addcmul(inner[:, 2 * size :], gate[:, :size], outer[:, 2 * size :]).tanh_()
    deter = (kept - fresh).mul_(gate[:, size:]).add_(fresh)
    return deter, units, outer[:, 2 * size :], gate, fresh


def _gate_slopes(kept: Tensor, outer: Tensor, gate: Tensor, fresh: Tensor) -> tuple[Tensor, Tensor]:
    """Return the slopes of the deterministic part by the four sums in the GRU, (T, B, 4, D), and the update gate.

    The sums: of the fresh state, of the reset gate, of the update gate, and the part of the fresh state that reads the
    previous deterministic part. Layer ih reads the first three, layer hh the last three.
    """
    reset, update = gate.to(kept.dtype).chunk(2, -1)
    fresh = fresh.to(kept.dtype)
    of_fresh = (1 - update) * (1 - fresh.square())
    of_reset = of_fresh * outer * reset * (1 - reset)
    of_update = (kept - fresh) * update * (1 - update)
    return torch.stack([of_fresh, of_reset, of_update, of_fresh * reset], 2), update


def _elu_backward(gradient: Tensor, units: Tensor) -> Tensor:
    """Return the gradient before an ELU, from the one after it and its result."""
    before: Tensor = torch.ops.aten.elu_backward(gradient, 1, 1, 1, True, units)
    return before


def _of_layer(gradient: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
    """Return the gradients of a layer's weight and bias over all steps, from those of its product (T, B, O)."""
    rows = gradient.flatten(0, 1)
    return rows.t() @ given.flatten(0, 1), rows.sum(0)
