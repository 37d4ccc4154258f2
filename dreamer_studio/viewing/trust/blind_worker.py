"""Drives blind with the newest weights of a run, one agent step per turn."""

from __future__ import annotations

import time
from collections.abc import Generator

import torch

from dreamer_studio.envs import episode_seed, open_env
from dreamer_studio.parts import mapped
from dreamer_studio.session import Session
from dreamer_studio.texts import rough_time
from dreamer_studio.trust.blind import blind_gauge, driving_all
from dreamer_studio.trust.players import BLIND_EPISODES, BLIND_IN_ALL
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.parts_worker import PartsWorker
from dreamer_studio.viewing.trust.messages import BlindResult
from dreamer_studio.viewing.trust.newest import newest_agent
from dreamer_studio.viewing.weights import LatestAgent


class BlindWorker(PartsWorker[None, BlindResult]):
    """Answers each request with the gauge of blind driving. A judgment in the same thread gets its turns in between."""

    def __init__(self, session: Session, device: torch.device, channel: Channel[None, BlindResult]) -> None:
        super().__init__(channel)
        self._session = session
        self._device = device
        self._weights = LatestAgent(session, lasting=True)

    def answering(self, request: None) -> Generator[BlindResult, None, None]:
        """Drive with the newest weights."""
        waiting = newest_agent(self._weights, self._session)
        agent, snapshot = yield from mapped(waiting, lambda words: BlindResult(0, 0, progress=words))
        seeds = [episode_seed(snapshot.config.seed, number, "view") for number in range(BLIND_EPISODES)]
        pace = _Pace()

        def doing(place: tuple[int, int]) -> BlindResult:
            return BlindResult(snapshot.step, snapshot.update, progress=pace.words(*place))

        with open_env(snapshot.config, self.interruption) as env:
            returns = yield from mapped(driving_all(agent, env, seeds, self._device), doing)
        yield BlindResult(snapshot.step, snapshot.update, blind_gauge(returns))


class _Pace:
    """Says how far the driving has come, and how long the rest takes at the pace so far."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._episode = 1
        self._ended_at = self._began

    def words(self, episode: int, step: int) -> str:
        """Return the progress after a step of an episode, both counted from 1."""
        if episode != self._episode:
            self._episode, self._ended_at = episode, time.monotonic()
        place = f"plays episode {episode} of {BLIND_IN_ALL}, step {step}"
        if episode == 1:
            return place
        left = (self._ended_at - self._began) / (episode - 1) * (BLIND_IN_ALL - episode + 1)
        left -= time.monotonic() - self._ended_at
        return f"{place}; about {rough_time(max(0.0, left))} left"
