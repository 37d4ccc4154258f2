"""Tells the user what to do about a disk that cannot be read or written."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from dreamer_studio.runs.errors import StorageError

_ADVICE = {
    errno.ENOSPC: "make room on that disk",
    errno.EDQUOT: "make room in your quota",
    errno.EFBIG: "the file would exceed the limit on file sizes; raise that limit",
    errno.EROFS: "make that disk writable",
    errno.EACCES: "make the folder and its files writable for you",
    errno.EPERM: "make the folder and its files writable for you",
    errno.EMFILE: "too many files are open; close other programs",
}


@contextlib.contextmanager
def storage_trouble(folder: Path) -> Iterator[None]:
    """Turn an `OSError` inside the block, which reads or writes files of a run, into a `StorageError`."""
    try:
        yield
    except StorageError:
        raise
    except OSError as error:
        raise StorageError(error.errno, f"{error.strerror or error} ({folder}): {_advice(folder, error)}") from error


def _advice(folder: Path, error: OSError) -> str:
    if not folder.is_dir():
        return "the run folder is gone; put it back"
    if error.errno == errno.ENOENT:
        return f"put back this file or folder: {error.filename}"
    return _ADVICE.get(error.errno or 0, "make sure that the disk can be read and written")
