"""Several futures of one frame, computed beside training. Qt-free, as the inspector is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from dreamer_studio.dreams.dream import decode
from dreamer_studio.dreams.futures import futures
from dreamer_studio.viewing.channels import Views
from dreamer_studio.viewing.futures.messages import FuturesView


class FuturesDesk:
    """Meets the newest `FuturesWish`; pictures of an older one are never decoded."""

    def __init__(self, views: Views) -> None:
        self._views = views
        self._begun = 0
        self._view: FuturesView | None = None

    @torch.inference_mode()
    def turn(self) -> bool:
        """Do one small piece of work, if there is any: all the numbers at once, then one step's pictures at a time.

        Returns:
            whether there was.
        """
        wish, view = self._views.futures_wish.get(), self._view
        if wish is None:
            return False
        latents = wish.line.latents
        if wish.number != self._begun:
            made = futures(latents.agent, latents.feat[wish.column], wish.actions, wish.chance, latents.disclam)
            self._begun = wish.number
            count, length, _ = wish.actions.shape
            view = FuturesView(wish, np.empty((length, count, 64, 64, 3), np.uint8), 0, made)
        elif view is None or view.decoded == view.length:
            return False
        view.model[view.decoded] = decode(latents.agent, view.made.feat[view.decoded])
        self._view = replace(view, decoded=view.decoded + 1)
        self._views.futures.put(self._view)
        return True
