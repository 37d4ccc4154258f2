"""Writes the numbers of the log as TensorBoard events."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import platform
import re
import struct
import time
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import Any, NamedTuple

from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

from dreamer_studio.files import check_file
from dreamer_studio.runs.rows import Heading, Row, parse, read_rows

_NAME = re.compile(r"events\.out\.tfevents\.(?P<second>\d{10,12})\..*")
_MOST_BYTES = 2**33
_HEADER_BYTES, _FOOTER_BYTES = 12, 4
_LEAST_EVENT_BYTES, _MOST_EVENT_BYTES = 10, 2**16
_TIME, _STEP, _SUMMARY = 0x09, 0x10, 0x2A  # the tags of these parts of an event
_NEARLY = 0.1  # seconds; earlier versions timed an event a moment after its row

_log = logging.getLogger(__name__)


class TensorBoardWriter:
    """Writes an event for each row of the log. A fault stops the events, not the training.

    Events have the rows' steps, times and order. Each session begins another file, which ends with a mark if the
    session ended in order.
    """

    def __init__(self, folder: Path, log: Path, newest: Heading | None) -> None:
        """Make the events match the log: remove undone events, and add missing ones.

        Args:
            folder: where the events go; created with the first event.
            log: metrics.jsonl of the run, which need not exist.
            newest: heading of its newest row; None if it has no rows, or if rows have just been removed.
        """
        self._folder = folder
        self._file: FileIO | None = None
        self._newest = newest
        self._works = True
        with self._ending_on_faults():
            files = _event_files(folder)
            if newest is None or not files or not _ends_with_mark(files[-1], newest):
                self._catch_up(files, read_rows(log) if log.is_file() else iter(()))

    def add(self, row: Row) -> None:
        """Write the numbers of a row as one event."""
        if self._works:
            with self._ending_on_faults():
                self._add(Heading.of(row), row)

    def close(self, *, marked: bool = True) -> None:
        """Close the file. Unless `marked` is False, first write the mark of an orderly end."""
        if self._file is None:
            return
        if marked and self._works and self._newest is not None:
            with self._ending_on_faults():
                self._write(_mark(self._newest))
        self._file.close()

    @contextlib.contextmanager
    def _ending_on_faults(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            _log.warning("no more TensorBoard events in this session: %s", error)
            self._works = False

    def _catch_up(self, files: list[Path], rows: Iterator[tuple[Heading, bytes]]) -> None:
        """Keep the events that match the log, row by row, and write the others again."""
        here, line = next(rows, (None, b""))
        highest = -1
        for index, path in enumerate(files):
            end = 0
            for end_of_event, event in _read_events(path):
                if event.is_row:
                    if here is None or event.step != here.step or abs(event.time - here.time) > _NEARLY:
                        break
                    self._newest = here
                    highest = max(highest, event.step)
                    here, line = next(rows, (None, b""))
                end = end_of_event
            if end < path.stat().st_size:
                _cut(path, end)
                for later in files[index + 1 :]:
                    later.unlink()
                break
        if highest >= 0:  # tells a running TensorBoard to forget what was cut
            start = SessionLog(status=SessionLog.START)
            self._write(Event(wall_time=time.time(), step=highest + 1, session_log=start))
        while here is not None:
            self._add(here, parse(line) or {})  # a line with damage after its heading has no numbers
            here, line = next(rows, (None, b""))

    def _add(self, heading: Heading, row: Row) -> None:
        numbers = {
            f"{heading.kind}/{name}": value
            for name, value in row.items()
            if name not in Heading._fields and isinstance(value, int | float)
        }
        summary = Summary(value=[Summary.Value(tag=tag, simple_value=value) for tag, value in numbers.items()])
        self._write(Event(wall_time=heading.time, step=heading.step, summary=summary))
        self._newest = heading

    def _write(self, event: Event) -> None:
        """Write an event immediately, so that a kill does not lose it."""
        if self._file is None:
            self._file = _next_file(self._folder)
            self._write(Event(wall_time=time.time(), file_version="brain.Event:2"))
        record = _record(event)
        if self._file.write(record) != len(record):
            raise OSError("only a part of an event was written")


class _Event(NamedTuple):
    """The fields that identify the row of an event, if it has one."""

    time: float
    step: int
    is_row: bool


def _event_files(folder: Path) -> list[Path]:
    """List the event files in the order in which they were written.

    Raises:
        UnfitFileError: one is not an ordinary file.
    """
    files = sorted(path for path in folder.glob("events.out.tfevents.*") if _NAME.fullmatch(path.name))
    for path in files:
        check_file(path, _MOST_BYTES)
    return files


def _next_file(folder: Path) -> FileIO:
    """Open a new file whose name sorts after all others, even within the same second."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [_NAME.fullmatch(path.name) for path in _event_files(folder)]
    second = max([int(time.time()), *(int(name["second"]) + 1 for name in names if name)])
    return FileIO(folder / f"events.out.tfevents.{second:010d}.{platform.node()}.{os.getpid()}", "x")


def _read_events(path: Path) -> Iterator[tuple[int, _Event]]:
    """Yield the end offset and the identity of each event, up to the first partial or invalid event."""
    end = 0
    with path.open("rb") as file:
        while len(header := file.read(_HEADER_BYTES)) == _HEADER_BYTES:
            size = int.from_bytes(header[:8], "little")
            data = file.read(min(size, _MOST_EVENT_BYTES) + _FOOTER_BYTES)
            if size < _LEAST_EVENT_BYTES or len(data) != size + _FOOTER_BYTES or data[0] != _TIME:
                return
            end += len(header) + len(data)
            yield end, _read_event(data)


def _read_event(data: bytes) -> _Event:
    """Decode the first fields of an event by hand; parsing all of it takes far longer."""
    (at,) = struct.unpack_from("<d", data, 1)
    step, place = 0, 9
    if data[place] == _STEP:  # left out if 0; 7 bits per byte, the last byte is below 128
        bits = data[place + 1 : place + 11]
        size = next((number for number, byte in enumerate(bits, start=1) if byte < 128), len(bits))
        step = sum((byte & 127) << (7 * number) for number, byte in enumerate(bits[:size]))
        place += 1 + size
    return _Event(at, step, data[place] == _SUMMARY)


def _mark(newest: Heading) -> Event:
    """Return the event that ends a file if all events up to the newest row match the log."""
    return Event(wall_time=newest.time, step=newest.step, session_log=SessionLog(status=SessionLog.STOP))


def _ends_with_mark(path: Path, newest: Heading) -> bool:
    mark = _record(_mark(newest))
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - len(mark)))
        return file.read() == mark


def _record(event: Event) -> bytes:
    record = io.BytesIO()
    writer: Any = RecordWriter(record)
    writer.write(event.SerializeToString())
    return record.getvalue()


def _cut(path: Path, size: int) -> None:
    if size:
        os.truncate(path, size)
    else:
        path.unlink()
