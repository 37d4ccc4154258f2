"""Pictures in and out: the convolutional encoder, and the decoder as the observation model.

Source: the author's ``models.py`` (ConvEncoder, ConvDecoder). Layers carry the author's names (``conv1`` .. ``conv4``,
``dense``, ``deconv1`` .. ``deconv4``), so that weights map one to one.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.autograd.function import FunctionCtx, once_differentiable

from dreamer_studio.dreamer.distributions import LOG_SQRT_2PI
from dreamer_studio.dreamer.pieces import split_on_cpu

FRAMES_AT_ONCE = 128
"""Pictures that go through the layers together on a CPU: what passes from layer to layer then stays small enough to
be reused. All 2,500 of a batch at once took two to three times as long, most of it in fetching fresh memory."""


def to_model_range(image: Tensor) -> Tensor:
    """What the model sees: uint8 pictures (..., 64, 64, 3) as float32 in [-0.5, 0.5]."""
    return image.float().div_(255.0).sub_(0.5)


def to_pixels(mean: Tensor) -> Tensor:
    """The inverse of `to_model_range`: decoder means (..., 64, 64, 3), clipped to what uint8 can show."""
    return mean.add(0.5).mul_(255.0).round_().clamp_(0, 255).to(torch.uint8)


class Encoder(nn.Module):
    """Pictures to embeddings: four convolutions, kernel 4, stride 2, 64 -> 31 -> 14 -> 6 -> 2."""

    def __init__(self, depth: int) -> None:
        super().__init__()
        self.embed_size = 32 * depth
        self.conv1 = nn.Conv2d(3, depth, 4, stride=2)
        self.conv2 = nn.Conv2d(depth, 2 * depth, 4, stride=2)
        self.conv3 = nn.Conv2d(2 * depth, 4 * depth, 4, stride=2)
        self.conv4 = nn.Conv2d(4 * depth, 8 * depth, 4, stride=2)

    def forward(self, image: Tensor) -> Tensor:
        """Pictures (..., 64, 64, 3) uint8 to embeddings (..., 32 depth), flattened in H, W, C order."""
        taps = self.conv4.weight.permute(0, 2, 3, 1).flatten(1)  # in the order in which `_last_layer` reads a picture
        parts = [self._embed(part, taps) for part in split_on_cpu(image.flatten(0, -4), FRAMES_AT_ONCE)]
        return torch.cat(parts).view(*image.shape[:-3], self.embed_size)

    def _embed(self, image: Tensor, taps: Tensor) -> Tensor:
        x = to_model_range(image).permute(0, 3, 1, 2)  # a view: NHWC memory is torch's channels_last
        for conv in (self.conv1, self.conv2, self.conv3):
            x = F.relu_(conv(x))
        return self._last_layer(x.permute(0, 2, 3, 1), taps)

    def _last_layer(self, x: Tensor, taps: Tensor) -> Tensor:
        """``conv4``, from (N, 6, 6, C): its kernel meets a picture in four places, so it is a product with those.

        As a convolution it took nearly twice as long in bfloat16, forwards and backwards.
        """
        places = [x[:, row : row + 4, column : column + 4] for row in (0, 2) for column in (0, 2)]
        return F.relu_(F.linear(torch.stack(places, 1).flatten(2), taps, self.conv4.bias)).flatten(1)


class Decoder(nn.Module):
    """The observation model: features to the mean of Normal(., 1) over the picture, 1 -> 5 -> 13 -> 30 -> 64."""

    def __init__(self, feat_size: int, depth: int) -> None:
        super().__init__()
        self.dense = nn.Linear(feat_size, 32 * depth)
        self.deconv1 = nn.ConvTranspose2d(32 * depth, 4 * depth, 5, stride=2)
        self.deconv2 = nn.ConvTranspose2d(4 * depth, 2 * depth, 5, stride=2)
        self.deconv3 = nn.ConvTranspose2d(2 * depth, depth, 6, stride=2)
        self.deconv4 = nn.ConvTranspose2d(depth, 3, 6, stride=2)

    def forward(self, feat: Tensor) -> Tensor:
        """Features (..., F) to picture means (..., 64, 64, 3) float32, in the model's range (about [-0.5, 0.5])."""
        rows = feat.flatten(0, -2)
        products = self._products(len(rows))
        parts = [self._pictures(part, products) for part in split_on_cpu(rows, FRAMES_AT_ONCE)]
        return torch.cat(parts).view(*feat.shape[:-1], 64, 64, 3)

    def log_prob(self, feat: Tensor, image: Tensor) -> Tensor:
        """Log-density, averaged over pictures and summed over pixels and channels, Gaussian constant included.

        Args:
            feat: (..., F).
            image: (..., 64, 64, 3) uint8.
        """
        count = image[..., 0, 0, 0].numel()
        products = self._products(count)
        features = split_on_cpu(feat.flatten(0, -2), FRAMES_AT_ONCE)
        images = split_on_cpu(image.flatten(0, -4), FRAMES_AT_ONCE)
        distances = [
            F.mse_loss(self._pictures(part, products), to_model_range(picture), reduction="sum")
            for part, picture in zip(features, images, strict=True)
        ]
        pixels = image.shape[-3:].numel()
        return -0.5 * torch.stack(distances).sum() / count - pixels * LOG_SQRT_2PI

    def _products(self, pictures: int) -> list[tuple[Tensor, Tensor]]:
        """``dense`` and ``deconv1`` as matrices with their biases, derived once a pass over so many pictures.

        ``deconv1`` acts on a 1x1 picture, where each input meets each tap once: a matrix product. As no activation
        stands between the two, for many pictures their product is taken once, and does the work of both.
        """
        assert self.deconv1.bias is not None
        taps = self.deconv1.weight.flatten(1)  # channels first: a view, and so is its gradient
        dense, bias = self.dense.weight.t(), self.deconv1.bias.repeat_interleave(self.deconv1.weight[0, 0].numel())
        apart, joint = dense.numel() + taps.numel(), len(dense) * taps.shape[1]
        if pictures * (apart - joint) > dense.numel() * taps.shape[1]:
            return [(dense @ taps, torch.addmv(bias, taps.t(), self.dense.bias))]
        return [(dense, self.dense.bias), (taps, bias)]

    def _pictures(self, feat: Tensor, products: list[tuple[Tensor, Tensor]]) -> Tensor:
        """Features (N, F) to means (N, 64, 64, 3), float32."""
        assert self.deconv4.bias is not None
        x = feat
        for matrix, bias in products:
            x = torch.addmm(bias, x, matrix)
        x = F.relu_(x).view(len(feat), -1, 5, 5).contiguous(memory_format=torch.channels_last)
        x = _deconv(self.deconv3, _deconv(self.deconv2, x))
        pictures: Tensor = _LastDeconv.apply(x, self.deconv4.weight, self.deconv4.bias)  # type: ignore[no-untyped-call]
        return pictures.float()


