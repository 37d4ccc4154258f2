"""The parent's handle on an environment that lives in a process of its own."""

import itertools
import os
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
import psutil
from numpy.typing import NDArray

from dreamer_studio.envs import gl, screen
from dreamer_studio.envs.child import Assignment, serve
from dreamer_studio.envs.errors import BlankFrameError, EnvDiedError, EnvTimeoutError, EnvUnavailableError, GlError
from dreamer_studio.envs.interruption import Interruption
from dreamer_studio.envs.messages import Failure, Reply, Request, SuiteReady, Verb
from dreamer_studio.envs.spec import EnvSpec, RenderQuality, TimeStep
from dreamer_studio.envs.tasks import check_task_name
from dreamer_studio.envs.worker import Worker
from dreamer_studio.envs.wrappers import EnvOptions
from dreamer_studio.system.guard import CLOSE_SECONDS

SDL_DRIVERS: Final = ("offscreen", "dummy")
"""Drivers for pygame unless the user has set SDL_VIDEODRIVER; some packages draw nothing with ``dummy``."""

_MOST_OF: Final = 0.8
"""Part of a time-out after which a process that has not answered writes its stack."""


class EnvProcess:
    """A task in its own spawned process, which contains its OpenGL, its hangs and its crashes.

    Calls go through the pipe in order and get one answer each; use it from one thread at a time. An exception of the
    environment is raised here as `EnvError` with its traceback in `details`; the process lives on, and the next
    `reset` starts an episode.

    Args:
        task: ``<prefix>:<task>``, with the prefix of a suite; e.g. ``dmc:walker-walk``.
        suite_package: The package and version that brought the suite when the run began, for the error if it is
            missing now; empty for a built-in suite.
        action_repeat: Simulator steps per agent step; None takes the suite's default.
        time_limit: Simulator steps per episode; None takes the task's own limit, else a safety bound.
        render_quality: How to draw frames; no effect on gym.
        observe: What the agent sees of a gym task: ``auto``, ``observation``, ``render``, or the key of an image in
            the observation, with slashes between nested keys.
        render_small: Whether to ask a gym task for 64 x 64 frames if their size can be set; else they are shrunk.
        step_timeout: Seconds that a reset, step or render may take; time in which this process is suspended does not
            count.
        start_timeout: Seconds that the process may take to load its suite, and then its task.
        output: File that gets everything the process prints, from its beginning, and if it hangs, its stack shortly
            before the time is up; None for standard error, and no stack.
        interruption: From any thread, ends the wait for its start or an answer with a `WaitInterruptedError`.

    Attributes:
        spec: The task, as the process reported it.
        memory_at_start: The process's memory at its start, in bytes; 0 if the system does not report it.

    Raises:
        ValueError: If an option is out of range.
        UnknownTaskError: If there is no such task.
        EnvUnavailableError: If the task cannot be used here.
        EnvError: If it cannot be started for any other reason.
    """

    spec: EnvSpec
    memory_at_start: int

    def __init__(
        self,
        task: str,
        *,
        suite_package: str = "",
        action_repeat: int | None = None,
        time_limit: int | None = None,
        render_quality: RenderQuality = "full",
        observe: str = "auto",
        render_small: bool = False,
        step_timeout: float = 60.0,
        start_timeout: float = 120.0,
        output: Path | None = None,
        interruption: Interruption | None = None,
    ) -> None:
        check_task_name(task, suite_package)
        options = EnvOptions(action_repeat, time_limit, render_quality, observe, render_small)
        self.step_timeout = step_timeout
        self._ids = itertools.count(1)
        self._awaited: dict[int, Verb] = {}
        self._arrived: dict[int, Reply] = {}
        patience = (0.0, 0.0) if output is None else (_MOST_OF * start_timeout, _MOST_OF * step_timeout)
        assignment = Assignment(task, options, "", "", may_be_blank=False, output=str(output or ""), patience=patience)
        self._worker, self.spec = _start(assignment, start_timeout, interruption)
        self.memory_at_start = self.memory_bytes()

    def reset(self, seed: int) -> TimeStep:
        """Start an episode.

        Args:
            seed: In [0, 2**32); the same seed gives the same episode, in this process and in any other.

        Raises:
            EnvError: Also EnvTimeoutError and EnvDiedError.
        """
        time_step: TimeStep = self._wait_for(self._request("reset", seed))
        return time_step

    def step(self, action: NDArray[np.float32]) -> TimeStep:
        """Take one agent step.

        Args:
            action: (A,), finite. Continuous: clipped to [-1, 1]. Discrete: its largest entry is the action.

        Raises:
            EnvError: Also EnvTimeoutError and EnvDiedError, and if no episode is running.
        """
        return self.receive(self.send_step(action))

    def render(self, width: int, height: int) -> NDArray[np.uint8]:
        """Draw the current state without changing it.

        Args:
            width: Pixels, 1 or more.
            height: Pixels, 1 or more.

        Returns:
            uint8 (height, width, 3).
        """
        if width < 1 or height < 1:
            raise ValueError(f"an image of {width} x {height} pixels cannot be drawn")
        image: NDArray[np.uint8] = self._wait_for(self._request("render", width, height))
        return image

    def replay(self, seed: int, actions: NDArray[np.float32]) -> TimeStep:
        """Repeat the actions of an episode, and draw only the last frame.

        Args:
            seed: Of the episode.
            actions: (n, A), as they were executed from its reset on.

        Returns:
            The result of the last action; of the reset if there are no actions.

        Raises:
            EnvError: Also if the episode ends before the last action, and as `step`.
        """
        time_step: TimeStep = self._wait_for(self._request("replay", seed, np.asarray(actions, np.float32)))
        return time_step

    def step_from(self, seed: int, state: NDArray[np.float64], action: NDArray[np.float32]) -> TimeStep:
        """Take one agent step from a recorded state of an episode.

        Args:
            seed: Of the episode.
            state: (n,), the `state` of one of its time steps.
            action: (A,), as `step`.

        Returns:
            The result of the action; the episode goes on from there.

        Raises:
            EnvError: Also if `state` is no state of this task; and as `step`.
        """
        state, action = np.asarray(state, np.float64), np.asarray(action, np.float32)
        time_step: TimeStep = self._wait_for(self._request("step_from", seed, state, action))
        return time_step

    def action_space(self) -> str:
        """Return the task's own action space in words; empty if its suite does not say."""
        words: str = self._wait_for(self._request("action_space"))
        return words

    def send_step(self, action: NDArray[np.float32]) -> int:
        """Ask for a step and return at once, so that the caller can work meanwhile.

        Returns:
            The request's id, for `receive`.
        """
        return self._request("step", np.asarray(action, np.float32))

    def receive(self, request_id: int, timeout: float | None = None) -> TimeStep:
        """Wait for the answer to a `send_step`.

        Args:
            request_id: The id that `send_step` returned; its answer can be received once.
            timeout: Seconds; None takes `step_timeout`. After a time-out the answer is dropped when it comes.
        """
        time_step: TimeStep = self._wait_for(request_id, timeout)
        return time_step

    def is_alive(self) -> bool:
        """Return whether the process runs."""
        return self._worker.is_alive()

    def ending(self) -> str:
        """Describe how the process ended by itself; empty while it runs, and after `close`."""
        return self._worker.ending()

    def memory_bytes(self) -> int:
        """Return the resident memory of the process in bytes; 0 if the system does not report it."""
        try:
            return int(psutil.Process(self.spec.pid).memory_info().rss)
        except psutil.Error:
            return 0

    def close(self, timeout: float = CLOSE_SECONDS) -> None:
        """Close the environment, then end its process and all processes that it started. A second call does nothing.

        Args:
            timeout: Seconds that the environment has for this; at most one second if it owes an answer.
        """
        self._worker.close(timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _request(self, verb: Verb, *arguments: object) -> int:
        request = Request(next(self._ids), verb, arguments)
        self._worker.send(request)
        self._awaited[request.id] = verb
        return request.id

    def _wait_for(self, request_id: int, timeout: float | None = None) -> Any:
        if request_id not in self._awaited:
            raise ValueError(f"request {request_id} has no answer to wait for")
        try:
            outcome = self._reply_to(request_id, self.step_timeout if timeout is None else timeout).outcome
        finally:
            del self._awaited[request_id]
        if isinstance(outcome, Failure):
            raise outcome.to_error()
        return outcome

    def _reply_to(self, request_id: int, timeout: float) -> Reply:
        while request_id not in self._arrived:
            try:
                reply: Reply = self._worker.receive(timeout)
            except EnvTimeoutError:
                verb = self._awaited[request_id]
                raise EnvTimeoutError(f"{self.spec.task}: no answer to {verb} within {timeout:g} s") from None
            if reply.request_id in self._awaited:  # else it came too late, and nobody waits for it
                self._arrived[reply.request_id] = reply
        return self._arrived.pop(request_id)


def _start(assignment: Assignment, timeout: float, interruption: Interruption | None) -> tuple[Worker, EnvSpec]:
    """Start the process. Try one OpenGL backend after another until one renders."""
    tried: list[tuple[str, str]] = []
    details = ""
    for backend in gl.candidates():
        try:
            return _start_drawing(replace(assignment, gl_backend=backend), timeout, interruption)
        except GlError as error:
            tried.append((backend, str(error)))
            details += error.details
        except EnvDiedError as error:
            perhaps = f"; if it opens a window, {screen.ADVICE}" if screen.is_missing() else ""
            raise EnvDiedError(f"{error}{perhaps}") from None
    raise EnvUnavailableError(f"{assignment.task}: {gl.advice(tried)}", details)


def _start_drawing(assignment: Assignment, timeout: float, interruption: Interruption | None) -> tuple[Worker, EnvSpec]:
    """Start the process with the first SDL driver whose frames show something, or else with the first driver."""
    chosen = os.environ.get("SDL_VIDEODRIVER")
    drivers = (chosen,) if chosen else SDL_DRIVERS
    tries = [(driver, False) for driver in drivers] if len(drivers) > 1 else []
    for driver, may_be_blank in (*tries, (drivers[0], True)):
        trial = replace(assignment, sdl_driver=driver, may_be_blank=may_be_blank)
        worker = Worker(assignment.task, serve, trial, interruption=interruption)
        try:
            return worker, _hello(worker, timeout)
        except BlankFrameError:
            worker.close()
        except BaseException:
            worker.close()
            raise
    raise AssertionError


def _hello(worker: Worker, timeout: float) -> EnvSpec:
    try:
        first: SuiteReady | EnvSpec | Failure = worker.receive(timeout)
        if isinstance(first, SuiteReady):
            first = _after_loading(worker, first, timeout)
    except EnvTimeoutError as error:
        raise EnvTimeoutError(f"{error} within {timeout:g} s of its start") from None
    if isinstance(first, Failure):
        raise first.to_error()
    return first


def _after_loading(worker: Worker, suite: SuiteReady, timeout: float) -> EnvSpec | Failure:
    try:
        loaded: EnvSpec | Failure = worker.receive(timeout)
    except EnvDiedError as error:
        if suite.needs_gl:  # some drivers crash instead of raising an error
            raise GlError(str(error), error.details) from error
        raise
    return loaded
