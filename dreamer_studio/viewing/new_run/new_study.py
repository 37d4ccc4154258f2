"""The study that the user requests on the page with several seeds, and the commands that do the same."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dreamer_studio.config import setting_text
from dreamer_studio.studies.local.capacity import usable_cores
from dreamer_studio.studies.seeds import seeds_text
from dreamer_studio.studies.study import Study
from dreamer_studio.studies.study_folder import FoundStudy
from dreamer_studio.studies.writing import SUFFIX, seeds_study, write_study
from dreamer_studio.viewing.new_run.new_run import PROGRAM, base_of

WAITING_NAME = "study"
"""Name of a study before the program or the user has chosen one."""


@dataclass(frozen=True)
class NewStudy:
    """Several seeds of one task and its settings, to train in the background.

    Attributes:
        study: the study.
        root: the folder of runs, which gets the study's file and folder.
        continues: whether the file is there already, so that its unfinished runs continue.
    """

    study: Study
    root: Path
    continues: bool = False

    @property
    def base(self) -> Path | None:
        """Return the folder in which the commands must be run, as `NewRun.base`."""
        return base_of(self.study.tasks[0])

    @property
    def commands(self) -> tuple[str, ...]:
        """Return the shell commands that write the study and train it."""
        file = str(self.root / f"{self.study.name}{SUFFIX}")
        run = shlex.join([PROGRAM, "study", "run", file, "--on", "local"])
        return (run,) if self.continues else (shlex.join([PROGRAM, "study", "new", file, *self._options()]), run)

    def named(self, name: str, *, continues: bool = False) -> NewStudy:
        """Return this study under another name."""
        return dataclasses.replace(self, study=dataclasses.replace(self.study, name=name), continues=continues)

    def write(self) -> FoundStudy:
        """Write the study's file.

        Raises:
            StudyError, OSError: as `write_study`.
        """
        return write_study(self.root, self.study)

    def _options(self) -> list[str]:
        study = self.study
        words = ["--task", study.tasks[0], "--preset", study.preset, "--seeds", seeds_text(study.all_seeds)]
        steps = {} if study.steps is None else {"steps": study.steps}
        for name, value in {**steps, **study.common}.items():
            words += ["--set", f"{name}={setting_text(value)}"]
        return [*words, "--cpus", str(study.cpus), "--gpus", f"{study.gpus:g}"]


def new_study(
    root: Path, *, task: str, preset: str, seeds: Sequence[int], settings: Mapping[str, Any], on_gpu: bool
) -> NewStudy:
    """Return the study of several seeds, without a name. Its runs share the cores, or have a GPU each.

    Raises:
        StudyError: a value is wrong.
    """
    made = seeds_study(
        WAITING_NAME,
        task=task,
        preset=preset,
        seeds=seeds,
        settings=settings,
        cpus=max(1, usable_cores() // len(seeds)),
        gpus=1.0 if on_gpu else 0.0,
    )
    return NewStudy(made, root)
