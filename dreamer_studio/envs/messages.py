"""The messages between the parent and an environment process."""

import sysconfig
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from dreamer_studio.envs import screen
from dreamer_studio.envs.errors import (
    BlankFrameError,
    EnvError,
    EnvUnavailableError,
    GlError,
    UnknownTaskError,
    in_words,
)

Verb = Literal["reset", "step", "render", "replay", "step_from", "action_space"]

_ERRORS: Final[dict[str, type[EnvError]]] = {
    kind.__name__: kind for kind in (EnvError, UnknownTaskError, EnvUnavailableError, GlError, BlankFrameError)
}

_OURS: Final = str(Path(__file__).parents[1])
_LIBRARIES: Final = (sysconfig.get_path("stdlib"), "site-packages", "dist-packages")


@dataclass(frozen=True)
class SuiteReady:
    """The child has its suite, and now loads the task.

    Attributes:
        needs_gl: Whether loading renders through OpenGL, so that a crash is the backend's fault.
    """

    needs_gl: bool


@dataclass(frozen=True)
class Request:
    """A method of `Episode` for the child to call, and its arguments."""

    id: int
    verb: Verb
    arguments: tuple[object, ...]


@dataclass(frozen=True)
class Failure:
    """An exception of the child, as text: exceptions themselves do not all survive pickling."""

    kind: str
    message: str
    details: str

    @classmethod
    def of(cls, error: BaseException, doing: str) -> "Failure":
        """Describe an exception that is being handled.

        Args:
            error: The exception.
            doing: The action that failed, e.g. ``gym:CartPole-v1: step``; added to errors that this package did not
                raise.
        """
        details = "".join(traceback.format_exception(error))
        if isinstance(error, EnvError):
            kind = next(base.__name__ for base in type(error).__mro__ if base.__name__ in _ERRORS)
            return cls(kind, str(error), details)
        words = in_words(error)
        place = _place(error)
        message = f"{doing} failed: {words}{f' ({place})' if place else ''}{screen.advice(error)}"
        return cls(EnvError.__name__, message, details)

    def to_error(self) -> EnvError:
        """Build the exception to raise in the parent."""
        return _ERRORS[self.kind](self.message, self.details)


def _place(error: BaseException) -> str:
    """Name the place of an error in the user's own code, else in a library; empty if it is in this package."""
    found = traceback.extract_tb(error.__traceback__)
    frames = [frame for frame in found if not frame.filename.startswith((_OURS, "<frozen"))]
    own = [frame for frame in frames if not any(part in frame.filename for part in _LIBRARIES)]
    last = (own or frames)[-1:]
    return f"{last[0].filename}, line {last[0].lineno}" if last else ""


@dataclass(frozen=True)
class Reply:
    """The answer to one request: its value or a `Failure`."""

    request_id: int
    outcome: object
