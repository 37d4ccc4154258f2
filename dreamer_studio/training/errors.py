"""What can be wrong with what a person asked for; each message is one line that says what to do."""


class InputError(Exception):
    """A request that cannot be met."""


class DeviceError(InputError):
    """A device that is not here."""


class RunError(InputError):
    """A folder that cannot be used as a run."""


class CheckpointError(InputError):
    """A checkpoint that cannot be read; the message names it."""


class StorageError(OSError):
    """The files of a run cannot be written or read just now; training goes on from there once they can.

    The message says what a person can do about it.
    """
