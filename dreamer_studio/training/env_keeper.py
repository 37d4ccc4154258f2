"""Starts the processes of a run's environments, and replaces those that have ended or leak memory."""

from __future__ import annotations

from collections.abc import Callable

from dreamer_studio.envs import EnvProcess

GROWTH = 2
MIB = 2**20


class EnvKeeper:
    """Keeps the process of one environment.

    Attributes:
        env: the process, alive or not; None before the first start and after `close`.
    """

    def __init__(self, opener: Callable[[], EnvProcess], env: EnvProcess | None = None) -> None:
        """Begin with a process that has started already, or without one; `opener` starts further ones."""
        self._opener = opener
        self.env = env

    def get(self) -> EnvProcess:
        """Return a living process; starts one if there is none or if it has ended.

        Raises:
            EnvError, WaitInterruptedError: it could not be started.
        """
        if self.env is None or not self.env.is_alive():
            self.close()
            self.env = self._opener()
        return self.env

    def set_timeout(self, seconds: float) -> None:
        """Let the running process take this long for each answer from now on."""
        if self.env is not None:
            self.env.step_timeout = seconds

    def close(self) -> None:
        """End the process, if there is one."""
        if self.env is not None:
            self.env.close()
        self.env = None

    def close_if_unsound(self, limit_mb: int) -> str:
        """End a process that has died or leaks memory, so that the next episode gets a new one.

        Call it between two episodes. A process leaks if it takes more than the limit and more than twice the memory at
        its start. So a large simulator is left alone.

        Args:
            limit_mb: the limit in MiB; 0 for none.

        Returns:
            what is wrong, in words; empty if nothing is.
        """
        if self.env is None:
            return ""
        found = self.env.ending() or _leak_in_words(self.env, limit_mb)
        if found:
            self.close()
        return found


def _leak_in_words(env: EnvProcess, limit_mb: int) -> str:
    memory = env.memory_bytes() if limit_mb else 0
    if memory <= max(limit_mb * MIB, GROWTH * env.memory_at_start):
        return ""
    return (
        f"{env.spec.task}: the memory of the environment process grew from {env.memory_at_start // MIB:,} to "
        f"{memory // MIB:,} MiB, over env_memory_mb={limit_mb}"
    )
