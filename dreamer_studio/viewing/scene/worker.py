"""Dreams from whatever frame a person picks, computed beside training on a snapshot. Qt-free, as the inspector is."""

from __future__ import annotations

import time
import weakref
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.dream import DECODE_AT_ONCE, decode
from dreamer_studio.dreams.drive import drive
from dreamer_studio.dreams.rewards import as_learned
from dreamer_studio.dreams.scene import RecordedScene, SceneRollout, roll_out_scene
from dreamer_studio.replay import Episode, ReplayError
from dreamer_studio.replay.scenes import SceneError
from dreamer_studio.session import Session
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.frames import GrowingFrames, no_frames
from dreamer_studio.viewing.scene.branches import key_of
from dreamer_studio.viewing.scene.columns import LatentsRef, SceneColumns
from dreamer_studio.viewing.scene.messages import DriveStep, Scene, SceneFailure, SceneRequest
from dreamer_studio.viewing.scene.source import Found, NoSceneError, SceneSource, as_episode
from dreamer_studio.viewing.scene.states import LatentsGoneError, SceneState, SceneStates
from dreamer_studio.viewing.weights import LatestAgent

EXTEND_SECONDS = 0.1  # between looks for what has come to pass since of a live scene


class _Making:
    """Frames in the making of a scene, which the worker alone holds. It does not keep the scene's latents alive."""

    def __init__(self, latents: LatentsRef, frames: GrowingFrames) -> None:
        self._key, self._columns = weakref.ref(latents.key), latents.columns
        self.frames = frames

    def are_of(self, scene: Scene) -> bool:
        """Whether these are the frames of a scene, neither more nor fewer."""
        same = self._key() is scene.latents.key and self._columns == scene.latents.columns
        return same and len(self.frames) == scene.decoded


