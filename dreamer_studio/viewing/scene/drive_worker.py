"""Drives scenes, one step at a time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from dreamer_studio.dreams.dream import decode
from dreamer_studio.dreams.drive import drive
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.scene.columns import SceneColumns
from dreamer_studio.viewing.scene.frames_worker import FramesInMaking, frames_for
from dreamer_studio.viewing.scene.messages import DriveStep, Scene
from dreamer_studio.viewing.scene.states import SceneStates


class DriveWorker:
    """Answers the newest `DriveStep` with the scene up to its column, and one more column."""

    def __init__(self, channel: Channel[DriveStep, Scene], states: SceneStates) -> None:
        self.channel = channel
        self._states = states
        self._making: FramesInMaking | None = None

    @torch.inference_mode()
    def turn(self) -> bool:
        """Make one requested step, if there is any, and return whether there was."""
        taken = self.channel.take()
        if taken is None:
            return False
        generation, step = taken
        self.channel.answer(generation, replace(self._driven_on(step), step=generation))
        return True

    def _driven_on(self, step: DriveStep) -> Scene:
        before = step.scene.up_to(step.column)
        state, request = self._states.of(before.latents), before.request
        driven = drive(state.agent, state.feat[step.column], step.action, state.noise, request.policy)
        image = decode(state.agent, driven.feat.unsqueeze(0))
        frames = frames_for(before, self._making, 2 * (step.column + 1))
        latents = self._states.keep(state.followed_by(driven.feat.unsqueeze(0)))
        later = SceneColumns.dreamed(
            driven.action[None],
            np.array([driven.reward]),
            np.array([driven.value]),
            np.array([driven.entropy]),
            np.array([driven.ending]),
            policy=driven.policy[None],
            driven=np.array([not np.isnan(step.action).all()]),
        )
        scene = before.extended(later, model=frames.append(image), latents=latents, acts=request.acts)
        self._making = FramesInMaking(latents, frames)
        return scene
