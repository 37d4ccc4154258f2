"""The folder of a study: a folder for each run, a copy of the study file, and the output of its trainings."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dreamer_studio.files import UNFINISHED, write_whole
from dreamer_studio.library.study_mark import KEPT_STUDY, is_study
from dreamer_studio.runs.folder import CONFIG_FILE
from dreamer_studio.studies.study import Study, StudyError
from dreamer_studio.studies.study_file import parse_study, read_study, read_study_text

_OUTPUT, _RUNNERS, _RAY, _STOP = "output", "runners", "ray", "stop"


@dataclass(frozen=True)
class StudyFolder:
    """Paths inside the folder of a study."""

    path: Path

    @property
    def kept_file(self) -> Path:
        """A copy of the study file from the last launch."""
        return self.path / KEPT_STUDY

    @property
    def output(self) -> Path:
        """A text file for each run, with the output of its training."""
        return self.path / _OUTPUT

    @property
    def launcher_output(self) -> Path:
        """The output of ``study run`` if a window started the study."""
        return self.output / "study.txt"

    @property
    def runners(self) -> Path:
        """A folder for each machine, with the lock of the process that starts runs there."""
        return self.path / _RUNNERS

    @property
    def ray(self) -> Path:
        """Ray's state of its newest launch; absent if Ray never trained the study."""
        return self.path / _RAY

    @property
    def stop_file(self) -> Path:
        """A word that changes with each request to stop the study; absent before the first."""
        return self.path / _STOP

    def run(self, name: str) -> Path:
        """Return the folder of a run."""
        return self.path / name

    def output_of(self, name: str) -> Path:
        """Return the file with the output of a run's training."""
        return self.output / f"{name}.txt"

    def begun(self) -> frozenset[str]:
        """Return the names of the runs that have begun, including runs that the study no longer has.

        Raises:
            OSError: the folder cannot be read.
        """
        with contextlib.suppress(FileNotFoundError), os.scandir(self.path) as entries:
            return frozenset(
                entry.name
                for entry in entries
                if entry.name not in {_OUTPUT, _RUNNERS, _RAY} and (Path(entry.path) / CONFIG_FILE).is_file()
            )
        return frozenset()

    def kept(self) -> Study | None:
        """Return the study that was last started here, or None.

        Raises:
            StudyError: its file is damaged.
        """
        if not self.kept_file.is_file():
            return None
        try:
            return read_study(self.kept_file)
        except StudyError as error:
            raise StudyError(f"{error}; remove that file if you have the study's own") from error

    def foreign(self) -> Iterator[str]:
        """Yield the names of files and folders that are neither runs nor the study's own."""
        own = {KEPT_STUDY, KEPT_STUDY + UNFINISHED, _OUTPUT, _RUNNERS, _RAY, _STOP}
        begun = self.begun()
        with contextlib.suppress(FileNotFoundError), os.scandir(self.path) as entries:
            for entry in entries:
                if entry.name not in own and entry.name not in begun and not entry.name.startswith("."):
                    yield entry.name

    def keep(self, text: str) -> None:
        """Keep a study file, and make the folders that are missing.

        Raises:
            StudyError: the folder cannot be written.
        """
        try:
            for folder in (self.path, self.output, self.runners):
                folder.mkdir(parents=True, exist_ok=True)
            write_whole(self.kept_file, text.encode())
        except OSError as error:
            reason = error.strerror or str(error)
            raise StudyError(f"{self.path} cannot be written: {reason}; choose another folder with --folder") from error


@dataclass(frozen=True)
class FoundStudy:
    """A study and its folder.

    Attributes:
        study: the study.
        text: the text of its file.
        file: its file.
        folder: the folder of its runs, which need not exist.
    """

    study: Study
    text: str
    file: Path
    folder: StudyFolder


def find_study(where: Path, folder: Path | None = None) -> FoundStudy:
    """Find the study that the user names.

    Args:
        where: a study file, or the folder of a study.
        folder: the folder for the runs of a study file; None for the folder with the study's name beside the file.

    Raises:
        StudyError: there is no study, its file is wrong, or `folder` differs from the folder given as `where`.
    """
    if where.is_dir():
        file = where / KEPT_STUDY
        if not is_study(where):
            raise StudyError(f"{where} is not the folder of a study (it has no {KEPT_STUDY}): give the study's file")
    else:
        file = where
    text = read_study_text(file)
    study = parse_study(text, str(file))
    own = file.parent if file.name == KEPT_STUDY else file.parent / study.name
    if where.is_dir() and folder is not None and folder.resolve() != where.resolve():
        raise StudyError(f"{where} is a study's folder already: give the study's file to use another folder")
    return FoundStudy(study, text, file, StudyFolder((folder or own).absolute()))
