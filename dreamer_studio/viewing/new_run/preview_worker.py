"""Plays the beginning of an episode of random actions, in the environment's own process."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from dreamer_studio.config import Config
from dreamer_studio.envs import (
    EnvError,
    EnvProcess,
    WaitInterruptedError,
    episode_seed,
    open_env,
    random_action,
)
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.frames import GrowingFrames
from dreamer_studio.viewing.new_run.messages import Preview
from dreamer_studio.viewing.new_run.waits import WaitingWorker
from dreamer_studio.viewing.worker import CannotAnswerError

FRAMES = 200
"""Length of a preview; the window repeats the frames, so the environment's process ends early."""

SLICE_SECONDS = 0.1
"""Time between two answers."""


class PreviewWorker(WaitingWorker[Config, Preview]):
    """Starts the environment, plays until the preview is long enough, and ends the environment."""

    def __init__(self, channel: Channel[Config, Preview]) -> None:
        super().__init__(channel)
        self._env: EnvProcess | None = None
        self._generation = 0
        self._config: Config | None = None
        self._result: Preview | None = None
        self._noise = np.random.default_rng(0)
        self._episodes = 0
        self._return = 0.0

    def turn(self) -> bool:
        """Start a preview that was asked for, or play on for a moment."""
        taken = self.channel.take()
        if taken is None and (self._env is None or not self.channel.wants(self._generation)):
            self.close()
            return False
        try:
            if taken is not None:
                self._begin(*taken)
            else:
                with self.wait(self._generation, same=True):
                    self._play_on()
        except WaitInterruptedError:
            self.close()
            self.channel.put_back(self._generation)  # taken again only if no newer request replaces it
        except EnvError as error:
            self.close()
            raise CannotAnswerError(str(error)) from error
        except BaseException:
            self.close()
            raise
        return True

    def close(self) -> None:
        """End the environment's process, if there is one."""
        env, self._env = self._env, None
        if env is not None:
            env.close()

    def _begin(self, generation: int, config: Config) -> None:
        self.close()
        self._generation, self._config = generation, config
        self._noise, self._episodes, self._return = np.random.default_rng(config.seed), 0, 0.0
        with self.wait(generation) as interruption:
            self._env = open_env(config, interruption)
            first = self._env.reset(episode_seed(config.seed, 0, "view"))
        self._frames = GrowingFrames(first.image[None], FRAMES)
        self._result = Preview(self._env.spec, self._frames.published)
        self.channel.answer(generation, self._result, done=False)

    def _play_on(self) -> None:
        env, config, result = self._env, self._config, self._result
        assert env is not None and config is not None and result is not None
        until = time.monotonic() + SLICE_SECONDS
        while time.monotonic() < until and len(self._frames) < FRAMES:
            row = env.step(random_action(env.spec, self._noise))
            self._frames.append(row.image[None])
            self._return += row.reward
            if row.is_last:
                self._episodes += 1
                if self._episodes == 1:
                    result = replace(result, first_length=len(self._frames) - 1, first_return=self._return)
                again = env.reset(episode_seed(config.seed, self._episodes, "view"))
                self._frames.append(again.image[None])
        done = len(self._frames) >= FRAMES
        if done:
            self.close()
        self._result = replace(result, frames=self._frames.published)
        self.channel.answer(self._generation, self._result, done=done)
