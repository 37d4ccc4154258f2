"""Imagines one recorded scene with several checkpoints, all with the same context, actions and noise."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from dreamer_studio.config import ConfigError
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.dream import DECODE_AT_ONCE, decode
from dreamer_studio.dreams.features import to_floats
from dreamer_studio.dreams.image_error import square_error
from dreamer_studio.dreams.open_loop import open_loop
from dreamer_studio.dreams.rewards import as_learned
from dreamer_studio.replay import Episode, ReplayError
from dreamer_studio.replay.scenes import SceneError
from dreamer_studio.runs.errors import InputError
from dreamer_studio.session import Session
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.compare.agents import CheckpointAgents
from dreamer_studio.viewing.compare.messages import CompareRequest, CompareResult, Contestant, Course
from dreamer_studio.viewing.scene.messages import SceneRequest
from dreamer_studio.viewing.scene.recorded import recorded_part
from dreamer_studio.viewing.scene.source import NoSceneError, SceneSource


@dataclass
class _Comparison:
    """A comparison in progress.

    Attributes:
        generation: the generation of the request.
        rows: the rows of the scene.
        result: the result so far.
        waiting: checkpoints that have not imagined the scene yet.
        rolled: the agent whose frames are being decoded, and its features (T, F).
    """

    generation: int
    rows: Episode
    result: CompareResult
    waiting: list[Contestant]
    rolled: tuple[Agent, Tensor] | None = None


class CompareWorker:
    """Answers the newest `CompareRequest`: one checkpoint after the other, a few frames at a time.

    The worker needs nothing from the training: weights and scenes come from files, and a running episode from its feed.
    """

    def __init__(
        self, session: Session, agents: CheckpointAgents, channel: Channel[CompareRequest, CompareResult]
    ) -> None:
        self.channel = channel
        self._session = session
        self._agents = agents
        self._source = SceneSource(session)
        self._comparison: _Comparison | None = None

    @torch.inference_mode()
    def turn(self) -> bool:
        """Do one small piece of work, if there is any, and return whether there was."""
        taken = self.channel.take()
        if taken is not None:
            self._comparison = None
            self._begin(*taken)
            return True
        comparison = self._comparison
        if comparison is None or not self.channel.wants(comparison.generation):
            return False
        if comparison.rolled is not None:
            self._decode_some(comparison, *comparison.rolled)
        elif comparison.waiting:
            self._imagine(comparison, comparison.waiting.pop(0))
        else:
            self._publish(comparison, whole=True)
        return True

    def _begin(self, generation: int, request: CompareRequest) -> None:
        try:
            found = self._source.find(
                SceneRequest(request.origin, request.context, request.length, "recorded", request.seed)
            )
        except (NoSceneError, SceneError, ReplayError, OSError) as error:
            self.channel.fail(generation, str(error))
            return
        assert found is not None  # a request names its frame
        recorded = recorded_part(found.rows, self._session.status.get().config)
        result = CompareResult(request, found.origin, found.context, **recorded)
        self._comparison = _Comparison(generation, found.rows, result, list(request.contestants))
        self._publish(self._comparison)

    def _imagine(self, comparison: _Comparison, contestant: Contestant) -> None:
        """Compute all features and rewards of a checkpoint, which take little time compared to its images."""
        before, rows = comparison.result, comparison.rows
        try:
            trained = self._agents.load(contestant)
        except (InputError, ConfigError, OSError) as error:
            self._publish(comparison, left_out=(*before.left_out, str(error)))
            return
        agent = trained.agent
        feat = imagine(agent, rows, before.context, before.request.seed, self._agents.device)
        reward = to_floats(agent.heads(feat).reward)
        difference = np.abs(reward - as_learned(rows.reward, trained.config))
        course = Course(contestant, before.real[:0], np.empty(0), reward, difference)
        comparison.result = replace(before, courses=(*before.courses, course))
        comparison.rolled = agent, feat
        self._decode_some(comparison, agent, feat)

    def _decode_some(self, comparison: _Comparison, agent: Agent, feat: Tensor) -> None:
        before = comparison.result
        course = before.courses[-1]
        done = len(course.model)
        newer = decode(agent, feat[done : done + DECODE_AT_ONCE])
        errors = square_error(newer, before.real[done : done + len(newer)])
        course = replace(
            course,
            model=np.concatenate([course.model, newer]),
            image_error=np.append(course.image_error, errors),
        )
        if len(course.model) == before.columns:
            comparison.rolled = None
        self._publish(comparison, courses=(*before.courses[:-1], course))

    def _publish(self, comparison: _Comparison, **changes: object) -> None:
        result = comparison.result = replace(comparison.result, **changes)  # type: ignore[arg-type]
        self.channel.answer(comparison.generation, result, done=result.whole)


def imagine(agent: Agent, rows: Episode, context: int, seed: int, device: torch.device) -> Tensor:
    """Return features (T, F) of T rows: of posteriors over the context, then of priors along the recorded actions.

    The same seed gives the same noise to all agents whose stochastic states have the same size.
    """
    noise = NoiseSource(seed, device)
    image = torch.from_numpy(rows.image[:context]).to(device).unsqueeze(0)
    action = torch.from_numpy(rows.action).to(device).unsqueeze(0)
    posterior_noise = agent.noise(noise, context, 1)
    states = open_loop(agent, image, action, context, posterior_noise, agent.noise(noise, len(rows) - context, 1))
    return states.feat[0]
