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
from dreamer_studio.viewing.scene.columns import LatentsRef, SceneColumns
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.scene.states import SceneState, SceneStates
from dreamer_studio.viewing.throttle import Throttle

LOOK_SECONDS = 0.2  # between looks into a dream that is driven
SEEDS_APART = 1_000_003  # more than there are rows in an episode


class LatentsWorker:
    """Answers the newest edits, and knows the dimensions of the scene on show while anybody can see them."""

    def __init__(self, device: torch.device, channels: Channels, states: SceneStates) -> None:
        self._channels = channels
        self._device = device
        self._states = states
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
        made = _changed(self._states.of(request.scene.latents), request)
        self._edited = request.number
        self._channels.latents.edited.put(EditResult(request, made.image, made.reward, made.value))
        return True

    def _dream_on(self) -> bool:
        request = self._channels.latents.dream_on.get()
        if request is None or request.number == self._dreamed_on:
            return False
        state, asked = self._states.of(request.scene.latents), request.scene.request
        made = _changed(state, request)
        # The same for all edits of a frame, so that what follows two of them differs by the edits alone.
        noise = NoiseSource(asked.seed * SEEDS_APART + request.scene.first_row + request.column, self._device)
        continued = dream_on(state.agent, made.feat, request.length, noise, asked.policy)
        before = replace(state.up_to(request.column), noise=noise, feat=state.feat[: request.column])
        latents = self._states.keep(before.followed_by(torch.cat([made.feat.unsqueeze(0), continued.feat])))
        scene = _dreamed_on(request, made, continued, latents)
        self._dreamed_on = request.number
        self._channels.latents.dreamed_on.put(DreamOnResult(request, scene))
        return True

    def _look(self) -> bool:
        scene, box = self._channels.scene.get(), self._channels.latents
        if scene is None or not box.dimensions_on_show.get():
            return False
        known = self._looked
        if known is not None and known.latents == scene.latents:
            return False
        if known is not None and key_of(known) == key_of(scene) and not self._due():
            return False
        self._looked = scene
        state = self._states.of(scene.latents)
        known_dimensions = dimensions(state.agent, state.feat, state.posterior)
        box.dimensions.put(DimensionsResult(scene.latents, known_dimensions))
        return True


def _changed(state: SceneState, request: Edit) -> Edited:
    """Decode the frame of an edit with the person's changes."""
    return edit(state.agent, state.feat[request.column], request.stoch)


def _dreamed_on(request: Edit, made: Edited, continued: Continued, latents: LatentsRef) -> Scene:
    """Return the scene up to the edited frame, followed by the new dream."""
    column = request.column
    before = request.scene.up_to(column)
    # The first of the new numbers are those of the edited frame: they take the place of what was predicted there.
    numbers = replace(
        before.columns,
        reward=np.append(before.columns.reward[:column], continued.reward[0]),
        value=np.append(before.columns.value[:column], continued.value[0]),
        entropy=np.append(before.columns.entropy[:column], continued.entropy[0]),
    )
    edited = before.edited if np.isnan(request.stoch).all() else (*before.edited, column)
    return replace(before, columns=numbers, edited=edited).extended(
        SceneColumns.dreamed(continued.action, continued.reward[1:], continued.value[1:], continued.entropy[1:]),
        model=np.concatenate([before.model[:column], made.image[None]]),
        latents=latents,
        acts=request.scene.request.acts,
    )
