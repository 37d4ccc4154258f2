"""The processes of a run's environments: started when they are needed, and anew where one has ended or leaks."""

from __future__ import annotations

from collections.abc import Callable

from dreamer_studio.config import Config
from dreamer_studio.envs import EnvProcess, Interruption

GROWTH = 2
MIB = 2**20


def open_env(config: Config, interruption: Interruption | None = None) -> EnvProcess:
    """Start the process of the task's environment.

    Raises:
        EnvError: there is no such task, or it cannot run here; the message says what to do.
        WaitInterruptedError: `interruption` says that nobody is to wait for it.
    """
    return EnvProcess(
        config.task,
        suite_package=config.suite_package,
        action_repeat=config.action_repeat,
        time_limit=config.time_limit or None,
        render_quality=config.render_quality,
        observe=config.observe,
        render_small=config.render_small,
        step_timeout=config.env_timeout,
        interruption=interruption,
    )


class EnvKeeper:
    """Keeps the process of one environment.

    Attributes:
        env: the process, be it alive or not; None while none has started since the last `close`.
    """

    def __init__(self, opener: Callable[[], EnvProcess], env: EnvProcess | None = None) -> None:
        """Begin with a process that has started already, or with none; `opener` starts others."""
        self._opener = opener
        self.env = env

    def get(self) -> EnvProcess:
        """A process that can go on: another one where there is none or it has ended.

        Raises:
            EnvError, WaitInterruptedError: none could be started.
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
        """Between two episodes: give up a process that has ended or leaks, so that the next episode gets a new one.

        It leaks where it takes more than the limit and twice what it took at its start: a simulator that is simply
        large is left alone.

        Args:
            limit_mb: MiB that it may take; 0 for any.

        Returns:
            what was found, in words; nothing where all is well.
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
