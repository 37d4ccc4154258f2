"""Images in and out: the encoder, and the decoder as the observation model.

Sources: Sec. 4, Eq. 9 of the paper (models of reconstruction); the author's ``models.ConvEncoder`` and
``models.ConvDecoder``. Layers carry the author's names, so weights map one to one.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dreamer_studio.arrays import FRAME_SHAPE
from dreamer_studio.dreamer.distributions import LOG_SQRT_2PI, unit_normal_log_prob


def to_model_range(image: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """Convert uint8 images of any shape to the range of the model, [-0.5, 0.5]."""
    return image.to(dtype).div_(255.0).sub_(0.5)


def to_pixels(mean: Tensor) -> Tensor:
    """Convert decoder means of any shape to uint8, clipped: the inverse of `to_model_range`."""
    return mean.add(0.5).mul_(255.0).round_().clamp_(0, 255).to(torch.uint8)


class Encoder(nn.Module):
    """Images to embeddings: four convolutions with kernel 4 and stride 2, 64 -> 31 -> 14 -> 6 -> 2."""

    def __init__(self, depth: int) -> None:
        super().__init__()
        self.embed_size = 32 * depth
        self.conv1 = nn.Conv2d(3, depth, 4, stride=2)
        self.conv2 = nn.Conv2d(depth, 2 * depth, 4, stride=2)
        self.conv3 = nn.Conv2d(2 * depth, 4 * depth, 4, stride=2)
        self.conv4 = nn.Conv2d(4 * depth, 8 * depth, 4, stride=2)

    def forward(self, image: Tensor) -> Tensor:
        """Embed images (..., 64, 64, 3) uint8 as (..., 32 depth), flattened in H, W, C order.

        The part of the representation model that reads o_t. The author's ``ConvEncoder``.
        """
        return self.embed(self.preprocess(image))

    def preprocess(self, image: Tensor) -> Tensor:
        """Prepare images (..., 64, 64, 3) uint8 for `embed` and for `Decoder.log_prob`. The author's ``preprocess``."""
        return to_model_range(image, self.conv1.weight.dtype)

    def embed(self, prepared: Tensor) -> Tensor:
        """Embed images as `forward` does, from what `preprocess` made of them."""
        x = prepared.flatten(0, -4).permute(0, 3, 1, 2)
        for layer in (self.conv1, self.conv2, self.conv3, self.conv4):
            # paper: Eq. 9, representation model
            # paper: Appendix A, convolutions
            x = F.relu(layer(x))
        return x.permute(0, 2, 3, 1).reshape(*prepared.shape[:-3], self.embed_size)


class Decoder(nn.Module):
    """The observation model: features to the mean of Normal(., 1) over the image, 1 -> 5 -> 13 -> 30 -> 64."""

    def __init__(self, feat_size: int, depth: int) -> None:
        super().__init__()
        self.dense = nn.Linear(feat_size, 32 * depth)
        self.deconv1 = nn.ConvTranspose2d(32 * depth, 4 * depth, 5, stride=2)
        self.deconv2 = nn.ConvTranspose2d(4 * depth, 2 * depth, 5, stride=2)
        self.deconv3 = nn.ConvTranspose2d(2 * depth, depth, 6, stride=2)
        self.deconv4 = nn.ConvTranspose2d(depth, 3, 6, stride=2)

    def forward(self, feat: Tensor) -> Tensor:
        """Return the mean images (..., 64, 64, 3) at features (..., F), in the model's range (about [-0.5, 0.5]).

        Observation model q(o_t | s_t). The author's ``ConvDecoder``.
        """
        x = self.dense(feat.flatten(0, -2))[:, :, None, None]
        for layer in (self.deconv1, self.deconv2, self.deconv3):
            x = F.relu(layer(x))
        # paper: Eq. 9, observation model
        # paper: Appendix A, convolutions
        mean: Tensor = self.deconv4(x).permute(0, 2, 3, 1).to(self.deconv4.weight.dtype)
        return mean.reshape(*feat.shape[:-1], *FRAME_SHAPE)

    def log_prob(self, feat: Tensor, prepared: Tensor) -> tuple[Tensor, Tensor]:
        """Return log q(o_t | s_t), averaged over images and summed over pixels and channels, with its constant.

        Args:
            feat: (..., F).
            prepared: images (...), as `Encoder.preprocess` gives them.

        Returns:
            The mean, a scalar; and the loss (...) of each image, without the constant and without a gradient.
        """
        # paper: Eq. 10, observations
        each = unit_normal_log_prob(self.forward(feat), prepared).sum((-3, -2, -1))
        return each.mean(), -each.detach() - math.prod(FRAME_SHAPE) * LOG_SQRT_2PI
