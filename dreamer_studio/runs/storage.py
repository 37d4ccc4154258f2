"""What goes wrong with the disk, in words that say what to do."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from dreamer_studio.runs.errors import StorageError

_ADVICE = {
    errno.ENOSPC: "make room on that disk",
    errno.EDQUOT: "make room in your quota",
    errno.EFBIG: "files may not grow as large as that here; raise the limit",
    errno.EROFS: "make that disk writable",
    errno.EACCES: "make the folder and its files writable for you",
    errno.EPERM: "make the folder and its files writable for you",
    errno.EMFILE: "too many files are open; close other programs",
}


@contextlib.contextmanager
def storage_trouble(folder: Path) -> Iterator[None]:
    """Turn what goes wrong while a run's files are written or read into a `StorageError`."""
    try:
        yield
    except StorageError:
        raise
    except OSError as error:
        raise StorageError(error.errno, f"{error.strerror or error} ({folder}): {_advice(folder, error)}") from error


def _advice(folder: Path, error: OSError) -> str:
    if not folder.is_dir():
        return "the run folder is not there any more; put it back"
    if error.errno == errno.ENOENT:
        return f"put back what was taken away: {error.filename}"
    return _ADVICE.get(error.errno or 0, "see to it that the disk can be read and written")
