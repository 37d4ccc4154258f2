"""What goes through the pipe between the parent and an environment process."""

import traceback
from dataclasses import dataclass
from typing import Final, Literal

from dreamer_studio.envs.errors import EnvError, EnvUnavailableError, GlError, UnknownTaskError

Verb = Literal["reset", "step", "render", "replay", "step_from"]

_ERRORS: Final[dict[str, type[EnvError]]] = {
    kind.__name__: kind for kind in (EnvError, UnknownTaskError, EnvUnavailableError, GlError)
}


@dataclass(frozen=True)
class Request:
    """Something the parent wants: a method of `Episode` and its arguments."""

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
        """Describes an exception that is being handled.

        Args:
            error: The exception.
            doing: What was being done, e.g. ``gym:CartPole-v1: step``; told with errors that are not ours.
        """
        details = "".join(traceback.format_exception(error))
        if isinstance(error, EnvError):
            return cls(type(error).__name__, str(error), details)
        words = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return cls(EnvError.__name__, f"{doing} failed: {words}", details)

    def to_error(self) -> EnvError:
        """Builds the exception to raise in the parent."""
        return _ERRORS[self.kind](self.message, self.details)


@dataclass(frozen=True)
class Reply:
    """The answer to one request: its value or a `Failure`."""

    request_id: int
    outcome: object
