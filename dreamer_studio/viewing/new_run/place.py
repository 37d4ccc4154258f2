"""Looks at the folder of a new run or study on the disk: finds a free name, or the reason why it cannot be there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dreamer_studio.runs.errors import RunError
from dreamer_studio.runs.folder import RunFolder, new_run_folder
from dreamer_studio.studies.study import StudyError
from dreamer_studio.studies.study_file import NAME_RULE
from dreamer_studio.studies.writing import SUFFIX, fits_name, free_name, refusal
from dreamer_studio.texts import one_line
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.new_run.new_study import NewStudy

NAME, FOLDER = "name", "folder"

_LONGEST_NAME = 200


@dataclass(frozen=True)
class PlaceQuestion:
    """A place for a new run or study, as the user chose it.

    Attributes:
        root: the folder of the runs.
        name: the name of the folder; empty for a name that the program chooses.
        task: the task, for that name.
        preset: the preset, for that name.
        study: the study of several seeds, without its name; None for a run.
    """

    root: Path
    name: str
    task: str
    preset: str
    study: NewStudy | None = None


@dataclass(frozen=True)
class PlaceFindings:
    """The findings of a look at a place on the disk.

    Attributes:
        question: the place.
        automatic_name: the name that the program would give.
        errors: the problems, by field: `NAME` or `FOLDER`.
        continues: whether the same study is there already, so that it would continue.
    """

    question: PlaceQuestion
    automatic_name: str
    errors: Mapping[str, str] = field(default_factory=dict)
    continues: bool = False


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


def name_error(name: str, *, study: bool = False) -> str:
    """Return why a text cannot name a run's folder, or a study, without a look at the disk; empty if it can."""
    if study:
        return "" if not name or fits_name(name) else NAME_RULE
    wrong = Path(name).name != name or name in (".", "..") or len(name) > _LONGEST_NAME or "\0" in name
    return "a name has no slashes, and at most 200 characters" if name and wrong else ""


def look_at_place(question: PlaceQuestion) -> PlaceFindings:
    """Find a free name, and the problems of the folder and the name."""
    automatic, continues = "", False
    try:
        automatic = _automatic_name(question)
        name = question.name or automatic
        errors = _root_errors(question.root) or _name_errors(question, name)
        continues = question.study is not None and not errors and (question.root / f"{name}{SUFFIX}").exists()
    except OSError as error:  # too long, or not readable
        errors = {FOLDER: one_line(str(error))}
    return PlaceFindings(question, automatic, errors, continues)


def _automatic_name(question: PlaceQuestion) -> str:
    if question.study is not None:
        return free_name(question.root, question.task, question.preset)
    return new_run_folder(question.root, question.task, question.preset).path.name


def _root_errors(root: Path) -> dict[str, str]:
    above = next((path for path in (root, *root.parents) if path.exists()), root)
    if not above.is_dir():
        return {FOLDER: f"{above} is a file"}
    return {} if os.access(above, os.W_OK) else {FOLDER: f"you may not write into {above}"}


def _name_errors(question: PlaceQuestion, name: str) -> dict[str, str]:
    if name_error(name, study=question.study is not None):
        return {}  # the page says so at once
    try:
        if question.study is not None:
            problem = refusal(question.root, question.study.named(name).study)
        else:
            taken = RunFolder(question.root / name).exists()
            problem = f"there is a run {name} in this folder already" if taken else ""
    except (RunError, StudyError, OSError) as error:
        problem = str(error)
    return {NAME: problem} if problem else {}
