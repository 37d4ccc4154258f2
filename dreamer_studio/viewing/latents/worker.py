"""Looks into the latents of the scene on show and changes them, beside training. Qt-free, as the inspector is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.latents import Continued, Edited, dimensions, dream_on, edit
from dreamer_studio.viewing.channels import Views
from dreamer_studio.viewing.latents.messages import DimensionsView, DreamtOn, Edit, EditedView
from dreamer_studio.viewing.scene.branches import key_of
from dreamer_studio.viewing.scene.messages import SceneView
from dreamer_studio.viewing.throttle import Pacer

LOOK_SECONDS = 0.2  # between looks into a dream that is driven
SEEDS_APART = 1_000_003  # more than there are rows in an episode


class LatentsDesk:
    """Answers the newest edits, and knows the dimensions of the scene on show while anybody can see them."""

    def __init__(self, device: torch.device, views: Views) -> None:
        self._views = views
        self._device = device
        self._edited = self._dreamt_on = 0
        self._looked: SceneView | None = None
        self._due = Pacer(LOOK_SECONDS)

    @torch.inference_mode()
    def turn(self) -> bool:
        """Do one small piece of work, if there is any.

        Returns:
            whether there was.
        """
        return self._edit() or self._dream_on() or self._look()

    def _edit(self) -> bool:
        wish = self._views.latents.edit.get()
        if wish is None or wish.number == self._edited:
            return False
        made = edit(wish.line.latents.agent, wish.line.latents.feat[wish.column], wish.stoch)
        self._edited = wish.number
        self._views.latents.edited.put(EditedView(wish, made.picture, made.reward, made.value))
        return True

    def _dream_on(self) -> bool:
        wish = self._views.latents.dream_on.get()
        if wish is None or wish.number == self._dreamt_on:
            return False
        latents, asked = wish.line.latents, wish.line.wish
        made = edit(latents.agent, latents.feat[wish.column], wish.stoch)
        # The same for all edits of a frame, so that what follows two of them differs by the edits alone.
        noise = NoiseSource(asked.seed * SEEDS_APART + wish.line.first_row + wish.column, self._device)
        continued = dream_on(latents.agent, made.feat, wish.length, noise, asked.policy)
        self._dreamt_on = wish.number
        self._views.latents.dreamt_on.put(DreamtOn(wish, _grown(wish, made, continued, noise)))
        return True

    def _look(self) -> bool:
        line, box = self._views.line.get(), self._views.latents
        if line is None or not box.dimensions_on_show.get():
            return False
        known = self._looked
        if known is not None and (known.latents is line.latents or (key_of(known) == key_of(line) and not self._due())):
            return False
        self._looked = line
        latents = line.latents
        box.dimensions.put(DimensionsView(latents, dimensions(latents.agent, latents.feat, latents.mean, latents.std)))
        return True


def _grown(wish: Edit, made: Edited, continued: Continued, noise: NoiseSource) -> SceneView:
    """The scene up to the column of the edit, which is as it was edited, and what was dreamt on from it."""
    column, length = wish.column, wish.length
    before = wish.line.up_to(column)
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
        acting=before.acting_from(column + 1, wish.line.wish.acts),
        latents=replace(
            latents, noise=noise, feat=torch.cat([latents.feat[:column], made.feat.unsqueeze(0), continued.feat])
        ),
        edited=before.edited if np.isnan(wish.stoch).all() else (*before.edited, column),
    )
