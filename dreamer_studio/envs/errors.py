"""The errors of an environment, as the caller's process sees them."""


class EnvError(Exception):
    """An environment failed.

    Attributes:
        details: The traceback text of the environment process, or an empty string.
    """

    def __init__(self, message: str, details: str = "") -> None:
        super().__init__(message)
        self.details = details


class WaitInterruptedError(Exception):
    """A caller asked to stop waiting for an environment. This is no fault of the environment."""


class UnknownTaskError(EnvError):
    """There is no such task; the message has the nearest valid names."""


class EnvUnavailableError(EnvError):
    """The task exists but cannot be used here; the message says why, and how to fix it."""


class GlError(EnvUnavailableError):
    """This OpenGL backend cannot render a frame; another one may."""


class BlankFrameError(EnvError):
    """The first frames have only one color; another SDL driver may show more."""


class EnvTimeoutError(EnvError):
    """The environment process did not answer in time."""


class EnvDiedError(EnvError):
    """The environment process has ended; the message has its exit code or signal in words."""


def in_words(error: BaseException) -> str:
    """Write the type and the text of an exception, or the type alone if there is no text."""
    try:
        text = str(error)
    except Exception:  # a foreign __str__ may fail
        text = ""
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
