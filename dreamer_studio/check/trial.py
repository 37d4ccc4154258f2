"""Plays an environment for a check."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.check.findings import Findings, Memory, Printed, Repeat, Speed
from dreamer_studio.config import Config, with_overrides
from dreamer_studio.envs import EnvError, EnvProcess, Interruption, TimeStep, open_env, random_action

STEPS: Final = 100
"""Random steps."""

STEPS_AGAIN: Final = 50
"""Steps of the longest episode that are played once more from the same seed."""

STEPS_OTHERWISE: Final = 30
"""Steps from the same seed with other actions."""

SECONDS: Final = 15.0
"""Seconds that the random steps may take; a slow environment is checked with fewer."""

LEAST_SECONDS: Final = 0.005
"""Least total time of the steps without frames, in seconds; a shorter time is too inexact."""

_SETTLED: Final = 20  # steps after which caches should be full
_SHARES: Final = {"start": 0.3, "steps": 0.7, "again": 0.85, "others": 0.95}
_HANGS: Final = "Timeout ("  # the beginning of a stack that `faulthandler` writes
_MOST_PRINTED: Final = 2**20  # bytes of the output that are read

Action = NDArray[np.float32]


class Trial:
    """Plays an environment once.

    Args:
        output: File that gets the output of the environment.
        progress: Called with the current activity and the finished share.
        interruption: Ends the trial from another thread.
    """

    def __init__(self, output: Path, progress: Callable[[str, float], None], interruption: Interruption) -> None:
        self._output = output
        self._progress = progress
        self._interruption = interruption
        self._noise = np.random.default_rng(0)
        self._steps: list[TimeStep] = []
        self._seconds: list[float] = []
        self._memory = Memory()

    def play(self, config: Config, start_timeout: float, step_timeout: float) -> Findings:
        """Start the environment, play, and end its process.

        Raises:
            WaitInterruptedError: If the interruption came.
        """
        self._progress("starting the environment", 0.0)
        begun = time.perf_counter()
        try:
            config = with_overrides(config, {"env_timeout": step_timeout})
            env = open_env(config, self._interruption, start_timeout=start_timeout, output=self._output)
        except EnvError as error:
            seconds = time.perf_counter() - begun
            return Findings(config.task, Speed(seconds), printed=self._printed(), failure=error)
        speed = Speed(time.perf_counter() - begun)
        with env:
            return self._played(env, Findings(config.task, speed, env.spec))

    def _played(self, env: EnvProcess, found: Findings) -> Findings:
        at_start = len(self._read()[0])
        self._memory = Memory(env.memory_at_start, env.memory_at_start, env.memory_at_start)
        failure: EnvError | None = None
        try:
            found = replace(found, action_space=env.action_space())
            found = replace(found, speed=self._random_steps(env, found.speed))
            for part in (self._again, self._others, self._restored, self._undrawn):
                found = part(env, found)
        except EnvError as error:
            failure = error
        speed = replace(found.speed, steps=tuple(self._seconds))
        return replace(
            found,
            steps=tuple(self._steps),
            speed=speed,
            memory=replace(self._memory, at_end=max(self._memory.at_end, env.memory_bytes())),
            printed=self._printed(at_start),
            failure=failure,
        )

    def _random_steps(self, env: EnvProcess, speed: Speed) -> Speed:
        """Take random steps, episode after episode."""
        began = time.perf_counter()
        self._steps.append(env.reset(0))
        reset = time.perf_counter() - began
        episodes = 1
        while len(self._seconds) < STEPS and sum(self._seconds) < SECONDS:
            self._tell("steps", "start", len(self._seconds) / STEPS)
            if self._steps[-1].is_last:
                self._steps.append(env.reset(episodes))
                episodes += 1
            began = time.perf_counter()
            self._steps.append(env.step(random_action(env.spec, self._noise)))
            self._seconds.append(time.perf_counter() - began)
            if len(self._seconds) == min(_SETTLED, STEPS):
                self._memory = replace(self._memory, settled=env.memory_bytes())
        self._memory = replace(self._memory, at_end=env.memory_bytes())
        return replace(speed, reset=reset)

    def _again(self, env: EnvProcess, found: Findings) -> Findings:
        return replace(found, again=self._repeat(env, "again", STEPS_AGAIN, lambda action: action))

    def _others(self, env: EnvProcess, found: Findings) -> Findings:
        def other(action: Action) -> Action:
            return np.roll(action, 1) if env.spec.action_kind == "discrete" else -action

        return replace(found, others=self._repeat(env, "others", STEPS_OTHERWISE, other))

    def _repeat(
        self, env: EnvProcess, part: Literal["again", "others"], most: int, change: Callable[[Action], Action]
    ) -> Repeat:
        """Play the longest episode's seed once more, with its actions or with changed ones."""
        seed, episode = self._longest_episode()
        first = episode[: most + 1]
        began = time.perf_counter()
        steps = [env.reset(seed)]
        for number, beside in enumerate(first[1:]):
            if steps[-1].is_last or time.perf_counter() - began > SECONDS / 2:
                break
            self._tell(part, "steps" if part == "again" else "again", number / most)
            steps.append(env.step(change(beside.action)))
        return Repeat(tuple(steps), tuple(first[: len(steps)]))

    def _restored(self, env: EnvProcess, found: Findings) -> Findings:
        """Take a step of the longest episode from the recorded state of the frame before it."""
        seed, episode = self._longest_episode()
        at = len(episode) // 2
        state = episode[at - 1].state if len(episode) > 1 else None
        if state is None:
            return found
        step = env.step_from(seed, state, episode[at].action)
        same = np.array_equal(step.image, episode[at].image) and step.reward == episode[at].reward
        return replace(found, restored=same)

    def _undrawn(self, env: EnvProcess, found: Findings) -> Findings:
        """Time the steps of the longest episode without their frames."""
        again = found.again
        if again is None or again.first_difference() is not None or len(again.steps) < 10:
            return found
        actions = np.array([step.action for step in again.steps[1:]], np.float32)
        seed, _ = self._longest_episode()
        times = [time.perf_counter()]
        for count in (1, len(actions)):  # both draw their last frame only
            env.replay(seed, actions[:count])
            times.append(time.perf_counter())
        seconds = (times[2] - times[1]) - (times[1] - times[0])
        if seconds < LEAST_SECONDS:
            return found
        return replace(found, speed=replace(found.speed, undrawn=seconds / (len(actions) - 1)))

    def _longest_episode(self) -> tuple[int, list[TimeStep]]:
        """Return the seed and the steps of the longest of the random episodes."""
        starts = [number for number, step in enumerate(self._steps) if step.is_first]
        episodes = [self._steps[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]
        seed = max(range(len(episodes)), key=lambda number: len(episodes[number]))
        return seed, episodes[seed]

    def _tell(self, part: str, after: str, share: float) -> None:
        words = "playing random steps" if part == "steps" else "playing an episode again"
        begin, end = _SHARES[after], _SHARES[part]
        self._progress(words, begin + (end - begin) * share)

    def _printed(self, at_start: int | None = None) -> Printed:
        """Return the output, with the number of its lines until the process was ready; None if it never was."""
        lines, stack = self._read()
        if at_start is None:
            at_start = len(lines)
        example = next((line for line in (*lines[at_start:], *lines) if line), "")
        return Printed(at_start, len(lines) - at_start, example, stack)

    def _read(self) -> tuple[list[str], str]:
        """Read the output so far: the environment's lines, and the stack of a process that did not answer."""
        if not self._output.exists():
            return [], ""
        with self._output.open("rb") as file:
            text = file.read(_MOST_PRINTED).decode(errors="replace")
        printed, mark, stack = text.rpartition(_HANGS)
        return (printed.splitlines(), stack) if mark else (text.splitlines(), "")
