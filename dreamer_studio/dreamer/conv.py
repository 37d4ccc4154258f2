"""Pictures in and out: the convolutional encoder, and the decoder as the observation model.

Source: the author's ``models.py`` (ConvEncoder, ConvDecoder). Layers carry the author's names (``conv1`` .. ``conv4``,
``dense``, ``deconv1`` .. ``deconv4``), so that weights map one to one.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

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


def in_blocks(image: Tensor) -> Tensor:
    """Pictures (..., 64, 64, 3) as blocks (..., 32, 32, 12) of 2x2 pixels, each row by row.

    To a kernel of stride 2 a block is one place with twelve channels, where three are too few to fill a vector: the
    encoder's first layer takes three quarters of the time so, the decoder's last a quarter.
    """
    rows = image.reshape(*image.shape[:-3], 32, 2, 32, 6)
    return torch.cat(rows.unbind(-3), -1)


def in_pixels(blocks: Tensor) -> Tensor:
    """The inverse of `in_blocks`."""
    rows = blocks.view(*blocks.shape[:-1], 2, 6).transpose(-3, -2)
    return rows.reshape(*blocks.shape[:-3], 64, 64, 3)


def _over_blocks(kernel: Tensor) -> Tensor:
    """A kernel (I, J, 2K, 2K) of stride 2 as one of stride 1 over blocks, (I, 4 J, K, K)."""
    outer, inner, size, _ = kernel.shape
    split = kernel.view(outer, inner, size // 2, 2, size // 2, 2).permute(0, 3, 5, 1, 2, 4)
    return split.reshape(outer, 4 * inner, size // 2, size // 2).contiguous(memory_format=torch.channels_last)


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
        return self.embed(in_blocks(image))

    def embed(self, blocks: Tensor) -> Tensor:
        """The same from `in_blocks` of the pictures."""
        first = _over_blocks(self.conv1.weight)
        last = self.conv4.weight.permute(0, 2, 3, 1).flatten(1)  # in the order in which `_last_layer` reads a picture
        parts = [self._embed(part, first, last) for part in split_on_cpu(blocks.flatten(0, -4), FRAMES_AT_ONCE)]
        return torch.cat(parts).view(*blocks.shape[:-3], self.embed_size)

    def _embed(self, blocks: Tensor, first: Tensor, last: Tensor) -> Tensor:
        x = to_model_range(blocks).permute(0, 3, 1, 2)  # a view: NHWC memory is torch's channels_last
        x = F.relu_(F.conv2d(x, first, self.conv1.bias))
        for conv in (self.conv2, self.conv3):
            x = F.relu_(conv(x))
        return self._last_layer(x.permute(0, 2, 3, 1), last)

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
        derived = self._derived(len(rows))
        parts = [in_pixels(self._blocks(part, *derived)) for part in split_on_cpu(rows, FRAMES_AT_ONCE)]
        return torch.cat(parts).view(*feat.shape[:-1], 64, 64, 3)

    def log_prob(self, feat: Tensor, blocks: Tensor) -> Tensor:
        """Log-density, averaged over pictures and summed over pixels and channels, Gaussian constant included.

        Args:
            feat: (..., F).
            blocks: (..., 32, 32, 12) uint8, `in_blocks` of the pictures.
        """
        count = blocks[..., 0, 0, 0].numel()
        derived = self._derived(count)
        features = split_on_cpu(feat.flatten(0, -2), FRAMES_AT_ONCE)
        pictures = split_on_cpu(blocks.flatten(0, -4), FRAMES_AT_ONCE)
        distances = [
            F.mse_loss(self._blocks(part, *derived), to_model_range(picture), reduction="sum")
            for part, picture in zip(features, pictures, strict=True)
        ]
        pixels = blocks.shape[-3:].numel()
        return -0.5 * torch.stack(distances).sum() / count - pixels * LOG_SQRT_2PI

    def _derived(self, pictures: int) -> tuple[list[tuple[Tensor, Tensor]], Tensor, Tensor]:
        """What a pass over so many pictures needs of the weights: `_products`, and the last layer's over blocks."""
        assert self.deconv4.bias is not None
        return self._products(pictures), _over_blocks(self.deconv4.weight), self.deconv4.bias.repeat(4)

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
            return [(dense @ taps, torch.addmm(bias, self.dense.bias.unsqueeze(0), taps).squeeze(0))]
        return [(dense, self.dense.bias), (taps, bias)]

    def _blocks(self, feat: Tensor, products: list[tuple[Tensor, Tensor]], last: Tensor, bias: Tensor) -> Tensor:
        """Features (N, F) to the blocks (N, 32, 32, 12) of the means, float32."""
        x = feat
        for matrix, added in products:
            x = torch.addmm(added, x, matrix)
        x = F.relu_(x).view(len(feat), -1, 5, 5).contiguous(memory_format=torch.channels_last)
        x = _deconv(self.deconv3, _deconv(self.deconv2, x))
        return F.conv_transpose2d(x, last).permute(0, 2, 3, 1).float().add_(bias)


def _deconv(layer: nn.ConvTranspose2d, x: Tensor) -> Tensor:
    """A layer and its ReLU. With the bias inside, oneDNN takes up to four times as long in bfloat16."""
    assert layer.bias is not None
    x = F.conv_transpose2d(x, layer.weight, stride=2).permute(0, 2, 3, 1)
    return F.relu_(x + layer.bias.to(x.dtype)).permute(0, 3, 1, 2)
