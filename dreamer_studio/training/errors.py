"""The errors that stop a training; each message is one line that says what to do."""

from dreamer_studio.runs.errors import InputError


class DeviceError(InputError):
    """A device that this machine does not have."""


class HaltError(Exception):
    """Stops a training that cannot continue by itself. All earlier work is whole, and continuing tries again.

    Attributes:
        details: a traceback, or empty.
        worth_saving: whether a checkpoint of this state would be worth continuing from.
    """

    worth_saving = True

    def __init__(self, message: str, details: str = "") -> None:
        super().__init__(message)
        self.details = details


class EnvironmentGivenUpError(HaltError):
    """An environment that fails after every restart."""


class NotFiniteError(HaltError):
    """Losses, gradients or weights that were not finite several times in a row.

    Attributes:
        can_go_back: whether there is a checkpoint to go back to.
    """

    worth_saving = False

    def __init__(self, message: str, details: str = "", *, can_go_back: bool) -> None:
        super().__init__(message, details)
        self.can_go_back = can_go_back


class NoEpisodeError(HaltError):
    """No readable episode is left."""


class MemoryFullError(HaltError):
    """An update did not fit into the memory."""
