"""Dreams from any frame that the user chooses, with the newest weights."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.dream import DECODE_AT_ONCE, decode
from dreamer_studio.dreams.scene import RecordedScene, SceneRollout, roll_out_scene
from dreamer_studio.replay import ReplayError
from dreamer_studio.replay.scenes import SceneError
from dreamer_studio.session import Session, Snapshot
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.frames import read_only
from dreamer_studio.viewing.scene.columns import SceneColumns
from dreamer_studio.viewing.scene.messages import FILM_ACTS, Scene, SceneRequest
from dreamer_studio.viewing.scene.recorded import scene_record
from dreamer_studio.viewing.scene.source import Found, NoSceneError, SceneSource
from dreamer_studio.viewing.scene.states import SceneState, SceneStates
from dreamer_studio.viewing.weights import LatestAgent


class SceneWorker:
    """Answers the newest `SceneRequest` with all numbers of the scene and its first frames."""

    def __init__(
        self, session: Session, device: torch.device, channel: Channel[SceneRequest, Scene], states: SceneStates
    ) -> None:
        self.channel = channel
        self._session = session
        self._device = device
        self.states = states
        self._latest = LatestAgent(session, lasting=True)
        self._source = SceneSource(session)

    @torch.inference_mode()
    def turn(self) -> bool:
        """Answer a request, if there is any that can be met now, and return whether there was."""
        taken = self.channel.take()
        if taken is None:
            return False
        with self._session.way.taken():
            return self._answer(*taken)

    def _answer(self, generation: int, request: SceneRequest) -> bool:
        self._latest.refresh()
        snapshot = self._latest.snapshot
        try:
            found = self._source.find(request) if snapshot is not None else None
            actions = self._actions_of(request)
        except (NoSceneError, SceneError, ReplayError, OSError) as error:
            self.channel.fail(generation, str(error))
            return True
        if snapshot is None or found is None:  # wait for the first update, or for the first frame
            self.channel.put_back(generation)
            return False
        self.channel.answer(generation, self._dream(generation, request, found, snapshot, actions))
        return True

    def _actions_of(self, request: SceneRequest) -> NDArray[np.float32] | None:
        """Return the actions of a request, (n, A), or None if there are none, or no agent yet.

        Raises:
            NoSceneError: they are not actions of this run.
        """
        agent = self._latest.agent
        if not request.actions or agent is None:
            return None
        sizes = {len(action) for action in request.actions}
        if sizes != {agent.action_size}:
            theirs = ", ".join(map(str, sorted(sizes)))
            raise NoSceneError(f"The film's actions have {theirs} numbers; those of this run have {agent.action_size}.")
        return np.clip(np.array(request.actions[: request.length], np.float32), -1, 1)

    def _dream(
        self,
        generation: int,
        request: SceneRequest,
        found: Found,
        snapshot: Snapshot,
        actions: NDArray[np.float32] | None,
    ) -> Scene:
        agent = self._latest.agent
        assert agent is not None
        context = found.context
        noise = NoiseSource(request.seed, self._device)
        made = roll_out_scene(agent, RecordedScene(found.rows, context), request.length, request.actor, noise, actions)
        columns = _columns_of(made)
        along = len(found.rows) if request.actor == "recorded" and actions is None else context
        acting = ((0, request.acts),) if actions is None else ((0, FILM_ACTS), (context + len(actions), request.acts))
        return Scene(
            number=generation,
            request=request,
            origin=found.origin,
            episode_rows=found.episode_rows,
            update=snapshot.update,
            context=context,
            recorded=min(along, len(columns)),
            **scene_record(found.rows, found.later, self._session.status.get().config, terminal=found.terminal),
            model=read_only(decode(agent, made.feat[:DECODE_AT_ONCE])),
            columns=columns,
            latents=self.states.keep(SceneState(agent, noise, made.feat, made.posterior, snapshot.config.disclam)),
            acting=acting,
            growing=found.origin.live,
        )


def _columns_of(made: SceneRollout) -> SceneColumns:
    nobody_drove = np.full_like(made.action, np.nan), np.zeros(len(made.reward), np.bool_)
    return SceneColumns(made.action, made.reward, made.value, made.kl, made.entropy, made.ending, *nobody_drove)
