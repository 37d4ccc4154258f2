"""The end of a hidden dense layer: layer norm on request, then the activation."""

from __future__ import annotations

from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor, nn

from dreamer_studio.config import Activation

NORM_EPS = 1e-3
"""Added to the variance in layer norm, as in DreamerV3."""


@dataclass(frozen=True)
class Hidden:
    """The style of the hidden dense layers; the default is that of the paper.

    DreamerV3 (arXiv 2301.04104) has layer norm and SiLU.
    """

    activation: Activation = "elu"
    layer_norm: bool = False

    def norm(self, units: int) -> nn.Module:
        """Return the layer norm of a layer of `units` units, or a module that does nothing."""
        return nn.LayerNorm(units, eps=NORM_EPS) if self.layer_norm else nn.Identity()

    def finish(self, product: Tensor, norm: nn.Module, *, in_place: bool = False) -> Tensor:
        """Return a layer's units (..., U) from its product (..., U). `in_place` may overwrite the product."""
        normed: Tensor = norm(product)
        if self.activation == "silu":
            return F.silu(normed)  # its gradient needs its input
        return F.elu_(normed) if in_place else F.elu(normed)


PAPER = Hidden()
"""ELU without layer norm."""