def _deconv(layer: nn.ConvTranspose2d, x: Tensor) -> Tensor:
    """A layer and its ReLU. With the bias inside, oneDNN takes up to four times as long in bfloat16."""
    assert layer.bias is not None
    x = F.conv_transpose2d(x, layer.weight, stride=2).permute(0, 2, 3, 1)
    return F.relu_(x + layer.bias.to(x.dtype)).permute(0, 3, 1, 2)


class _LastDeconv(torch.autograd.Function):
    """A transposed convolution to three colours, kernel 6, stride 2, from (N, C, 30, 30) to (N, 64, 64, 3).

    Three outputs are too few to fill a vector: as a convolution that gives four pixels at a time, the way forwards is
    three times faster than torch's. The gradient is faster as it is, in bfloat16 four times.
    """

    @staticmethod
    def forward(ctx: FunctionCtx, x: Tensor, kernel: Tensor, bias: Tensor) -> Tensor:
        """Row 2u + a of a picture gets tap a + 2d from row u - d, d = 0..2: as from a 3x3 kernel, mirrored."""
        kernel = kernel.to(x.dtype, memory_format=torch.channels_last)
        ctx.save_for_backward(x, kernel)
        depth = kernel.shape[0]
        taps = kernel.reshape(depth, 3, 3, 2, 3, 2).flip(2, 4).permute(3, 5, 1, 0, 2, 4).reshape(12, depth, 3, 3)
        taps = taps.contiguous(memory_format=torch.channels_last)
        blocks = F.conv2d(x, taps, bias.to(x.dtype).repeat(4), padding=2).permute(0, 2, 3, 1)
        return blocks.reshape(-1, 32, 32, 2, 2, 3).permute(0, 1, 3, 2, 4, 5).reshape(-1, 64, 64, 3)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, ...]:
        """That of the transposed convolution."""
        x, kernel = ctx.saved_tensors
        wanted = [*ctx.needs_input_grad[:2], False]  # the bias's is faster apart
        geometry = ([2, 2], [0, 0], [1, 1], True, [0, 0], 1)
        of_x, of_kernel, _ = torch.ops.aten.convolution_backward(
            grad.permute(0, 3, 1, 2), x, kernel, None, *geometry, wanted
        )
        return of_x, of_kernel, grad.sum((0, 1, 2))
