"""Answers the standing request of the chapter on show with each newer snapshot of the weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import torch

from dreamer_studio.replay import ReplayError
from dreamer_studio.session import Session
from dreamer_studio.texts import reason_of
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.learn.covered import cover
from dreamer_studio.viewing.learn.exploration import explore
from dreamer_studio.viewing.learn.gradient import follow_gradient
from dreamer_studio.viewing.learn.held import hold
from dreamer_studio.viewing.learn.horizon import compare_horizons
from dreamer_studio.viewing.learn.looking import look
from dreamer_studio.viewing.learn.messages import LearnRequest, LearnResult
from dreamer_studio.viewing.learn.messages.covered import CoveredRequest
from dreamer_studio.viewing.learn.messages.exploration import ExplorationRequest
from dreamer_studio.viewing.learn.messages.gradient import GradientRequest
from dreamer_studio.viewing.learn.messages.held import HeldRequest
from dreamer_studio.viewing.learn.messages.horizon import HorizonRequest
from dreamer_studio.viewing.learn.messages.loop import LoopRequest
from dreamer_studio.viewing.learn.messages.promises import PromisesRequest
from dreamer_studio.viewing.learn.messages.reconstruction import ReconstructionRequest
from dreamer_studio.viewing.learn.messages.reward import RewardRequest
from dreamer_studio.viewing.learn.messages.targets import LambdaRequest
from dreamer_studio.viewing.learn.promises import improve
from dreamer_studio.viewing.learn.reconstruction import reconstruct
from dreamer_studio.viewing.learn.reward import predict_rewards
from dreamer_studio.viewing.learn.scene import FixedScenes, LearnScene
from dreamer_studio.viewing.learn.targets import targets
from dreamer_studio.viewing.scene.source import NoSceneError
from dreamer_studio.viewing.throttle import Throttle
from dreamer_studio.viewing.weights import LatestAgent
from dreamer_studio.viewing.worker import CannotAnswerError

AGAIN_SECONDS: Final = 1.0
"""Least time between two answers to the same request."""

_ANSWERS: Final[Mapping[type[LearnRequest], Callable[[Any, LearnScene], LearnResult]]] = {
    LoopRequest: look,
    ReconstructionRequest: reconstruct,
    CoveredRequest: cover,
    HeldRequest: hold,
    RewardRequest: predict_rewards,
    HorizonRequest: compare_horizons,
    LambdaRequest: targets,
    GradientRequest: follow_gradient,
    PromisesRequest: improve,
    ExplorationRequest: explore,
}
"""The function that answers each kind of request."""


class LearnWorker:
    """Answers at once with the newest weights, and again whenever there are newer ones; for one thread."""

    def __init__(self, session: Session, device: torch.device, channel: Channel[LearnRequest, LearnResult]) -> None:
        self.channel = channel
        self._device = device
        self._weights = LatestAgent(session, lasting=True)
        self._scenes = FixedScenes(session)
        self._due = Throttle(AGAIN_SECONDS)
        self._generation = 0
        self._request: LearnRequest | None = None
        self._answered = -1

    @torch.inference_mode()
    def turn(self) -> bool:
        """Answer a request, if there is any and the weights are new, and return whether there was."""
        taken = self.channel.take()
        if taken is not None:
            self._generation, self._request = taken
            self._answered = -1
        if self._request is None or not self.channel.wants(self._generation):
            return False
        self._weights.refresh()
        agent, snapshot = self._weights.agent, self._weights.snapshot
        if agent is None or snapshot is None or snapshot.update == self._answered:
            return False
        if self._answered >= 0 and not self._due():
            return False
        try:
            origin, rows, rewards = self._scenes.find(self._request.scene)
        except NoSceneError as error:
            raise CannotAnswerError(str(error)) from error
        except (ReplayError, OSError) as error:
            raise CannotAnswerError(f"The episode cannot be read: {reason_of(error)}") from error
        self._answered = snapshot.update
        scene = LearnScene(agent, snapshot, origin, rows, rewards, self._device)
        self.channel.answer(self._generation, _ANSWERS[type(self._request)](self._request, scene), done=False)
        return True
