"""Encoder and decoder, faster: blocks of 2x2 pixels, layers as matrix products, chunks that fit a cache."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dreamer_studio.arrays import FRAME_SHAPE
from dreamer_studio.dreamer import conv
from dreamer_studio.dreamer.distributions import LOG_SQRT_2PI
from dreamer_studio.dreamer.fast.blocks import in_blocks, out_of_blocks, over_blocks, rearranged
from dreamer_studio.dreamer.fast.chunking import split_on_cpu
from dreamer_studio.dreamer.fast.image_loss import CENTER, center_pixels, image_loss
from dreamer_studio.dreamer.precision import product_dtype

FRAMES_AT_ONCE = 128
"""Images that go through the layers together on a CPU, so that what passes from layer to layer is small enough to be
reused. All 2,500 of a batch at once took two to three times as long, most of it in fetching fresh memory."""


class Encoder(conv.Encoder):
    """`conv.Encoder`, in chunks, with its first layers over blocks and its last as a matrix product."""

    def preprocess(self, image: Tensor) -> Tensor:
        """Arrange images (..., 64, 64, 3) uint8 in blocks (..., 32, 32, 12), centered as int8, for both networks."""
        return in_blocks(center_pixels(image))

    def embed(self, prepared: Tensor) -> Tensor:
        """Embed blocks (..., 32, 32, 12) int8 as (..., 32 depth), as `conv.Encoder` embeds images."""
        weight, bias = self.conv1.weight, self.conv1.bias
        assert bias is not None
        # The range of the model as part of the first layer: a pixel is its centered number / 255 + CENTER.
        first = over_blocks(weight / 255), bias + CENTER * weight.sum((1, 2, 3))
        second = over_blocks(self.conv2.weight)
        last = self.conv4.weight.permute(0, 2, 3, 1).flatten(1)  # in the order in which `_last_layer` reads an image
        chunks = split_on_cpu(prepared.flatten(0, -4), FRAMES_AT_ONCE)
        parts = [self._embed(part, first, second, last) for part in chunks]
        return torch.cat(parts).view(*prepared.shape[:-3], self.embed_size)

    def _embed(self, blocks: Tensor, first: tuple[Tensor, Tensor], second: Tensor, last: Tensor) -> Tensor:
        # The second layer never reads the last row and column of the first, so these are left out.
        x = blocks[:, :31, :31].to(product_dtype(last)).permute(0, 3, 1, 2)  # a view: NHWC memory is channels_last
        x = F.relu_(F.conv2d(x, *first))
        x = rearranged(x.permute(0, 2, 3, 1), into_blocks=True).permute(0, 3, 1, 2)
        x = F.relu_(F.conv2d(x, second, self.conv2.bias))
        x = F.relu_(self.conv3(x))
        return self._last_layer(x.permute(0, 2, 3, 1), last)

    def _last_layer(self, x: Tensor, taps: Tensor) -> Tensor:
        """Apply ``conv4`` to (N, 6, 6, C): its kernel meets an image in four places, so it is a product with those.

        As a convolution it took nearly twice as long in bfloat16, forwards and backwards.
        """
        places = [x[:, row : row + 4, column : column + 4] for row in (0, 2) for column in (0, 2)]
        return F.relu_(F.linear(torch.stack(places, 1).flatten(2), taps, self.conv4.bias)).flatten(1)


@dataclass(frozen=True, eq=False)
class _Derived:
    """The weights of the decoder as a pass through it reads them.

    Attributes:
        products: the first layers as matrices with their biases.
        kernels: ``deconv3`` and ``deconv4`` over blocks.
        bias: (12,), of ``deconv4`` over blocks.
    """

    products: list[tuple[Tensor, Tensor]]
    kernels: tuple[Tensor, Tensor]
    bias: Tensor


class Decoder(conv.Decoder):
    """`conv.Decoder`, in chunks, with its first layers as matrix products and its last over blocks."""

    def forward(self, feat: Tensor) -> Tensor:
        """Return the mean images (..., 64, 64, 3) at features (..., F), as `conv.Decoder` does."""
        rows = feat.flatten(0, -2)
        derived = self._derived(len(rows))
        blocks = (self._blocks(part, derived) for part in split_on_cpu(rows, FRAMES_AT_ONCE))
        parts = [out_of_blocks(part.to(derived.bias.dtype) + derived.bias) for part in blocks]
        return torch.cat(parts).view(*feat.shape[:-1], *FRAME_SHAPE)

    def log_prob(self, feat: Tensor, prepared: Tensor) -> tuple[Tensor, Tensor]:
        """Return log q(o_t | s_t) as `conv.Decoder` does, from blocks (..., 32, 32, 12) int8 of the images."""
        shown = prepared.flatten(0, -4)
        derived = self._derived(len(shown))
        features, images = (split_on_cpu(rows, FRAMES_AT_ONCE) for rows in (feat.flatten(0, -2), shown))
        parts = [
            image_loss(self._blocks(part, derived), derived.bias, seen, 1 / len(shown))
            for part, seen in zip(features, images, strict=True)
        ]
        totals, losses = zip(*parts, strict=True)
        mean_log_prob = -torch.stack(totals).sum() - shown[0].numel() * LOG_SQRT_2PI
        return mean_log_prob, torch.cat(losses).view(feat.shape[:-1])

    def _derived(self, images: int) -> _Derived:
        """Return the weights for a pass over this number of images."""
        assert self.deconv4.bias is not None
        kernels = over_blocks(self.deconv3.weight), over_blocks(self.deconv4.weight)
        return _Derived(self._products(images), kernels, self.deconv4.bias.repeat(4))

    def _products(self, images: int) -> list[tuple[Tensor, Tensor]]:
        """Return ``dense`` and ``deconv1`` as matrices with their biases.

        ``deconv1`` acts on a 1x1 image, where each input meets each tap once: a matrix product. No activation stands
        between the two layers, so for many images their own product is taken once and does the work of both.
        """
        assert self.deconv1.bias is not None
        taps = self.deconv1.weight.flatten(1)  # channels first: a view, and so is its gradient
        dense, bias = self.dense.weight.t(), self.deconv1.bias.repeat_interleave(self.deconv1.weight[0, 0].numel())
        apart, joint = dense.numel() + taps.numel(), len(dense) * taps.shape[1]
        if images * (apart - joint) > dense.numel() * taps.shape[1]:
            return [(dense @ taps, torch.addmm(bias, self.dense.bias.unsqueeze(0), taps).squeeze(0))]
        return [(dense, self.dense.bias), (taps, bias)]

    def _blocks(self, feat: Tensor, derived: _Derived) -> Tensor:
        """Return the blocks (N, 32, 32, 12) of the mean images at features (N, F), without the last bias."""
        x = feat
        for matrix, added in derived.products:
            x = torch.addmm(added, x, matrix)
        x = F.relu_(x).view(len(feat), -1, 5, 5).contiguous(memory_format=torch.channels_last)
        x = F.conv_transpose2d(x, self.deconv2.weight, stride=2).permute(0, 2, 3, 1)
        x = F.conv_transpose2d(_finished(x, self.deconv2), derived.kernels[0]).permute(0, 2, 3, 1)
        x = _finished(rearranged(x, into_blocks=False), self.deconv3)
        return F.conv_transpose2d(x, derived.kernels[1]).permute(0, 2, 3, 1)


def _finished(product: Tensor, layer: nn.ConvTranspose2d) -> Tensor:
    """Add a layer's bias to its product (N, H, W, C) and apply ReLU; return (N, C, H, W).

    With the bias inside the layer, oneDNN takes up to four times as long in bfloat16. Whole images take the bias at
    once: a sum over C numbers at a time takes seven times as long.
    """
    assert layer.bias is not None
    images = product.flatten(1)
    bias = layer.bias.to(product.dtype).repeat(images.shape[1] // len(layer.bias))
    return F.relu_(images + bias).view(product.shape).permute(0, 3, 1, 2)
