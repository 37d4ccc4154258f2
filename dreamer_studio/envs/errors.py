"""What can go wrong with an environment, as the caller's process sees it."""


class EnvError(Exception):
    """An environment failed.

    Attributes:
        details: The traceback text of the environment process, or an empty string.
    """

    def __init__(self, message: str, details: str = "") -> None:
        super().__init__(message)
        self.details = details


class WaitInterruptedError(Exception):
    """Somebody asked not to wait for an environment any longer; it has done nothing wrong."""


class UnknownTaskError(EnvError):
    """No such task; the message has the nearest valid names."""


class EnvUnavailableError(EnvError):
    """The task exists but cannot be used here; the message says why and what mends it."""


class GlError(EnvUnavailableError):
    """This OpenGL backend cannot render a frame; another one may."""


class BlankFrameError(EnvError):
    """The first frames have one color: another way of drawing may show more."""


class EnvTimeoutError(EnvError):
    """The environment process gave no answer in time."""


class EnvDiedError(EnvError):
    """The environment process is gone; the message has its exit code or signal in words."""


def in_words(error: BaseException) -> str:
    """Writes the type and the text of an exception, or the type alone if the text cannot be had."""
    try:
        text = str(error)
    except Exception:  # somebody's own __str__
        text = ""
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
