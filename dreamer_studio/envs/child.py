"""The environment process: loads one task, says hello, and answers requests until the pipe closes."""

import contextlib
import faulthandler
import logging
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Final

import numpy as np

from dreamer_studio.envs import gl, screen
from dreamer_studio.envs.episode import Episode
from dreamer_studio.envs.errors import BlankFrameError, EnvError, EnvUnavailableError
from dreamer_studio.envs.messages import Failure, Reply, Request, SuiteReady
from dreamer_studio.envs.simulator import LoadedTask
from dreamer_studio.envs.spec import MOST_NAME, MOST_STATE, MOST_WORDS, EnvSpec
from dreamer_studio.envs.suites.registry import find_suite, load_task, prefix_of
from dreamer_studio.envs.suites.suite import BuiltInSuite, Suite
from dreamer_studio.envs.worker import leave, settle_in
from dreamer_studio.envs.wrappers import EnvOptions, wrapped

_BLANK_STEPS: Final = 10
"""Steps that a fade-in may take; after them, frames of one color count as not drawn."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Assignment:
    """The job of an environment process.

    Attributes:
        task: Its task.
        options: How to play and draw it.
        gl_backend: What MuJoCo renders with.
        sdl_driver: What pygame draws with.
        may_be_blank: Whether first frames of one color are accepted; else they raise a `BlankFrameError`.
        output: File that gets everything the process prints; empty for standard error.
        patience: Seconds of a start and of a request after which the stack of the process is written to standard
            error, because it seems to hang; 0 for never.
    """

    task: str
    options: EnvOptions
    gl_backend: str
    sdl_driver: str
    may_be_blank: bool
    output: str = ""
    patience: tuple[float, float] = (0.0, 0.0)


def serve(connection: Connection, assignment: Assignment) -> None:
    """Run in the child: send `SuiteReady`, an `EnvSpec`, then a `Reply` to every `Request`; or a `Failure` and end."""
    settle_in(assignment.output)
    to_start, to_answer = assignment.patience
    with contextlib.suppress(EOFError, OSError):  # the parent has closed the pipe or is gone
        try:
            with _stack_if_slow(to_start):
                suite = _suite_for(assignment)
            connection.send(SuiteReady(suite.needs_gl))
            with _stack_if_slow(to_start):
                loaded, hello = _load(suite, assignment)
        except BaseException as error:
            connection.send(Failure.of(error, f"{assignment.task}: start"))
        else:
            try:
                connection.send(hello)
                simulator = wrapped(loaded.simulator, hello.action_repeat, hello.time_limit)
                episode = Episode(simulator, loaded.actions, loaded.action_space)
                while True:
                    request = connection.recv()
                    with _stack_if_slow(to_answer):
                        reply = _answer(episode, assignment.task, request)
                    connection.send(reply)
            finally:
                _close(loaded, assignment.task)
    leave()


@contextlib.contextmanager
def _stack_if_slow(seconds: float) -> Iterator[None]:
    """Write the process's stack to standard error if the block takes longer; 0 seconds write nothing."""
    if seconds:
        faulthandler.dump_traceback_later(seconds, file=2)
    try:
        yield
    finally:
        if seconds:
            faulthandler.cancel_dump_traceback_later()


def _suite_for(assignment: Assignment) -> Suite:
    screen.draw_nowhere(assignment.sdl_driver)
    gl.use_backend(assignment.gl_backend)
    return find_suite(prefix_of(assignment.task))


def _load(suite: Suite, assignment: Assignment) -> tuple[LoadedTask, EnvSpec]:
    loaded = load_task(suite, assignment.task, assignment.options)
    try:
        if not isinstance(suite, BuiltInSuite):  # which try out what may be wrong with their tasks
            _try_out(loaded, assignment.task)
        return loaded, _describe(suite, loaded, assignment)
    except BaseException:
        _close(loaded, assignment.task)
        raise


def _try_out(loaded: LoadedTask, task: str) -> None:
    """Take a first step, so that a task that cannot be learned is refused before a run exists.

    Raises:
        EnvUnavailableError: If an image or a reward is malformed.
    """
    episode = Episode(loaded.simulator, loaded.actions)
    try:
        episode.reset(0)
        episode.step(np.zeros(len(loaded.actions.names), np.float32))
    except EnvError as error:
        raise EnvUnavailableError(f"{task}: {error}") from error


def _describe(suite: Suite, loaded: LoadedTask, assignment: Assignment) -> EnvSpec:
    if not assignment.may_be_blank and "pygame" in sys.modules and _stays_blank(loaded):
        raise BlankFrameError(f"{assignment.task} draws nothing with SDL_VIDEODRIVER={assignment.sdl_driver}")
    repeat, time_limit, limit_source = assignment.options.resolved(suite.action_repeat, loaded.own_time_limit)
    return EnvSpec(
        task=assignment.task,
        action_kind=loaded.actions.kind,
        action_size=len(loaded.actions.names),
        action_names=tuple(name[:MOST_NAME] for name in loaded.actions.names),
        action_repeat=repeat,
        time_limit=time_limit,
        gl_backend=assignment.gl_backend if loaded.uses_gl else "",
        pid=os.getpid(),
        limit_source=limit_source,
        sees=loaded.sees[:MOST_WORDS],
        acts=loaded.acts[:MOST_WORDS],
        state_names=tuple(name[:MOST_NAME] for name in loaded.state_names[:MOST_STATE]),
        state_angles=tuple(place for place in loaded.state_angles if place < len(loaded.state_names[:MOST_STATE])),
    )


def _stays_blank(loaded: LoadedTask) -> bool:
    """Return whether the first frames of an episode have one color each."""
    loaded.simulator.reset(0)
    action = loaded.actions.executed(np.zeros(len(loaded.actions.names), np.float32))
    for _ in range(_BLANK_STEPS):
        frame = loaded.simulator.image()
        if (frame != frame[:1, :1]).any():
            return False
        if loaded.simulator.step(action).end is not None:
            break
    return True


def _close(loaded: LoadedTask, task: str) -> None:
    try:
        loaded.simulator.close()
    except BaseException as error:  # the process ends in any case
        _log.warning("%s", Failure.of(error, f"{task}: close").message)


def _answer(episode: Episode, task: str, request: Request) -> Reply:
    try:
        return Reply(request.id, getattr(episode, request.verb)(*request.arguments))
    except BaseException as error:  # also SystemExit: an orderly end of Python may hang in a library's exit handler
        return Reply(request.id, Failure.of(error, f"{task}: {request.verb}"))
