"""The files of kept judgments: `trust/update-000042.json` for the weights of update 42. Bounded.

Window and command may keep judgments of one run at the same time: each file is written whole, under its own name.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
from pathlib import Path
from typing import Final

from dreamer_studio.files import read_small, set_aside, write_whole
from dreamer_studio.runs.judgments.record import KeptJudgment, as_json, from_json

MOST: Final = 256
"""Most judgments that stay: more points than a plot of the history can show, and about a megabyte."""

_log = logging.getLogger(__name__)

_MOST_BYTES = 2**16
_NAME = re.compile(r"update-(\d{6,12})\.json")


def keep_judgment(folder: Path, judgment: KeptJudgment) -> None:
    """Write a judgment, whole or not at all, and remove others beyond the bound.

    Of two judgments of the same update, the judgment of more episodes stays; of equally many, the newer. A damaged file
    of this update is set aside. Beyond the bound, the judgment with the closest neighbors goes, so the others stay
    spread over the training; the first and the newest always stay.

    Args:
        folder: of the run's judgments; made if it is missing.
        judgment: the judgment to keep.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(exist_ok=True)
    path = folder / f"update-{judgment.update:06d}.json"
    try:
        if _read(path, judgment.update).episodes > judgment.episodes:
            return
    except FileNotFoundError:
        pass
    except ValueError:
        set_aside(path)
    write_whole(path, as_json(judgment), own=f".{os.getpid()}")
    _thin(dict(_named(folder)))


def read_judgments(folder: Path) -> tuple[KeptJudgment, ...]:
    """Read the kept judgments, oldest weights first; none if there is no folder. Damaged files are left out.

    Raises:
        OSError: the folder cannot be read.
    """
    found = []
    for update, path in _named(folder)[-MOST:]:
        with contextlib.suppress(OSError, ValueError):
            found.append(_read(path, update))
    return tuple(found)


def forget_judgments_after(folder: Path, update: int) -> None:
    """Remove the judgments of later updates: the training has gone back, and its later weights will differ.

    Files that cannot be removed stay, with a warning in the log of the program.
    """
    try:
        for later, path in _named(folder):
            if later > update:
                path.unlink(missing_ok=True)
    except OSError as error:
        _log.warning("judgments of later updates stay: %s", error)


def _named(folder: Path) -> list[tuple[int, Path]]:
    """Return update and path of each file with the name of a judgment, oldest weights first."""
    try:
        names = [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return []
    matches = (_NAME.fullmatch(name) for name in names)
    return sorted((int(match[1]), folder / match[0]) for match in matches if match)


def _read(path: Path, update: int) -> KeptJudgment:
    """Read the judgment in a file.

    Raises:
        ValueError: the file holds anything else.
        OSError: it cannot be read now.
    """
    judgment = from_json(read_small(path, _MOST_BYTES))
    if judgment.update != update:
        raise ValueError(f"{path.name} holds a judgment of update {judgment.update}")
    return judgment


def _thin(known: dict[int, Path]) -> None:
    updates = sorted(known)
    while len(updates) > MOST:
        gaps = [after - before for before, after in zip(updates, updates[2:], strict=False)]
        known[updates.pop(1 + gaps.index(min(gaps)))].unlink(missing_ok=True)
