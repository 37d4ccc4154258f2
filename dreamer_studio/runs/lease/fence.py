"""Fences: numbers of the trainers of a run. A trainer that finds a higher number than its own writes nothing more.

A number is taken by creating a file of that name exclusively. That is atomic on NFS too, and needs no locks.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from dreamer_studio.files import read_json_object
from dreamer_studio.runs.errors import RunTakenOverError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.lease.owner import Owner
from dreamer_studio.texts import one_line

KEPT: Final = 3
"""Most files of fences in a run."""

_NAME = re.compile("[0-9]{6,18}")
_MOST_BYTES = 2**12
_MOST_HOST = 255


class Fence:
    """The number of a trainer. Any thread may call the methods.

    Attributes:
        number: 1 for the first trainer of a run, and higher for each later one.
        lost: whether a later trainer took over.
    """

    def __init__(self, folder: RunFolder, number: int, owner: Owner) -> None:
        """Represent a number that is already taken; see `take_fence`."""
        self.number = number
        self.lost = False
        self._folder = folder
        self._owner = owner

    def check(self) -> None:
        """Make sure that no later trainer took over. Call this before each write into the run folder.

        The check creates a deleted fence again. It costs one listing of a small folder.

        Raises:
            RunTakenOverError: a later trainer took over. From then on, every check raises.
            OSError: the folder cannot be read now.
        """
        numbers = _numbers_in(self._folder.fences)
        if numbers and numbers[-1] > self.number:
            self.lost = True
        if self.lost:
            raise self._taken_over(numbers[-1:])
        if self.number not in numbers:
            self._folder.fences.mkdir(exist_ok=True)
            _create(self._folder.fences, self.number, self._owner)

    def _taken_over(self, newest: Sequence[int]) -> RunTakenOverError:
        found = read_json_object(self._folder.fences / _name(newest[0]), _MOST_BYTES) if newest else {}
        folder = self._folder.path
        return RunTakenOverError(
            f"{folder} is now trained by {_owner_in(found)}, which took over: this process stopped and writes nothing "
            "more there",
            f"watch the run: dreamer-studio --run {shlex.quote(str(folder))} --watch",
        )


def take_fence(folder: RunFolder, owner: Owner) -> Fence:
    """Take the next number of an existing run folder, and remove all but the newest files.

    Raises:
        OSError: the file cannot be created.
    """
    folder.fences.mkdir(exist_ok=True)
    before = _numbers_in(folder.fences)
    number = before[-1] + 1 if before else 1
    while not _create(folder.fences, number, owner):
        number += 1
    for old in before:
        if old <= number - KEPT:
            with contextlib.suppress(OSError):
                (folder.fences / _name(old)).unlink()
    return Fence(folder, number, owner)


def _create(fences: Path, number: int, owner: Owner) -> bool:
    """Create the file of a number; return False if it exists."""
    try:
        with (fences / _name(number)).open("x") as file:
            json.dump({"host": owner.host, "process": owner.process, "time": round(time.time(), 3)}, file)
    except FileExistsError:
        return False
    return True


def _numbers_in(fences: Path) -> list[int]:
    try:
        names = os.listdir(fences)  # noqa: PTH208  (three names; a Path for each takes longer)
    except FileNotFoundError:
        return []
    return sorted(int(name) for name in names if _NAME.fullmatch(name))


def _name(number: int) -> str:
    return f"{number:06d}"


def _owner_in(content: dict[str, object]) -> Owner:
    process = content.get("process")
    return Owner(one_line(str(content.get("host", "")))[:_MOST_HOST], process if isinstance(process, int) else 0)
