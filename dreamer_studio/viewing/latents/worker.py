"""Looks into the latents of the scene on show and changes them, beside training. Qt-free, as the inspector is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.latents import Continued, Edited, dimensions, dream_on, edit
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.latents.messages import DimensionsResult, DreamOnResult, Edit, EditResult
from dreamer_studio.viewing.scene.branches import key_of
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.throttle import Throttle

LOOK_SECONDS = 0.2  # between looks into a dream that is driven
SEEDS_APART = 1_000_003  # more than there are rows in an episode


class LatentsWorker:
    """Answers the newest edits, and knows the dimensions of the scene on show while anybody can see them."""

    def __init__(self, device: torch.device, channels: Channels) -> None:
        self._channels = channels
        self._device = device
        self._edited = self._dreamed_on = 0
        self._looked: Scene | None = None
        self._due = Throttle(LOOK_SECONDS)

    @torch.inference_mode()
    def turn(self) -> bool:
        """Do one small piece of work, if there is any.

        Returns:
            whether there was.
        """
        return self._edit() or self._dream_on() or self._look()

    def _edit(self) -> bool:
        request = self._channels.latents.edit.get()
        if request is None or request.number == self._edited:
            return False
        made = edit(request.scene.latents.agent, request.scene.latents.feat[request.column], request.stoch)
        self._edited = request.number
        self._channels.latents.edited.put(EditResult(request, made.picture, made.reward, made.value))
        return True

    def _dream_on(self) -> bool:
        request = self._channels.latents.dream_on.get()
        if request is None or request.number == self._dreamed_on:
            return False
        latents, asked = request.scene.latents, request.scene.request
        made = edit(latents.agent, latents.feat[request.column], request.stoch)
        # The same for all edits of a frame, so that what follows two of them differs by the edits alone.
        noise = NoiseSource(asked.seed * SEEDS_APART + request.scene.first_row + request.column, self._device)
        continued = dream_on(latents.agent, made.feat, request.length, noise, asked.policy)
        self._dreamed_on = request.number
        self._channels.latents.dreamed_on.put(DreamOnResult(request, _grown(request, made, continued, noise)))
        return True

    def _look(self) -> bool:
        scene, box = self._channels.scene.get(), self._channels.latents
        if scene is None or not box.dimensions_on_show.get():
            return False
        known = self._looked
        if known is not None and known.latents is scene.latents:
            return False
        if known is not None and key_of(known) == key_of(scene) and not self._due():
            return False
        self._looked = scene
        latents = scene.latents
        box.dimensions.put(DimensionsResult(latents, dimensions(latents.agent, latents.feat, latents.posterior)))
        return True


def _grown(request: Edit, made: Edited, continued: Continued, noise: NoiseSource) -> Scene:
    """The scene up to the column of the edit, which is as it was edited, and what was dreamed on from it."""
    column, length = request.column, request.length
    before = request.scene.up_to(column)
    model = np.concatenate([before.model, np.empty((length, *before.model.shape[1:]), np.uint8)])
    model[column] = made.picture
    latents = before.latents
    return replace(
        before,
        model=model,
        action=np.concatenate([before.action, continued.action]),
        reward=np.concatenate([before.reward[:column], continued.reward]),
        value=np.concatenate([before.value[:column], continued.value]),
        kl=np.append(before.kl, np.full(length, np.nan)),
        entropy=np.concatenate([before.entropy[:column], continued.entropy]),
        policy=np.concatenate([before.policy, np.full_like(continued.action, np.nan)]),
        driven=np.append(before.driven, np.zeros(length, np.bool_)),
        acting=before.acting_from(column + 1, request.scene.request.acts),
        latents=replace(
            latents, noise=noise, feat=torch.cat([latents.feat[:column], made.feat.unsqueeze(0), continued.feat])
        ),
        edited=before.edited if np.isnan(request.stoch).all() else (*before.edited, column),
    )
