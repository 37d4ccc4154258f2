"""The classes that an agent is built from."""

from __future__ import annotations

from dataclasses import dataclass

from dreamer_studio.dreamer.conv import Decoder, Encoder
from dreamer_studio.dreamer.heads import Actor, DenseHead
from dreamer_studio.dreamer.rssm import RSSM


@dataclass(frozen=True)
class Parts:
    """One class for each network; the defaults are the plain ones.

    A subclass may compute the same faster, or have latents of another kind.
    """

    encoder: type[Encoder] = Encoder
    decoder: type[Decoder] = Decoder
    rssm: type[RSSM] = RSSM
    head: type[DenseHead] = DenseHead
    actor: type[Actor] = Actor


PLAIN = Parts()
"""The forwards as the paper has them."""
