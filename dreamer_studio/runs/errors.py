"""Errors that the user can fix. Each message is one line that says what to do."""


class InputError(Exception):
    """A request that cannot be met."""


class RunError(InputError):
    """A folder that cannot be used as a run."""


class NoCheckpointError(RunError):
    """A run without a checkpoint, which has no trained agent yet."""


class RunLockedError(RunError):
    """A run that another process trains.

    Attributes:
        reason: the message without the advice.

    Args:
        reason: who trains the run.
        advice: what to do at a command line.
    """

    def __init__(self, reason: str, advice: str = "") -> None:
        super().__init__(f"{reason}; {advice}" if advice else reason)
        self.reason = reason


class RunTakenOverError(RunLockedError):
    """A run that another trainer took over while this one was open. Nothing more may be written into its folder."""


class CheckpointError(InputError):
    """A checkpoint that cannot be read; the message names it."""


class StorageError(OSError):
    """The files of a run cannot be written or read now; training continues once they can.

    The message says what the user can do about it.
    """
