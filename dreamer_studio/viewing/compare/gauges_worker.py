"""Compares checkpoints through the gauges of Trust, part by part."""

from __future__ import annotations

import time
from collections.abc import Generator

import torch

from dreamer_studio.config import ConfigError
from dreamer_studio.envs import EnvError, Interruption, WaitInterruptedError
from dreamer_studio.parts import mapped
from dreamer_studio.runs.errors import InputError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.planning import check_task
from dreamer_studio.session import Session
from dreamer_studio.texts import reason_of
from dreamer_studio.trust.comparing.comparing import comparing
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.compare.messages import GaugesRequest, GaugesResult
from dreamer_studio.viewing.trust.playing import player_with
from dreamer_studio.viewing.worker import CannotAnswerError


class GaugesWorker:
    """Answers the newest request in small parts; for one thread. A withdrawn request ends the work and its process."""

    def __init__(self, session: Session, device: torch.device, channel: Channel[GaugesRequest, GaugesResult]) -> None:
        self.channel = channel
        self._session = session
        self._device = device
        self._interruption = Interruption()
        self._generation = 0
        self._work: Generator[GaugesResult, None, None] | None = None

    def turn(self) -> bool:
        """Do one part of the work, if there is any, and return whether there was."""
        taken = self.channel.take()
        if taken is not None:
            self.close()
            self._generation = taken[0]
            self._work = self._compare(taken[1])
        elif self._work is not None and self.channel.generation != self._generation:
            self.close()  # canceled
        if self._work is None or not self.channel.wants(self._generation):
            return False
        work, self._work = self._work, None  # after a failure, the next request starts from scratch
        result = next(work, None)
        if result is not None:
            self._work = work
            self.channel.answer(self._generation, result, done=result.comparison is not None)
        return True

    def give_up(self) -> None:
        """Stop waiting for the environment, for good. Any thread may call this."""
        self._interruption.request()

    def close(self) -> None:
        """Stop the work in hand, and end the environment's process."""
        work, self._work = self._work, None
        if work is not None:
            work.close()

    def _compare(self, request: GaugesRequest) -> Generator[GaugesResult, None, None]:
        began = time.monotonic()
        yield GaugesResult(request, None, "begins")
        try:
            self._check_tasks(request)
            play = player_with(self._device, self._interruption)
            parts = comparing([one.path for one in request.contestants], play, self._device, request.episodes)
            comparison = yield from mapped(
                parts, lambda words: GaugesResult(request, None, words, time.monotonic() - began)
            )
        except WaitInterruptedError as error:
            raise CannotAnswerError("The run closes.") from error
        except EnvError as error:
            raise CannotAnswerError(f"The environment failed: {error}") from error
        except (InputError, ConfigError, OSError) as error:
            reason = reason_of(error)
            raise CannotAnswerError(f"{reason[0].upper()}{reason[1:]}.") from error
        yield GaugesResult(request, comparison, "", time.monotonic() - began)

    def _check_tasks(self, request: GaugesRequest) -> None:
        """Refuse runs of other tasks than the open one: a stranger's task may run code."""
        task = self._session.status.get().config.task
        for folder in dict.fromkeys(one.folder for one in request.contestants):
            check_task(folder, RunFolder(folder).read(), task)
