"""The environment process: loads one task, says hello, and answers requests until the pipe closes."""

import contextlib
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Final

import numpy as np

from dreamer_studio.envs import gl
from dreamer_studio.envs.episode import Episode
from dreamer_studio.envs.errors import BlankFrameError, EnvUnavailableError
from dreamer_studio.envs.messages import Failure, Reply, Request
from dreamer_studio.envs.simulator import LoadedTask
from dreamer_studio.envs.spec import MOST_NAME, MOST_WORDS, EnvSpec
from dreamer_studio.envs.tasks import DMC_PREFIX, TaskInfo
from dreamer_studio.envs.worker import leave, settle_in
from dreamer_studio.envs.wrappers import EnvOptions, wrapped

# pygame and pyglet must open neither a window nor a sound device, and pygame must not greet on stdout.
_HEADLESS: Final = {
    "SDL_AUDIODRIVER": "dummy",
    "SDL_NO_SIGNAL_HANDLERS": "1",  # the parent handles signals; `settle_in` arranges this
    "PYGAME_HIDE_SUPPORT_PROMPT": "1",
    "PYGLET_HEADLESS": "1",
}

_BLANK_STEPS: Final = 10
"""How long a fade-in may take; after that the frames count as not drawn."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Assignment:
    """What an environment process is started for.

    Attributes:
        task: Its task.
        options: How the task is to be played and drawn.
        gl_backend: What MuJoCo renders with.
        sdl_driver: What pygame draws with.
        may_be_blank: Whether first frames of one color are accepted; else they raise a `BlankFrameError`.
    """

    task: str
    options: EnvOptions
    gl_backend: str
    sdl_driver: str
    may_be_blank: bool


def serve(connection: Connection, assignment: Assignment) -> None:
    """Runs in the child. Sends an `EnvSpec` or a `Failure`, then a `Reply` to every `Request`."""
    settle_in()
    with contextlib.suppress(EOFError, OSError):  # the parent has closed the pipe or is gone
        try:
            loaded, hello = _load(assignment)
        except BaseException as error:
            connection.send(Failure.of(error, f"{assignment.task}: start"))
        else:
            try:
                connection.send(hello)
                episode = Episode(wrapped(loaded, assignment.options), loaded.actions)
                while True:
                    connection.send(_answer(episode, assignment.task, connection.recv()))
            finally:
                _close(loaded, assignment.task)
    leave()


def list_all_tasks() -> tuple[TaskInfo, ...]:
    """Asks every suite for its tasks. In a child process only."""
    _draw_nowhere("dummy")
    gl.use_backend("disable")  # names can be listed where no frame can be rendered
    from dreamer_studio.envs.suites.gym import registry  # noqa: PLC0415  (heavy)

    return (*_control_suite(), *registry.tasks(), *registry.installed_tasks())


def _control_suite() -> Sequence[TaskInfo]:
    """Lists the Control Suite's tasks, or says what is missing instead."""
    try:
        from dreamer_studio.envs.suites.dmc import simulator as dmc  # noqa: PLC0415  (heavy, and binds OpenGL)
    except EnvUnavailableError as error:
        return (TaskInfo(f"{DMC_PREFIX}<domain>-<task>", str(error)),)
    return dmc.tasks()


def _load(assignment: Assignment) -> tuple[LoadedTask, EnvSpec]:
    _draw_nowhere(assignment.sdl_driver)
    gl.use_backend(assignment.gl_backend)
    loaded = _load_from_suite(assignment.task, assignment.options)
    try:
        return loaded, _describe(loaded, assignment)
    except BaseException:
        _close(loaded, assignment.task)
        raise


def _describe(loaded: LoadedTask, assignment: Assignment) -> EnvSpec:
    if not assignment.may_be_blank and "pygame" in sys.modules and _stays_blank(loaded):
        raise BlankFrameError(f"{assignment.task} draws nothing with SDL_VIDEODRIVER={assignment.sdl_driver}")
    action_repeat, time_limit, limit_source = assignment.options.resolved(loaded)
    return EnvSpec(
        task=assignment.task,
        action_kind=loaded.actions.kind,
        action_size=len(loaded.actions.names),
        action_names=tuple(name[:MOST_NAME] for name in loaded.actions.names),
        action_repeat=action_repeat,
        time_limit=time_limit,
        gl_backend=assignment.gl_backend if loaded.uses_gl else "",
        pid=os.getpid(),
        limit_source=limit_source,
        sees=loaded.sees[:MOST_WORDS],
        acts=loaded.acts[:MOST_WORDS],
    )


def _stays_blank(loaded: LoadedTask) -> bool:
    """Says whether the first frames of an episode have one color each."""
    loaded.simulator.reset(0)
    action = loaded.actions.executed(np.zeros(len(loaded.actions.names), np.float32))
    for _ in range(_BLANK_STEPS):
        frame = loaded.simulator.image()
        if (frame != frame[:1, :1]).any():
            return False
        if loaded.simulator.step(action).end is not None:
            break
    return True


def _draw_nowhere(sdl_driver: str) -> None:
    """Keeps libraries from opening windows; what a person has set stays."""
    for name, value in {"SDL_VIDEODRIVER": sdl_driver, **_HEADLESS}.items():
        os.environ.setdefault(name, value)


def _load_from_suite(task: str, options: EnvOptions) -> LoadedTask:
    if task.startswith(DMC_PREFIX):
        from dreamer_studio.envs.suites.dmc import simulator as dmc  # noqa: PLC0415  (heavy, and binds OpenGL)

        return dmc.load(task, options.render_quality)
    from dreamer_studio.envs.suites.gym import simulator as gym  # noqa: PLC0415  (heavy)

    return gym.load(task, options.observe, render_small=options.render_small)


def _close(loaded: LoadedTask, task: str) -> None:
    try:
        loaded.simulator.close()
    except BaseException as error:  # the process ends in any case
        _log.warning("%s", Failure.of(error, f"{task}: close").message)


def _answer(episode: Episode, task: str, request: Request) -> Reply:
    try:
        return Reply(request.id, getattr(episode, request.verb)(*request.arguments))
    except BaseException as error:  # sys.exit's too: what ends Python in order may hang in a library's exit handler
        return Reply(request.id, Failure.of(error, f"{task}: {request.verb}"))
