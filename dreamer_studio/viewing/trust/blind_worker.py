"""Drives blind with the newest weights of a run, one agent step per turn."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator

import torch

from dreamer_studio.envs import EnvError, Interruption, WaitInterruptedError, episode_seed, open_env
from dreamer_studio.parts import mapped
from dreamer_studio.session import Session
from dreamer_studio.texts import rough_time
from dreamer_studio.trust.blind import blind_gauge, driving_all
from dreamer_studio.trust.players import BLIND_EPISODES, BLIND_IN_ALL
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.trust.messages import BlindResult
from dreamer_studio.viewing.trust.newest import newest_agent
from dreamer_studio.viewing.weights import LatestAgent
from dreamer_studio.viewing.worker import CannotAnswerError


class BlindWorker:
    """Answers each request with the gauge of blind driving; for one thread.

    A judgment in the same thread gets its turns in between. The environment's process ends if the request is withdrawn.
    """

    def __init__(self, session: Session, device: torch.device, channel: Channel[None, BlindResult]) -> None:
        self.channel = channel
        self._session = session
        self._device = device
        self._weights = LatestAgent(session, lasting=True)
        self._interruption = Interruption()
        self._generation = 0
        self._work: Iterator[BlindResult] | None = None

    def turn(self) -> bool:
        """Take one agent step, if there is a request, and return whether there was."""
        taken = self.channel.take()
        if taken is not None or not self.channel.asked:
            self.close()
        if taken is not None:
            self._generation = taken[0]
            self._work = self._drive()
        if self._work is None or not self.channel.wants(self._generation):
            return False
        work, self._work = self._work, None  # after a failure, the next request starts from scratch
        result = next(work, None)
        if result is not None:
            self._work = work
            self.channel.answer(self._generation, result, done=not result.progress)
        return True

    def give_up(self) -> None:
        """Stop waiting for the environment, for good. Any thread may call this."""
        self._interruption.request()

    def close(self) -> None:
        """Stop driving, and end the environment's process."""
        work, self._work = self._work, None
        if isinstance(work, Generator):
            work.close()

    def _drive(self) -> Iterator[BlindResult]:
        waiting = newest_agent(self._weights, self._session)
        agent, snapshot = yield from mapped(waiting, lambda words: BlindResult(0, 0, progress=words))
        seeds = [episode_seed(snapshot.config.seed, number, "view") for number in range(BLIND_EPISODES)]
        pace = _Pace()

        def doing(place: tuple[int, int]) -> BlindResult:
            return BlindResult(snapshot.step, snapshot.update, progress=pace.words(*place))

        try:
            with open_env(snapshot.config, self._interruption) as env:
                returns = yield from mapped(driving_all(agent, env, seeds, self._device), doing)
        except WaitInterruptedError as error:
            raise CannotAnswerError("The run closes.") from error
        except EnvError as error:
            raise CannotAnswerError(f"The environment failed: {error}") from error
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
