"""Finds the kind of device that computes on this machine, in a process that loads torch."""

from __future__ import annotations

from collections.abc import Callable

from dreamer_studio.envs import Interruption
from dreamer_studio.envs.worker import ask
from dreamer_studio.viewing.new_run.waits import ProcessWorker

MOST_SECONDS = 120.0


class DeviceWorker(ProcessWorker[str, str]):
    """Answers with the kind of a device, such as "cuda" for the device "auto"."""

    def find(self, request: str, interruption: Interruption, tell: Callable[[str], None]) -> str:
        """Return the kind of a device. This takes seconds."""
        return ask("the choice of the device", MOST_SECONDS, _kind, request, interruption=interruption)


def _kind(device: str) -> str:
    """Return the kind of a device, as the command chooses it. In a child process only: this loads torch."""
    from dreamer_studio.training.opening import choose_device  # noqa: PLC0415  (loads torch)

    return choose_device(device).type
