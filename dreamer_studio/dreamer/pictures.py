"""Pictures in and out: the convolutional encoder, and the decoder as the observation model.

Source: the author's ``models.py`` (ConvEncoder, ConvDecoder). Layers carry the author's names (``conv1`` .. ``conv4``,
``dense``, ``deconv1`` .. ``deconv4``), so that weights map one to one.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dreamer_studio.dreamer.distributions import LOG_SQRT_2PI

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
        parts = [self._embed(part) for part in _split(image.flatten(0, -4))]
        return torch.cat(parts).view(*image.shape[:-3], self.embed_size)

    def _embed(self, image: Tensor) -> Tensor:
        x = to_model_range(image).permute(0, 3, 1, 2)  # a view: NHWC memory is torch's channels_last
        for conv in (self.conv1, self.conv2, self.conv3, self.conv4):
            x = F.relu_(conv(x))
        return x.permute(0, 2, 3, 1).reshape(len(x), self.embed_size)


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
        kernels = self._kernels()
        parts = [_from_blocks(self._blocks(part, kernels).float()) for part in _split(feat.flatten(0, -2))]
        return torch.cat(parts).view(*feat.shape[:-1], 64, 64, 3)

    def log_prob(self, feat: Tensor, image: Tensor) -> Tensor:
        """Log-density, averaged over pictures and summed over pixels and channels, Gaussian constant included.

        Args:
            feat: (..., F).
            image: (..., 64, 64, 3) uint8.
        """
        kernels = self._kernels()
        images = _split(image.flatten(0, -4))
        distances = []
        for part, picture in zip(_split(feat.flatten(0, -2)), images, strict=True):
            mean = self._blocks(part, kernels).float()
            distances.append(F.mse_loss(mean, to_model_range(_to_blocks(picture)), reduction="sum"))
        count = image[..., 0, 0, 0].numel()
        pixels = image.shape[-3:].numel()
        return -0.5 * torch.stack(distances).sum() / count - pixels * LOG_SQRT_2PI

    def _kernels(self) -> tuple[Tensor, Tensor]:
        """The outer layers' weights in the forms that `_blocks` uses, derived once a pass."""
        wide_in, wide_out, height, width = self.deconv1.weight.shape
        taps = self.deconv1.weight.permute(0, 2, 3, 1).reshape(wide_in, height * width * wide_out)
        depth = self.deconv4.in_channels
        # Row 2u + a of a picture gets tap a + 2d from row u - d, d = 0..2: a convolution with a 3x3 kernel, mirrored.
        last = self.deconv4.weight.view(depth, 3, 3, 2, 3, 2).flip(2, 4).permute(3, 5, 1, 0, 2, 4)
        return taps, last.reshape(12, depth, 3, 3).contiguous(memory_format=torch.channels_last)

    def _blocks(self, feat: Tensor, kernels: tuple[Tensor, Tensor]) -> Tensor:
        """Features (N, F) to means (N, 32, 32, 12), a picture's 2x2 blocks of pixels.

        ``deconv1`` acts on a 1x1 picture, where each input meets each tap once: a matrix product. ``deconv4`` has three
        outputs, too few to fill a vector; as a convolution that gives four pixels at a time it is several times faster.
        """
        taps, last = kernels
        assert self.deconv1.bias is not None
        assert self.deconv4.bias is not None
        x = (self.dense(feat) @ taps).view(len(feat), 5, 5, -1) + self.deconv1.bias
        x = F.relu_(x).permute(0, 3, 1, 2)
        x = F.relu_(self.deconv2(x))
        x = F.relu_(self.deconv3(x))
        x = F.conv2d(x, last, self.deconv4.bias.repeat(4), padding=2)
        return x.permute(0, 2, 3, 1)


def _split(pictures: Tensor) -> tuple[Tensor, ...]:
    """Rows in groups of a size that suits the device: on a GPU all of them."""
    return torch.split(pictures, FRAMES_AT_ONCE) if pictures.device.type == "cpu" else (pictures,)


def _to_blocks(image: Tensor) -> Tensor:
    """(N, 64, 64, 3) to (N, 32, 32, 12): rows and columns of pixels in pairs."""
    return image.view(-1, 32, 2, 32, 2, 3).permute(0, 1, 3, 2, 4, 5).reshape(-1, 32, 32, 12)


def _from_blocks(blocks: Tensor) -> Tensor:
    """The inverse of `_to_blocks`."""
    return blocks.reshape(-1, 32, 32, 2, 2, 3).permute(0, 1, 3, 2, 4, 5).reshape(-1, 64, 64, 3)
