"""Checks a task before a training, in the environment's own process."""

from __future__ import annotations

from dreamer_studio.check import check_task
from dreamer_studio.config import Config, ConfigError
from dreamer_studio.envs import WaitInterruptedError
from dreamer_studio.viewing.new_run.measurements import PLAYING
from dreamer_studio.viewing.new_run.messages import CheckResult
from dreamer_studio.viewing.new_run.waits import WaitingWorker
from dreamer_studio.viewing.worker import CannotAnswerError


class CheckWorker(WaitingWorker[Config, CheckResult]):
    """Answers with the progress of a check, and finally with its report."""

    def turn(self) -> bool:
        """Check the requested task, if there is one. This takes some seconds."""
        taken = self.channel.take()
        if taken is None:
            return False
        generation, config = taken

        def tell(doing: str, share: float) -> None:
            self.channel.answer(generation, CheckResult(config.task, doing, share), done=False)

        try:
            with self.wait(generation) as interruption:
                settings = {name: getattr(config, name) for name in PLAYING if name != "task"}
                report = check_task(config.task, settings=settings, progress=tell, interruption=interruption)
        except WaitInterruptedError:
            self.channel.put_back(generation)  # taken again only if it was not withdrawn
            return True
        except ConfigError as error:
            raise CannotAnswerError(str(error)) from error
        self.channel.answer(generation, CheckResult(config.task, "", 1.0, report))
        return True
