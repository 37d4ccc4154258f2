"""Compares checkpoints through the gauges of Trust, part by part."""

from __future__ import annotations

import time
from collections.abc import Generator

import torch

from dreamer_studio.config import ConfigError
from dreamer_studio.parts import mapped
from dreamer_studio.runs.errors import InputError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.planning import check_task
from dreamer_studio.session import Session
from dreamer_studio.texts import reason_of
from dreamer_studio.trust.comparing.comparing import comparing
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.compare.messages import GaugesRequest, GaugesResult
from dreamer_studio.viewing.parts_worker import PartsWorker
from dreamer_studio.viewing.trust.playing import player_with
from dreamer_studio.viewing.worker import CannotAnswerError


class GaugesWorker(PartsWorker[GaugesRequest, GaugesResult]):
    """Answers each request with a comparison of its checkpoints."""

    def __init__(self, session: Session, device: torch.device, channel: Channel[GaugesRequest, GaugesResult]) -> None:
        super().__init__(channel)
        self._session = session
        self._device = device

    def answering(self, request: GaugesRequest) -> Generator[GaugesResult, None, None]:
        """Compare the checkpoints of a request."""
        began = time.monotonic()
        yield GaugesResult(request, None, "begins")
        try:
            self._check_tasks(request)
            play = player_with(self._device, self.interruption)
            parts = comparing([one.path for one in request.contestants], play, self._device, request.episodes)
            comparison = yield from mapped(
                parts, lambda words: GaugesResult(request, None, words, time.monotonic() - began)
            )
        except (InputError, ConfigError, OSError) as error:
            reason = reason_of(error)
            raise CannotAnswerError(f"{reason[0].upper()}{reason[1:]}.") from error
        yield GaugesResult(request, comparison, "", time.monotonic() - began)

    def _check_tasks(self, request: GaugesRequest) -> None:
        """Refuse runs whose task differs from that of the open run: a stranger's task may run code."""
        task = self._session.status.get().config.task
        for folder in dict.fromkeys(one.folder for one in request.contestants):
            check_task(folder, RunFolder(folder).read(), task)
