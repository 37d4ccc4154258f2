"""Dreams from whatever frame a person picks, computed beside training on a snapshot. Qt-free, as the inspector is."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from dreamer_studio.dreamer.agent import PolicyMode
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.dream import DECODE_AT_ONCE, decode
from dreamer_studio.dreams.drive import Driven, drive
from dreamer_studio.dreams.scene import Scene, study
from dreamer_studio.replay import ReplayError
from dreamer_studio.replay.scenes import SceneError
from dreamer_studio.session import Session
from dreamer_studio.studio.latest_agent import LatestAgent
from dreamer_studio.studio.scene_source import NoSceneError, SceneSource, episode_of
from dreamer_studio.studio.views import DriveStep, Pictures, SceneView, SceneWish, Views

EXTEND_SECONDS = 0.1  # between looks for what has come to pass since of a live scene


@dataclass
class _Making:
    """A scene that is being decoded, and driven on.

    Attributes:
        feat: (T, F).
        noise: of the steps that are driven.
        growing: whether more of it may come to pass.
    """

    feat: Tensor
    view: SceneView
    noise: NoiseSource
    growing: bool


class SceneDesk:
    """Meets the newest `SceneWish`; older ones are dropped, and frames of theirs are never decoded."""

    def __init__(self, session: Session, device: torch.device, views: Views) -> None:
        self._views = views
        self._device = device
        self._latest = LatestAgent(session)
        self._source = SceneSource(session)
        self._begun = 0
        self._making: _Making | None = None
        self._extended_at = 0.0

    @torch.inference_mode()
    def turn(self) -> bool:
        """Do one small piece of work, if there is any.

        Returns:
            whether there was.
        """
        wish = self._views.scene_wish.get()
        if wish is None:
            return False
        if wish.number != self._begun:
            return self._begin(wish)
        return self._drive() or self._decode_some() or self._extend()

    def _begin(self, wish: SceneWish) -> bool:
        self._latest.refresh()
        agent = self._latest.agent
        if agent is None:  # the wish waits for the first update
            return False
        problem = ""
        try:
            found = self._source.find(wish)
        except (NoSceneError, SceneError, ReplayError, OSError) as error:
            found, problem = None, str(error)
        if found is None and not problem:
            return False
        self._begun = wish.number
        if found is None:  # the scene on show stays, and can be driven on
            self._views.scene_problem.put((wish.number, problem))
            return True
        context = found.origin.index - found.first + 1
        noise = NoiseSource(wish.seed, self._device)
        made = study(agent, Scene(found.rows, context), wish.length, wish.actor, noise)
        columns = context + wish.length
        view = SceneView(
            wish,
            found.origin,
            found.episode_rows,
            self._latest.update,
            context,
            min(len(found.rows), columns) if wish.actor == "recorded" else context,
            found.rows.image,
            found.rows.reward.astype(np.float64),
            np.empty((columns, 64, 64, 3), np.uint8),
            0,
            made.action,
            made.reward,
            made.value,
            made.kl,
            made.entropy,
            np.full_like(made.action, np.nan),
            np.zeros(columns, np.bool_),
        )
        self._making = _Making(made.feat, view, noise, growing=found.origin.live)
        return self._decode_some()

    def _decode_some(self) -> bool:
        making, agent = self._making, self._latest.agent
        if making is None or agent is None or making.view.decoded == making.view.columns:
            return False
        start, end = making.view.decoded, min(making.view.decoded + DECODE_AT_ONCE, making.view.columns)
        making.view.model[start:end] = decode(agent, making.feat[start:end])
        making.view = replace(making.view, decoded=end)
        self._views.scenes.put(making.view)
        return True

    def _drive(self) -> bool:
        """Go one step on from a column that is on show; what was dreamt after it is forgotten."""
        step, making, agent = self._views.drive_step.get(), self._making, self._latest.agent
        if step is None or making is None or agent is None:
            return False
        view = making.view
        if step.scene != view.wish.number or step.number == view.step:
            return False
        column = min(step.column, view.decoded - 1)
        mode: PolicyMode = "mode" if view.wish.actor == "mode" else "sample"
        driven = drive(agent, making.feat[column], step.action, making.noise, mode)
        making.feat = torch.cat([making.feat[: column + 1], driven.feat.unsqueeze(0)])
        making.view = _driven_on(view, step, column, driven, decode(agent, making.feat[-1:]))
        making.growing = False
        self._views.scenes.put(making.view)
        return True

    def _extend(self) -> bool:
        """Put what has come to pass of a live scene beside what was dreamt of it."""
        making, now = self._making, time.monotonic()
        if making is None or not making.growing or now - self._extended_at < EXTEND_SECONDS:
            return False
        self._extended_at = now
        view = making.view
        steps = self._source.steps_of(view.origin.episode)
        first = view.first_row
        wanted = [step for step in steps if first <= step.index < first + view.columns]
        same = len(wanted) >= len(view.real) and wanted[0].index == first
        if not same or len(wanted) == view.columns or steps[-1].time_step.is_last:
            making.growing = False
        if not same or len(wanted) == len(view.real):
            return False
        rows = episode_of(wanted)
        making.view = replace(
            view, real=rows.image, received=rows.reward.astype(np.float64), episode_rows=steps[-1].index + 1
        )
        self._views.scenes.put(making.view)
        return True


def _driven_on(view: SceneView, step: DriveStep, column: int, driven: Driven, picture: Pictures) -> SceneView:
    """The scene up to a column, and one more."""
    model = view.model
    if column + 1 < view.decoded or column + 1 == len(model):  # what is on show is never overwritten
        model = np.concatenate([model[: column + 1], np.empty_like(model)])
    model[column + 1 : column + 2] = picture
    kept = slice(column + 1)
    context = min(view.context, column + 1)
    return replace(
        view,
        origin=replace(view.origin, index=view.first_row + context - 1),
        context=context,
        recorded=min(view.recorded, column + 1),
        real=view.real[kept],
        received=view.received[kept],
        model=model,
        decoded=column + 2,
        action=np.concatenate([view.action[kept], driven.action[None]]),
        reward=np.append(view.reward[kept], driven.reward),
        value=np.append(view.value[kept], driven.value),
        kl=np.append(view.kl[kept], np.nan),
        entropy=np.append(view.entropy[kept], driven.entropy),
        policy=np.concatenate([view.policy[kept], driven.policy[None]]),
        driven=np.append(view.driven[kept], not np.isnan(step.action).all()),
        step=step.number,
    )
