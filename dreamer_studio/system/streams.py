"""Standard input, output and error, which may be closed, full, unread, or in an encoding that lacks characters."""

from __future__ import annotations

import errno
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class OutputError(OSError):
    """Standard output cannot be written. Has no `errno`; else the command line library would handle a broken pipe.

    Attributes:
        unread: whether the reader has gone, as `head` does.
    """

    def __init__(self, error: OSError) -> None:
        super().__init__(f"standard output cannot be written: {error.strerror}")
        self.unread = error.errno == errno.EPIPE


def prepare_streams() -> None:
    """Prepare the streams of the command. Call this once, before anything opens a file.

    Standard output then raises `OutputError`; standard error drops what it cannot write. A closed stream then leads to
    the null device. Otherwise a file of the run would get its number, and library output would go into that file.
    """
    if os.name != "posix":
        return
    _open_what_is_closed()
    sys.stdout = _text_stream(_Output(1), sys.stdout)
    sys.stderr = _text_stream(_Unheard(2), sys.stderr)


def drop_what_cannot_be_written() -> None:
    """Prepare the streams of an environment's process: printing must not make a step fail."""
    if os.name != "posix":
        return
    sys.stdout = _text_stream(_Unheard(1), sys.stdout)
    sys.stderr = _text_stream(_Unheard(2), sys.stderr)


def write_path(path: Path) -> None:
    """Write a path to standard output, as a line of its own bytes in any encoding."""
    sys.stdout.flush()
    sys.stdout.buffer.write(os.fsencode(path) + b"\n")


class _Output(io.FileIO):
    """A descriptor that raises an `OutputError` if it cannot be written."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(descriptor, "w", closefd=False)

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            raise OutputError(error) from None


class _Unheard(_Output):
    """A descriptor that accepts everything and drops what it cannot write."""

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            written: int | None = super().write(data)  # None if it would block
        except OutputError:
            written = None
        return memoryview(data).nbytes if written is None else written


def _text_stream(raw: _Output, before: TextIO | None) -> TextIO:
    encoding = before.encoding if before is not None else "utf-8"
    by_line = raw.isatty() or isinstance(raw, _Unheard)
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding, errors="backslashreplace", line_buffering=by_line)


def _open_what_is_closed() -> None:
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:  # the lowest free number, so `open` returns it
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
