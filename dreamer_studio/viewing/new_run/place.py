"""Looks at the folder of a new run on the disk: finds a free name, or the reason why a run cannot be there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dreamer_studio.runs.errors import RunError
from dreamer_studio.runs.folder import RunFolder, new_run_folder
from dreamer_studio.texts import one_line
from dreamer_studio.viewing.channel import Channel

NAME, FOLDER = "name", "folder"

_LONGEST_NAME = 200


@dataclass(frozen=True)
class PlaceQuestion:
    """A place for new runs, as the user chose it.

    Attributes:
        root: the folder of the runs.
        name: the name of the run's folder; empty for a name that the program chooses.
        task: the task, for that name.
        preset: the preset, for that name.
        seeds: the seeds, at least one. With several, each run's folder is the name followed by the seed.
    """

    root: Path
    name: str
    task: str
    preset: str
    seeds: tuple[int, ...]

    def folders(self, name: str) -> tuple[Path, ...]:
        """Return the folder of each run for the name `name`."""
        if len(self.seeds) == 1:
            return (self.root / name,)
        return tuple(self.root / f"{name}-seed{seed}" for seed in self.seeds)


@dataclass(frozen=True)
class PlaceFindings:
    """The findings of a look at a place on the disk.

    Attributes:
        question: the place.
        automatic_name: the name that the program would give the run.
        errors: the problems, by field: `NAME` or `FOLDER`.
    """

    question: PlaceQuestion
    automatic_name: str
    errors: Mapping[str, str] = field(default_factory=dict)


class PlaceWorker:
    """Looks at the disk, which can be slow.

    Attributes:
        channel: the questions and the findings.
    """

    def __init__(self, channel: Channel[PlaceQuestion, PlaceFindings]) -> None:
        self.channel = channel

    def turn(self) -> bool:
        """Look at the newest place, if there is one."""
        taken = self.channel.take()
        if taken is None:
            return False
        self.channel.answer(taken[0], look_at_place(taken[1]))
        return True

    def give_up(self) -> None:
        """Do nothing: a look cannot be ended."""

    def close(self) -> None:
        """Do nothing: there are no processes."""


def name_error(name: str) -> str:
    """Return why a text cannot be the name of a folder, without a look at the disk; empty if it can."""
    wrong = Path(name).name != name or name in (".", "..") or len(name) > _LONGEST_NAME or "\0" in name
    return "a name has no slashes, and at most 200 characters" if name and wrong else ""


def look_at_place(question: PlaceQuestion) -> PlaceFindings:
    """Find a free name, and the problems of the folder and the name."""
    automatic = ""
    try:
        automatic = new_run_folder(question.root, question.task, question.preset).path.name
        errors = _root_errors(question.root) or _name_errors(question, question.name or automatic)
    except OSError as error:  # too long, or not readable
        errors = {FOLDER: one_line(str(error))}
    return PlaceFindings(question, automatic, errors)


def _root_errors(root: Path) -> dict[str, str]:
    above = next((path for path in (root, *root.parents) if path.exists()), root)
    if not above.is_dir():
        return {FOLDER: f"{above} is a file"}
    return {} if os.access(above, os.W_OK) else {FOLDER: f"you may not write into {above}"}


def _name_errors(question: PlaceQuestion, name: str) -> dict[str, str]:
    if name_error(name):
        return {}  # the page says so at once
    try:
        taken = next((path for path in question.folders(name) if RunFolder(path).exists()), None)
    except (RunError, OSError) as error:
        return {NAME: str(error)}
    return {} if taken is None else {NAME: f"there is a run {taken.name} in this folder already"}
