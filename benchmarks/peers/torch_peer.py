"""Common parts of the implementations in PyTorch."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import metadata
from typing import Any

import torch
from torch import nn

from benchmarks.peers.protocol import Weights


def about(*packages: str) -> dict[str, Any]:
    """Return threads and versions, for `Peer.about`."""
    return {
        "threads": torch.get_num_threads(),
        "versions": {"torch": torch.__version__, **{package: metadata.version(package) for package in packages}},
    }


def weights_of(**parts: Iterable[nn.Parameter]) -> Weights:
    """Copy the parameters, for `Peer.weights`."""
    return {name: [weight.detach().numpy().copy() for weight in weights] for name, weights in parts.items()}
