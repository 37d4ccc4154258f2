"""What stops a training; each message is one line that says what to do."""

from dreamer_studio.runs.errors import InputError


class DeviceError(InputError):
    """A device that is not here."""


class HaltError(Exception):
    """What a training cannot get over by itself; all that was done before is whole, and going on tries again.

    Attributes:
        details: for those who want it: a traceback, or nothing.
        worth_saving: whether a checkpoint of this state is one to go on from.
    """

    worth_saving = True

    def __init__(self, message: str, details: str = "") -> None:
        super().__init__(message)
        self.details = details


class EnvironmentGivenUpError(HaltError):
    """An environment that fails whenever it is started again."""


class NotFiniteError(HaltError):
    """Losses, gradients or weights that are not finite, again and again.

    Attributes:
        can_go_back: whether there is a checkpoint to go back to.
    """

    worth_saving = False

    def __init__(self, message: str, details: str = "", *, can_go_back: bool) -> None:
        super().__init__(message, details)
        self.can_go_back = can_go_back


class NoEpisodeError(HaltError):
    """No episode is left that can be learned from."""


class MemoryFullError(HaltError):
    """An update that does not fit into the memory."""
