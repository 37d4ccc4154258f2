"""Encoder and decoder, faster: blocks of 2x2 pixels, layers as matrix products, chunks that fit a cache."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dreamer_studio.arrays import FRAME_SHAPE
from dreamer_studio.dreamer import conv
from dreamer_studio.dreamer.conv import to_model_range
from dreamer_studio.dreamer.distributions import LOG_SQRT_2PI
from dreamer_studio.dreamer.fast.chunking import split_on_cpu

FRAMES_AT_ONCE = 128
"""Images that go through the layers together on a CPU, so that what passes from layer to layer is small enough to be
reused. All 2,500 of a batch at once took two to three times as long, most of it in fetching fresh memory."""


def in_blocks(image: Tensor) -> Tensor:
    """Return images (..., 64, 64, 3) as blocks (..., 32, 32, 12) of 2x2 pixels, each row by row.

    To a kernel of stride 2 a block is one place with twelve channels; three are too few to fill a vector. The first
    layer of the encoder takes three quarters of the time this way, the last of the decoder a quarter.
    """
    rows = image.reshape(*image.shape[:-3], 32, 2, 32, 6)
    return torch.cat(rows.unbind(-3), -1)


def in_pixels(blocks: Tensor) -> Tensor:
    """Return blocks as images: the inverse of `in_blocks`."""
    rows = blocks.view(*blocks.shape[:-1], 2, 6).transpose(-3, -2)
    return rows.reshape(*blocks.shape[:-3], *FRAME_SHAPE)


def _over_blocks(kernel: Tensor) -> Tensor:
    """Return a kernel (I, J, 2K, 2K) of stride 2 as a kernel of stride 1 over blocks, (I, 4 J, K, K)."""
    outer, inner, size, _ = kernel.shape
    split = kernel.view(outer, inner, size // 2, 2, size // 2, 2).permute(0, 3, 5, 1, 2, 4)
    return split.reshape(outer, 4 * inner, size // 2, size // 2).contiguous(memory_format=torch.channels_last)


class Encoder(conv.Encoder):
    """`conv.Encoder`, in chunks, with its first layer over blocks and its last as a matrix product."""

    def preprocess(self, image: Tensor) -> Tensor:
        """Arrange images (..., 64, 64, 3) uint8 in blocks, still as uint8, once for encoder and decoder."""
        return in_blocks(image)

    def embed(self, prepared: Tensor) -> Tensor:
        """Embed blocks (..., 32, 32, 12) uint8 as (..., 32 depth), as `conv.Encoder` embeds images."""
        first = _over_blocks(self.conv1.weight)
        last = self.conv4.weight.permute(0, 2, 3, 1).flatten(1)  # in the order in which `_last_layer` reads an image
        parts = [self._embed(part, first, last) for part in split_on_cpu(prepared.flatten(0, -4), FRAMES_AT_ONCE)]
        return torch.cat(parts).view(*prepared.shape[:-3], self.embed_size)

    def _embed(self, blocks: Tensor, first: Tensor, last: Tensor) -> Tensor:
        x = to_model_range(blocks, first.dtype).permute(0, 3, 1, 2)  # a view: NHWC memory is channels_last
        x = F.relu_(F.conv2d(x, first, self.conv1.bias))
        for layer in (self.conv2, self.conv3):
            x = F.relu_(layer(x))
        return self._last_layer(x.permute(0, 2, 3, 1), last)

    def _last_layer(self, x: Tensor, taps: Tensor) -> Tensor:
        """Apply ``conv4`` to (N, 6, 6, C): its kernel meets an image in four places, so it is a product with those.

        As a convolution it took nearly twice as long in bfloat16, forwards and backwards.
        """
        places = [x[:, row : row + 4, column : column + 4] for row in (0, 2) for column in (0, 2)]
        return F.relu_(F.linear(torch.stack(places, 1).flatten(2), taps, self.conv4.bias)).flatten(1)


class Decoder(conv.Decoder):
    """`conv.Decoder`, in chunks, with its first layers as matrix products and its last over blocks."""

    def forward(self, feat: Tensor) -> Tensor:
        """Return the mean images (..., 64, 64, 3) at features (..., F), as `conv.Decoder` does."""
        rows = feat.flatten(0, -2)
        derived = self._derived(len(rows))
        parts = [in_pixels(self._blocks(part, *derived)) for part in split_on_cpu(rows, FRAMES_AT_ONCE)]
        return torch.cat(parts).view(*feat.shape[:-1], *FRAME_SHAPE)

    def log_prob(self, feat: Tensor, prepared: Tensor) -> tuple[Tensor, Tensor]:
        """Return log q(o_t | s_t) as `conv.Decoder` does, from blocks (..., 32, 32, 12) uint8 of the images."""
        blocks = prepared.flatten(0, -4)
        derived = self._derived(len(blocks))
        features = split_on_cpu(feat.flatten(0, -2), FRAMES_AT_ONCE)
        distances, losses = [], []
        for part, shown in zip(features, split_on_cpu(blocks, FRAMES_AT_ONCE), strict=True):
            mean = self._blocks(part, *derived)
            squares = F.mse_loss(mean, to_model_range(shown, mean.dtype), reduction="none")
            distances.append(squares.sum())
            losses.append(0.5 * squares.detach().sum((-3, -2, -1)))
        pixels = blocks.shape[1:].numel()
        mean_log_prob = -0.5 * torch.stack(distances).sum() / len(blocks) - pixels * LOG_SQRT_2PI
        return mean_log_prob, torch.cat(losses).view(feat.shape[:-1])

    def _derived(self, images: int) -> tuple[list[tuple[Tensor, Tensor]], Tensor, Tensor]:
        """Return what a pass over so many images needs of the weights: `_products`, and the last layer over blocks."""
        assert self.deconv4.bias is not None
        return self._products(images), _over_blocks(self.deconv4.weight), self.deconv4.bias.repeat(4)

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

    def _blocks(self, feat: Tensor, products: list[tuple[Tensor, Tensor]], last: Tensor, bias: Tensor) -> Tensor:
        """Return the blocks (N, 32, 32, 12) of the mean images at features (N, F), in the format of the weights."""
        x = feat
        for matrix, added in products:
            x = torch.addmm(added, x, matrix)
        x = F.relu_(x).view(len(feat), -1, 5, 5).contiguous(memory_format=torch.channels_last)
        x = _deconv(self.deconv3, _deconv(self.deconv2, x))
        return F.conv_transpose2d(x, last).permute(0, 2, 3, 1).to(bias.dtype).add_(bias)


def _deconv(layer: nn.ConvTranspose2d, x: Tensor) -> Tensor:
    """Apply a layer and its ReLU. With the bias inside, oneDNN takes up to four times as long in bfloat16."""
    assert layer.bias is not None
    x = F.conv_transpose2d(x, layer.weight, stride=2).permute(0, 2, 3, 1)
    return F.relu_(x + layer.bias.to(x.dtype)).permute(0, 3, 1, 2)
