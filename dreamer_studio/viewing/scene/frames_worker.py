"""Completes the scene on show: decodes its frames, and adds newly recorded ones."""

from __future__ import annotations

import weakref
from dataclasses import replace

import torch

from dreamer_studio.dreams.dream import DECODE_AT_ONCE, decode
from dreamer_studio.session import Session
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.frames import GrowingFrames
from dreamer_studio.viewing.scene.columns import LatentsRef
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.scene.recorded import scene_record
from dreamer_studio.viewing.scene.source import SceneSource, as_episode, rewards_after
from dreamer_studio.viewing.scene.states import SceneStates
from dreamer_studio.viewing.throttle import Throttle

EXTEND_SECONDS = 0.1  # between checks for new frames of a live scene
RETURN_SECONDS = 1.0  # between checks for new rewards, once all frames are there


class FramesInMaking:
    """Growing frames of a scene, held by one worker. They do not keep the scene's latents alive."""

    def __init__(self, latents: LatentsRef, frames: GrowingFrames) -> None:
        self._key, self._columns = weakref.ref(latents.key), latents.columns
        self.frames = frames

    def are_of(self, scene: Scene) -> bool:
        """Return whether these are exactly the frames of a scene."""
        same = self._key() is scene.latents.key and self._columns == scene.latents.columns
        return same and len(self.frames) == scene.decoded


def frames_for(scene: Scene, making: FramesInMaking | None, room: int) -> GrowingFrames:
    """Return the growing frames if they are those of a scene; otherwise begin with a copy of its frames."""
    if making is not None and making.are_of(scene):
        return making.frames
    return GrowingFrames(scene.model, room)


class FramesWorker:
    """Answers the newest request with the scene, each time with a few more frames, until nothing is missing.

    Each answer is a finished value: the scene with the frames decoded so far.
    """

    def __init__(
        self,
        session: Session,
        channel: Channel[Scene, Scene],
        states: SceneStates,
        *,
        extend_seconds: float = EXTEND_SECONDS,
        return_seconds: float = RETURN_SECONDS,
    ) -> None:
        self.channel = channel
        self._session = session
        self._states = states
        self._source = SceneSource(session)
        self._generation = 0
        self._scene: Scene | None = None
        self._making: FramesInMaking | None = None
        self._due, self._returns_due = Throttle(extend_seconds), Throttle(return_seconds)

    @torch.inference_mode()
    def turn(self) -> bool:
        """Do one small piece of work, if there is any, and return whether there was."""
        taken = self.channel.take()
        if taken is not None:
            self._generation, self._scene = taken
        scene = self._scene
        if scene is None or not self.channel.wants(self._generation):
            return False
        more = self._extended(scene) if scene.whole else self._decoded(scene)
        if more is None and taken is None:
            return False
        more = more or scene
        self.channel.answer(self._generation, more, done=more.whole and not more.growing)
        self._scene = more
        return True

    def _decoded(self, scene: Scene) -> Scene:
        """Return the scene with the next few frames."""
        state = self._states.of(scene.latents)
        frames = frames_for(scene, self._making, len(scene.columns))
        with self._session.way.taken():
            newer = decode(state.agent, state.feat[len(frames) : len(frames) + DECODE_AT_ONCE])
        self._making = FramesInMaking(scene.latents, frames)
        return replace(scene, model=frames.append(newer))

    def _extended(self, scene: Scene) -> Scene | None:
        """Return a live scene with newly recorded frames and rewards, or None if there are none."""
        framed = len(scene.real) == len(scene.columns)
        if scene.growing and not (self._returns_due() if framed else self._due()):
            return None
        steps = self._source.steps_of(scene.origin.episode) if scene.growing else []
        first = scene.first_row
        wanted = [step for step in steps if first <= step.index < first + len(scene.columns)]
        same = bool(wanted) and len(wanted) >= len(scene.real) and wanted[0].index == first
        if not same:
            return replace(scene, growing=False)
        last = steps[-1]
        if last.index + 1 > scene.episode_rows:
            later = rewards_after(steps, wanted[-1].index)
            config, terminal = self._session.status.get().config, last.time_step.is_terminal
            record = scene_record(as_episode(wanted), later, config, terminal=terminal)
            scene = replace(scene, **record, episode_rows=last.index + 1)
        elif not last.time_step.is_last:
            return None
        lacking = len(wanted) < len(scene.columns) or not scene.came.complete.all()
        return replace(scene, growing=lacking and not last.time_step.is_last)
