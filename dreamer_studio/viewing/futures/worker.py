"""Several futures of one frame, computed beside training. Qt-free, as the inspector is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from dreamer_studio.dreams.dream import decode
from dreamer_studio.dreams.futures import futures
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.futures.messages import FuturesResult


class FuturesWorker:
    """Meets the newest `FuturesRequest`; images of an older one are never decoded."""

    def __init__(self, channels: Channels) -> None:
        self._channels = channels
        self._begun = 0
        self._view: FuturesResult | None = None

    @torch.inference_mode()
    def turn(self) -> bool:
        """Do one small piece of work, if there is any: all the numbers at once, then one step's images at a time.

        Returns:
            whether there was.
        """
        request, view = self._channels.futures_request.get(), self._view
        if request is None:
            return False
        latents = request.scene.latents
        if request.number != self._begun:
            made = futures(
                latents.agent, latents.feat[request.column], request.actions, request.chance, latents.disclam
            )
            self._begun = request.number
            count, length, _ = request.actions.shape
            view = FuturesResult(request, np.empty((length, count, 64, 64, 3), np.uint8), 0, made)
        elif view is None or view.decoded == view.length:
            return False
        view.model[view.decoded] = decode(latents.agent, view.made.feat[view.decoded])
        self._view = replace(view, decoded=view.decoded + 1)
        self._channels.futures.put(self._view)
        return True