class SceneWorker:
    """Answers the newest `SceneRequest`, decodes the frames of the scene on show, and drives scenes on.

    What it publishes is finished: a scene whose frames are decoded so far, then another with more of them.
    """

    def __init__(self, session: Session, device: torch.device, channels: Channels, states: SceneStates) -> None:
        self._channels = channels
        self._states = states
        self._device = device
        self._way = session.way
        self._status = session.status
        self._latest = LatestAgent(session, lasting=True)
        self._source = SceneSource(session)
        self._begun = self._driven = 0
        self._under_way = False  # an answer that the window has not taken yet
        self._scene: Scene | None = None
        self._decoding: _Making | None = None
        self._driving: _Making | None = None
        self._gone: LatentsRef | None = None  # of a scene that cannot be decoded any more
        self._extended_at = 0.0

    @torch.inference_mode()
    def turn(self) -> bool:
        """Do one small piece of work, if there is any.

        Returns:
            whether there was.
        """
        request = self._channels.scene_request.get()
        if request is None:
            return False
        if request.number != self._begun:
            with self._way.taken():
                return self._begin(request)
        return self._drive() or self._decode_some() or self._extend()

    def _begin(self, request: SceneRequest) -> bool:
        self._latest.refresh()
        agent, snapshot = self._latest.agent, self._latest.snapshot
        if agent is None or snapshot is None:  # the request waits for the first update
            return False
        problem = ""
        try:
            found = self._source.find(request)
        except (NoSceneError, SceneError, ReplayError, OSError) as error:
            found, problem = None, str(error)
        if found is None and not problem:
            return False
        self._begun = request.number
        if found is None:  # the scene on show stays, and can be driven on
            self._channels.scene_problem.put(SceneFailure(request.number, problem, frame_gone=True))
            return True
        context = found.origin.index - found.first + 1
        noise = NoiseSource(request.seed, self._device)
        try:
            made = roll_out_scene(agent, RecordedScene(found.rows, context), request.length, request.actor, noise)
        except Exception:  # out of memory, say: the scene on show stays here as well
            text = "This dream failed; another one can be asked for."
            self._channels.scene_problem.put(SceneFailure(request.number, text, frame_gone=False))
            raise
        self._under_way = True
        self._scene = self._answer(
            request, found, made, SceneState(agent, noise, made.feat, made.posterior, snapshot.config.disclam)
        )
        return self._decode_some()

    def _answer(self, request: SceneRequest, found: Found, made: SceneRollout, state: SceneState) -> Scene:
        """Return the scene of a request, none of whose frames is decoded."""
        columns, context = len(made.reward), len(made.posterior.stoch)
        assert self._latest.snapshot is not None
        return Scene(
            request=request,
            origin=found.origin,
            episode_rows=found.episode_rows,
            update=self._latest.snapshot.update,
            context=context,
            recorded=min(len(found.rows), columns) if request.actor == "recorded" else context,
            **self._real(found.rows),
            model=no_frames(),
            columns=SceneColumns(
                made.action,
                made.reward,
                made.value,
                made.kl,
                made.entropy,
                np.full_like(made.action, np.nan),
                np.zeros(columns, np.bool_),
            ),
            latents=self._states.keep(state),
            acting=((0, request.acts),),
            growing=found.origin.live,
        )

    def _drive(self) -> bool:
        """Go one step on from a column that is on show."""
        step = self._channels.drive_step.get()
        if step is None or step.number == self._driven:
            return False
        self._driven = step.number
        try:
            self._channels.driven.put(self._driven_on(step))
        except Exception:  # out of memory, say: another one can be asked for
            self._channels.drive_failed.put(step.number)
            raise
        return True

    def _driven_on(self, step: DriveStep) -> Scene:
        """Return the scene up to the step's column, and one more."""
        before = step.scene.up_to(step.column)
        state, request = self._states.of(before.latents), before.request
        driven = drive(state.agent, state.feat[step.column], step.action, state.noise, request.policy)
        image = decode(state.agent, driven.feat.unsqueeze(0))
        frames = _frames_for(before, self._driving, 2 * (step.column + 1))
        latents = self._states.keep(state.followed_by(driven.feat.unsqueeze(0)))
        later = SceneColumns.dreamed(
            driven.action[None],
            np.array([driven.reward]),
            np.array([driven.value]),
            np.array([driven.entropy]),
            policy=driven.policy[None],
            driven=np.array([not np.isnan(step.action).all()]),
        )
        scene = before.extended(later, model=frames.append(image), latents=latents, acts=request.acts)
        self._driving = _Making(latents, frames)
        return replace(scene, step=step.number)

    def _look_up(self) -> Scene | None:
        """The scene that is on show or about to be, as far as it has come."""
        scene, shown = self._scene, self._channels.scene.get()
        if scene is None or shown is None:
            return scene
        if key_of(shown) == key_of(scene) and shown.step <= scene.step:
            self._under_way = False
            return scene
        self._under_way = self._under_way and shown.request.number != self._begun
        if not self._under_way:  # or more of what is on show would take the answer's place
            self._scene = shown
        return self._scene

    def _decode_some(self) -> bool:
        """Decode the next few frames of the scene on show."""
        scene = self._look_up()
        if scene is None or scene.whole or scene.latents == self._gone:
            return False
        try:
            state = self._states.of(scene.latents)
        except LatentsGoneError:
            self._gone = scene.latents
            raise
        frames = _frames_for(scene, self._decoding, len(scene.columns))
        with self._way.taken():
            newer = decode(state.agent, state.feat[len(frames) : len(frames) + DECODE_AT_ONCE])
        self._decoding = _Making(scene.latents, frames)
        self._publish(replace(scene, model=frames.append(newer)))
        return True

    def _extend(self) -> bool:
        """Put what has come to pass of a live scene beside what was dreamed of it."""
        scene, now = self._scene, time.monotonic()
        if scene is None or not scene.growing or now - self._extended_at < EXTEND_SECONDS:
            return False
        self._extended_at = now
        steps = self._source.steps_of(scene.origin.episode)
        first = scene.first_row
        wanted = [step for step in steps if first <= step.index < first + len(scene.columns)]
        same = len(wanted) >= len(scene.real) and wanted[0].index == first
        growing = same and len(wanted) < len(scene.columns) and not steps[-1].time_step.is_last
        if same and len(wanted) > len(scene.real):
            scene = replace(scene, **self._real(as_episode(wanted)), episode_rows=steps[-1].index + 1)
        elif growing:
            return False
        self._publish(replace(scene, growing=growing))
        return True

    def _real(self, rows: Episode) -> dict[str, Any]:
        return {
            "real": rows.image,
            "received": as_learned(rows.reward, self._status.get().config),
            "taken": rows.action,
        }

    def _publish(self, scene: Scene) -> None:
        self._scene = scene
        self._channels.scenes.put(scene)


def _frames_for(scene: Scene, making: _Making | None, room: int) -> GrowingFrames:
    """Return the frames in the making if they are those of a scene; else begin with a copy of its frames."""
    if making is not None and making.are_of(scene):
        return making.frames
    return GrowingFrames(scene.model, room)
