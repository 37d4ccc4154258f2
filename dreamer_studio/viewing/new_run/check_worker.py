"""Checks a task before a training, in the environment's own process."""

from __future__ import annotations

from collections.abc import Callable

from dreamer_studio.check import check_task
from dreamer_studio.config import Config, ConfigError
from dreamer_studio.envs import Interruption
from dreamer_studio.viewing.new_run.measurements import PLAYING
from dreamer_studio.viewing.new_run.messages import CheckResult
from dreamer_studio.viewing.new_run.waits import ProcessWorker
from dreamer_studio.viewing.worker import CannotAnswerError


class CheckWorker(ProcessWorker[Config, CheckResult]):
    """Answers with the progress of a check, and finally with its report."""

    def find(self, request: Config, interruption: Interruption, tell: Callable[[CheckResult], None]) -> CheckResult:
        """Check the task of a configuration. This takes some seconds."""

        def progress(doing: str, share: float) -> None:
            tell(CheckResult(request.task, doing, share))

        settings = {name: getattr(request, name) for name in PLAYING if name != "task"}
        try:
            report = check_task(request.task, settings=settings, progress=progress, interruption=interruption)
        except ConfigError as error:
            raise CannotAnswerError(str(error)) from error
        return CheckResult(request.task, "", 1.0, report)
