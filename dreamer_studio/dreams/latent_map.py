"""A map of the latents of an episode: its features on the plane in which they vary most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dreamer_studio.arrays import Floats
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.features import to_floats


class PosteriorFilter:
    """Filters an episode with a snapshot, some rows at a time.

    Attributes:
        rows: number of rows filtered so far.
    """

    def __init__(self, agent: Agent, noise: NoiseSource) -> None:
        self._agent = agent
        self._noise = noise
        self._posterior: LatentState | None = None
        self._feat: list[Tensor] = []
        self.rows = 0

    @torch.no_grad()
    def add(self, image: NDArray[np.uint8], action: NDArray[np.float32]) -> None:
        """Filter the next rows: (n, 64, 64, 3) and (n, A); action[k] led to image[k]."""
        device = self._noise.device
        frames, executed = torch.from_numpy(image).to(device), torch.from_numpy(action).to(device)
        drawn = torch.stack([self._agent.noise(self._noise, 1) for _ in image])  # the same in any chunks of rows
        seen = self._agent.filter(frames.unsqueeze(0), executed.unsqueeze(0), drawn, self._posterior)
        self._posterior = seen.map(lambda part: part[:, -1])
        self._feat.append(seen.feat[0])
        self.rows += len(image)

    @property
    def feat(self) -> Tensor:
        """Features of the posteriors, (rows, F)."""
        return torch.cat(self._feat)


@dataclass(frozen=True, eq=False)
class Axes:
    """A plane through features.

    Attributes:
        origin: (F,), mean of the features.
        directions: (F, 2), orthonormal: the directions of most and second most variance.
        share: (2,), share of the variance in each direction.
    """

    origin: Tensor
    directions: Tensor
    share: tuple[float, float]

    @torch.no_grad()
    def place(self, feat: Tensor) -> Floats:
        """Return the coordinates (n, 2) of features (n, F)."""
        return to_floats((feat - self.origin) @ self.directions)


@torch.no_grad()
def principal_axes(feat: Tensor) -> Axes:
    """Return the first two principal components of features (n, F); the largest entry of each is positive.

    Pearson 1901. They come from the covariance (F, F), since n may be ten times F.
    """
    origin = feat.mean(0)
    centered = (feat - origin).cpu().double()  # not every device knows float64
    variances, vectors = torch.linalg.eigh(centered.T @ centered)
    directions = vectors[:, -2:].flip(-1)
    largest = directions.gather(0, directions.abs().argmax(0, keepdim=True))
    directions = torch.where(largest < 0, -directions, directions)
    total = float(variances.clamp_min(0).sum()) or 1.0
    first, second = float(variances[-1]) / total, float(variances[-2]) / total
    return Axes(origin, directions.float().to(feat.device), (max(0.0, first), max(0.0, second)))
