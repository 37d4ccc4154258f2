"""Convolutional encoder and decoder, dense heads and the action model.

Source: the author's ``models.py`` (ConvEncoder, ConvDecoder, DenseDecoder, ActionDecoder). Layers carry the author's
names (``conv1`` .. ``conv4``, ``deconv1`` .., ``h0`` .., ``hout``), so that weights map one to one.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dreamer_studio.dreamer.distributions import ActionDistribution, OneHot, TanhNormal
from dreamer_studio.dreamer.noise import ActionKind


def initialize(module: nn.Module, generator: torch.Generator) -> None:
    """Keras' defaults, in place: Glorot-uniform kernels, zero biases, an orthogonal recurrent kernel."""
    for name, parameter in module.named_parameters():
        if "bias" in name:
            nn.init.zeros_(parameter)
        elif name.endswith("weight_hh"):
            nn.init.orthogonal_(parameter, generator=generator)
        else:
            nn.init.xavier_uniform_(parameter, generator=generator)


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
        """Pictures (..., 64, 64, 3) in [-0.5, 0.5] to embeddings (..., 32 depth), flattened in H, W, C order."""
        x = image.flatten(0, -4).permute(0, 3, 1, 2)  # a view: NHWC memory is torch's channels_last
        for conv in (self.conv1, self.conv2, self.conv3, self.conv4):
            x = F.relu(conv(x))
        return x.permute(0, 2, 3, 1).reshape(*image.shape[:-3], self.embed_size)


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
        """Features (..., F) to picture means (..., 64, 64, 3), in the model's range (about [-0.5, 0.5])."""
        x = F.relu(self._first(self.dense(feat.flatten(0, -2))))
        x = F.relu(self.deconv2(x))
        x = F.relu(self.deconv3(x))
        mean: Tensor = self.deconv4(x).permute(0, 2, 3, 1)
        return mean.reshape(*feat.shape[:-1], 64, 64, 3)

    def _first(self, x: Tensor) -> Tensor:
        """``deconv1`` on a 1x1 picture, (N, C) to (N, out, 5, 5): each input meets each tap once, a matrix product."""
        channels_in, channels_out, height, width = self.deconv1.weight.shape
        taps = self.deconv1.weight.permute(0, 2, 3, 1).reshape(channels_in, height * width * channels_out)
        assert self.deconv1.bias is not None
        y = (x @ taps).view(-1, height, width, channels_out) + self.deconv1.bias
        return y.permute(0, 3, 1, 2)


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
        """Features (..., F) to all outputs (..., outputs)."""
        for index in range(self.layers):
            feat = F.elu(self.get_submodule(f"h{index}")(feat))
        output: Tensor = self.hout(feat)
        return output


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
