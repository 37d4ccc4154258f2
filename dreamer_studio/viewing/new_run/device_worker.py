"""Finds the kind of device that computes on this machine, in a process that loads torch."""

from __future__ import annotations

from dreamer_studio.envs import EnvError, WaitInterruptedError
from dreamer_studio.envs.worker import ask
from dreamer_studio.viewing.new_run.waits import WaitingWorker
from dreamer_studio.viewing.worker import CannotAnswerError

MOST_SECONDS = 120.0


class DeviceWorker(WaitingWorker[str, str]):
    """Answers with the kind of a device, such as "cuda" for the device "auto"."""

    def turn(self) -> bool:
        """Find the kind of the requested device, if there is a request. This takes seconds."""
        taken = self.channel.take()
        if taken is None:
            return False
        generation, device = taken
        try:
            with self.wait(generation) as interruption:
                kind = ask("the choice of the device", MOST_SECONDS, _kind, device, interruption=interruption)
        except WaitInterruptedError:  # the page may come back
            self.channel.put_back(generation)
            return True
        except EnvError as error:
            raise CannotAnswerError(str(error)) from error
        self.channel.answer(generation, kind)
        return True


def _kind(device: str) -> str:
    """Return the kind of a device, as the command chooses it. In a child process only: this loads torch."""
    from dreamer_studio.training.opening import choose_device  # noqa: PLC0415  (loads torch)

    return choose_device(device).type
