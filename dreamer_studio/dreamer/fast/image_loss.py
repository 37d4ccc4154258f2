"""The loss of the images, with its gradient computed during the forward pass."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from dreamer_studio.dreamer.fast.chunking import split_on_cpu


def image_loss(mean: Tensor, bias: Tensor, centered: Tensor, share: float) -> tuple[Tensor, Tensor]:
    """Return the weighted loss of images, and the loss of each.

    The loss of an image is half its squared distance from the mean.

    Args:
        mean: blocks (N, 32, 32, 12) without the bias, in the format of the products.
        bias: (12,), in the format of the losses.
        centered: blocks (N, 32, 32, 12) of the images, as `center_pixels` gives them.
        share: weight of each image in the loss.

    Returns:
        the sum of `share` times the losses, a scalar; and the losses (N,), without a gradient.
    """
    total, losses = _ImageLoss.apply(mean, bias, centered, share)  # type: ignore[no-untyped-call]
    return total, losses


def center_pixels(image: Tensor) -> Tensor:
    """Return pixels (...) uint8 minus 128 as int8, numbers that bfloat16 holds exactly."""
    return image.bitwise_xor(128).view(torch.int8)


IMAGES_AT_ONCE = 32
"""Images whose differences are taken together on a CPU, so that its cache holds them."""

CENTER = 128 / 255 - 0.5
"""The centered pixel 0 in the range of the model."""


class _ImageLoss(torch.autograd.Function):
    """The gradient is the difference times the share. Kept in the format of the products, it is rounded once."""

    @staticmethod
    def forward(ctx: Any, mean: Tensor, bias: Tensor, centered: Tensor, share: float) -> tuple[Tensor, Tensor]:
        rows, shown = mean.flatten(1), centered.flatten(1)
        tiled = (bias - CENTER).repeat(rows.shape[1] // len(bias))
        of_mean, of_tiled, lengths = torch.empty_like(rows), torch.zeros_like(tiled), []
        for part, image, slope in zip(
            *(split_on_cpu(each, IMAGES_AT_ONCE) for each in (rows, shown, of_mean)), strict=True
        ):
            difference = part.to(bias.dtype, copy=True).add_(tiled).sub_(image.to(bias.dtype), alpha=1 / 255)
            lengths.append(torch.linalg.vector_norm(difference, dim=1))
            slope.copy_(difference.mul_(share))
            of_tiled += difference.sum(0)
        losses = 0.5 * torch.cat(lengths).square()
        ctx.save_for_backward(of_mean.view(mean.shape), of_tiled.view(-1, len(bias)).sum(0))
        ctx.mark_non_differentiable(losses)
        return share * losses.sum(), losses

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, for_total: Tensor, _: Tensor) -> tuple[Tensor, Tensor, None, None]:
        of_mean, of_bias = ctx.saved_tensors
        return of_mean * for_total, of_bias * for_total, None, None
