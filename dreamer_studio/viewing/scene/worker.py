"""Dreams from whatever frame a person picks, computed beside training on a snapshot. Qt-free, as the inspector is."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from dreamer_studio.arrays import Images
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.dream import DECODE_AT_ONCE, decode
from dreamer_studio.dreams.drive import Driven, drive
from dreamer_studio.dreams.rewards import as_learned
from dreamer_studio.dreams.scene import RecordedScene, study
from dreamer_studio.replay import Episode, ReplayError
from dreamer_studio.replay.scenes import SceneError
from dreamer_studio.session import Session
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.scene.branches import key_of
from dreamer_studio.viewing.scene.messages import DriveStep, Latents, Scene, SceneFailure, SceneRequest
from dreamer_studio.viewing.scene.source import NoSceneError, SceneSource, as_episode
from dreamer_studio.viewing.weights import LatestAgent

EXTEND_SECONDS = 0.1  # between looks for what has come to pass since of a live scene


class SceneWorker:
    """Meets the newest `SceneRequest`, whatever came before it, and drives scenes on."""

    def __init__(self, session: Session, device: torch.device, channels: Channels) -> None:
        self._channels = channels
        self._device = device
        self._way = session.way
        self._status = session.status
        self._latest = LatestAgent(session, lasting=True)
        self._source = SceneSource(session)
        self._begun = self._driven = 0
        self._under_way = False  # an answer that the window has not taken yet
        self._scene: Scene | None = None
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
            made = study(agent, RecordedScene(found.rows, context), request.length, request.actor, noise)
        except Exception:  # out of memory, say: the scene on show stays here as well
            text = "This dream failed; another one can be asked for."
            self._channels.scene_problem.put(SceneFailure(request.number, text, frame_gone=False))
            raise
        columns = context + request.length
        self._under_way = True
        self._scene = Scene(
            request=request,
            origin=found.origin,
            episode_rows=found.episode_rows,
            update=snapshot.update,
            context=context,
            recorded=min(len(found.rows), columns) if request.actor == "recorded" else context,
            **self._real(found.rows),
            model=np.empty((columns, 64, 64, 3), np.uint8),
            decoded=0,
            action=made.action,
            reward=made.reward,
            value=made.value,
            kl=made.kl,
            entropy=made.entropy,
            policy=np.full_like(made.action, np.nan),
            driven=np.zeros(columns, np.bool_),
            latents=Latents(agent, noise, made.feat, made.posterior, snapshot.config.disclam),
            acting=((0, request.acts),),
            growing=found.origin.live,
        )
        return self._decode_some()

    def _drive(self) -> bool:
        """Go one step on from a column that is on show."""
        step = self._channels.drive_step.get()
        if step is None or step.number == self._driven:
            return False
        self._driven = step.number
        scene, latents = step.scene, step.scene.latents
        try:
            driven = drive(latents.agent, latents.feat[step.column], step.action, latents.noise, scene.request.policy)
            self._channels.driven.put(_driven_on(step, driven, decode(latents.agent, driven.feat.unsqueeze(0))))
        except Exception:  # out of memory, say: another one can be asked for
            self._channels.drive_failed.put(step.number)
            raise
        return True

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
        scene = self._look_up()
        if scene is None or scene.decoded == scene.columns:
            return False
        start, end = scene.decoded, min(scene.decoded + DECODE_AT_ONCE, scene.columns)
        with self._way.taken():
            scene.model[start:end] = decode(scene.latents.agent, scene.latents.feat[start:end])
        self._publish(replace(scene, decoded=end))
        return True

    def _extend(self) -> bool:
        """Put what has come to pass of a live scene beside what was dreamed of it."""
        scene, now = self._scene, time.monotonic()
        if scene is None or not scene.growing or now - self._extended_at < EXTEND_SECONDS:
            return False
        self._extended_at = now
        steps = self._source.steps_of(scene.origin.episode)
        first = scene.first_row
        wanted = [step for step in steps if first <= step.index < first + scene.columns]
        same = len(wanted) >= len(scene.real) and wanted[0].index == first
        growing = same and len(wanted) < scene.columns and not steps[-1].time_step.is_last
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


def _driven_on(step: DriveStep, driven: Driven, image: Images) -> Scene:
    """The scene up to the step's column, and one more."""
    column, scene = step.column, step.scene
    before = scene.up_to(column)
    model = scene.model
    whole = scene.decoded == scene.columns  # else the frames that it lacks are drawn into the same array
    if not whole or column + 1 < scene.decoded or column + 1 >= len(model):  # what is on show is never overwritten
        model = np.concatenate([before.model, np.empty_like(before.model)])
    model[column + 1 : column + 2] = image
    return replace(
        before,
        model=model,
        decoded=column + 2,
        action=np.concatenate([before.action, driven.action[None]]),
        reward=np.append(before.reward, driven.reward),
        value=np.append(before.value, driven.value),
        kl=np.append(before.kl, np.nan),
        entropy=np.append(before.entropy, driven.entropy),
        policy=np.concatenate([before.policy, driven.policy[None]]),
        driven=np.append(before.driven, not np.isnan(step.action).all()),
        acting=before.acting_from(column + 1, scene.request.acts),
        latents=replace(before.latents, feat=torch.cat([before.latents.feat, driven.feat.unsqueeze(0)])),
        step=step.number,
    )
