"""Reads and edits the latents of a scene."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.latents import Continued, Edited, dimensions, dream_on, edit
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.latents.messages import DimensionsResult, DreamOnResult, EditRequest, EditResult
from dreamer_studio.viewing.scene.columns import LatentsRef, SceneColumns
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.scene.states import SceneState, SceneStates

SEEDS_APART = 1_000_003  # more than an episode has rows


class EditWorker:
    """Decodes the newest edit of a frame's latents."""

    def __init__(self, channel: Channel[EditRequest, EditResult], states: SceneStates) -> None:
        self.channel = channel
        self._states = states

    @torch.inference_mode()
    def turn(self) -> bool:
        """Answer a request, if there is any, and return whether there was."""
        taken = self.channel.take()
        if taken is None:
            return False
        generation, request = taken
        made = _changed(self._states.of(request.scene.latents), request)
        self.channel.answer(generation, EditResult(request, made.image, made.reward, made.value))
        return True


class DreamOnWorker:
    """Dreams on from the newest edit that the user wants to continue."""

    def __init__(self, device: torch.device, channel: Channel[EditRequest, DreamOnResult], states: SceneStates) -> None:
        self.channel = channel
        self._device = device
        self._states = states

    @torch.inference_mode()
    def turn(self) -> bool:
        """Answer a request, if there is any, and return whether there was."""
        taken = self.channel.take()
        if taken is None:
            return False
        generation, request = taken
        state = self._states.of(request.scene.latents)
        self.channel.answer(generation, DreamOnResult(request, self._dream(request, state)))
        return True

    def _dream(self, request: EditRequest, state: SceneState) -> Scene:
        asked, made = request.scene.request, _changed(state, request)
        # The same for all edits of a frame, so that their dreams differ only by the edits.
        noise = NoiseSource(asked.seed * SEEDS_APART + request.scene.first_row + request.column, self._device)
        continued = dream_on(state.agent, made.feat, request.length, noise, asked.policy)
        before = replace(state.up_to(request.column), noise=noise, feat=state.feat[: request.column])
        latents = self._states.keep(before.followed_by(torch.cat([made.feat.unsqueeze(0), continued.feat])))
        return _dreamed_on(request, made, continued, latents)


class DimensionsWorker:
    """Computes the stochastic dimensions of the newest visible scene."""

    def __init__(self, channel: Channel[Scene, DimensionsResult], states: SceneStates) -> None:
        self.channel = channel
        self._states = states

    @torch.inference_mode()
    def turn(self) -> bool:
        """Answer a request, if there is any, and return whether there was."""
        taken = self.channel.take()
        if taken is None:
            return False
        generation, scene = taken
        state = self._states.of(scene.latents)
        found = dimensions(state.agent, state.feat, state.posterior)
        self.channel.answer(generation, DimensionsResult(scene.latents, found))
        return True


def _changed(state: SceneState, request: EditRequest) -> Edited:
    """Decode the frame of an edit."""
    return edit(state.agent, state.feat[request.column], request.stoch)


def _dreamed_on(request: EditRequest, made: Edited, continued: Continued, latents: LatentsRef) -> Scene:
    """Return the scene up to the edited frame, followed by the new dream."""
    column = request.column
    before = request.scene.up_to(column)
    # The first of the new numbers are those of the edited frame; they replace the earlier predictions.
    numbers = replace(
        before.columns,
        reward=np.append(before.columns.reward[:column], continued.reward[0]),
        value=np.append(before.columns.value[:column], continued.value[0]),
        entropy=np.append(before.columns.entropy[:column], continued.entropy[0]),
        ending=np.append(before.columns.ending[:column], continued.ending[0]),
    )
    later = (numbers[1:] for numbers in (continued.reward, continued.value, continued.entropy, continued.ending))
    edited = before.edited if np.isnan(request.stoch).all() else (*before.edited, column)
    return replace(before, columns=numbers, edited=edited).extended(
        SceneColumns.dreamed(continued.action, *later),
        model=np.concatenate([before.model[:column], made.image[None]]),
        latents=latents,
        acts=request.scene.request.acts,
    )
