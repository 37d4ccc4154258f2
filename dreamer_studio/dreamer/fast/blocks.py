"""Images and kernels in blocks of 2x2 places, for layers with few channels and stride 2."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


def in_blocks(image: Tensor) -> Tensor:
    """Return images (..., H, W, C) as blocks (..., H / 2, W / 2, 4 C) of 2x2 places, each row by row.

    To a kernel of stride 2 a block is one place with four times the channels; a few channels do not fill a vector.
    """
    *leading, height, width, channels = image.shape
    rows = image.reshape(*leading, height // 2, 2, width // 2, 2 * channels)
    return torch.cat(rows.unbind(-3), -1)


def out_of_blocks(blocks: Tensor) -> Tensor:
    """Return blocks (..., H, W, 4 C) as images (..., 2 H, 2 W, C): the inverse of `in_blocks`."""
    *leading, height, width, channels = blocks.shape
    rows = blocks.reshape(*leading, height, width, 2, channels // 2).transpose(-3, -2)
    return rows.reshape(*leading, 2 * height, 2 * width, channels // 4)


def over_blocks(kernel: Tensor) -> Tensor:
    """Return a kernel (I, J, 2K, 2K) of stride 2 as a kernel of stride 1 over blocks, (I, 4 J, K, K)."""
    outer, inner, size, _ = kernel.shape
    split = kernel.view(outer, inner, size // 2, 2, size // 2, 2).permute(0, 3, 5, 1, 2, 4)
    return split.reshape(outer, 4 * inner, size // 2, size // 2).contiguous(memory_format=torch.channels_last)


def rearranged(x: Tensor, *, into_blocks: bool) -> Tensor:
    """Apply `in_blocks` or `out_of_blocks`; the gradient goes through the other one, in a single copy."""
    result: Tensor = _Rearranged.apply(x, into_blocks)  # type: ignore[no-untyped-call]
    return result


class _Rearranged(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, into_blocks: bool) -> Tensor:
        ctx.into_blocks = into_blocks
        return in_blocks(x) if into_blocks else out_of_blocks(x)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return (out_of_blocks(gradient) if ctx.into_blocks else in_blocks(gradient)), None
