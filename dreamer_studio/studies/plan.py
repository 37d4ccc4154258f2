"""The runs of a study: each with its folder's name, its settings and the configuration of its training."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dreamer_studio.config import Config, with_values
from dreamer_studio.envs import build_config
from dreamer_studio.studies.naming import run_name
from dreamer_studio.studies.study import Study, StudyError


@dataclass(frozen=True)
class PlannedRun:
    """A run of a study, begun or not.

    Attributes:
        name: name of its folder.
        task, seed, steps: the task, the seed and the environment steps in all.
        settings: the settings that the study's grid, or its list, gives this run.
        base: the configuration of all runs of this task, before `settings` and `seed`.
    """

    name: str
    task: str
    seed: int
    steps: int
    settings: Mapping[str, Any]
    base: Config

    @property
    def config(self) -> Config:
        """Return the configuration of the training."""
        return with_values(self.base, {**self.settings, "seed": self.seed})


class Plan:
    """All runs of a study, made one at a time: there may be a million.

    Args:
        study: the study.

    Raises:
        EnvError: the suite of a task is missing or broken.
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        usual = {task: build_config(task, study.preset) for task in study.tasks}
        steps = {} if study.steps is None else {"steps": study.steps}
        self.bases = {task: with_values(usual[task], {**study.common, **steps}) for task in usual}
        self._usual = {task: dataclasses.asdict(config) for task, config in usual.items()}

    def __len__(self) -> int:
        return self.study.run_count

    def __iter__(self) -> Iterator[PlannedRun]:
        """Yield the runs: all tasks and combinations with the first seed, then with the next one."""
        for seed in self.study.all_seeds:
            for task, base in self.bases.items():
                for settings in self.study.combinations():
                    name = run_name(task, self._changed(task, settings), seed)
                    yield PlannedRun(name, task, seed, base.steps, settings, base)

    def check_names(self) -> None:
        """Make sure that each run has a folder of its own, even on file systems that ignore case.

        Raises:
            StudyError: two runs have the same name.
        """
        names: set[str] = set()
        for run in self:
            if run.name.casefold() in names:
                raise StudyError(f"two runs of this study would have the folder {run.name}: change a task or a setting")
            names.add(run.name.casefold())

    def _changed(self, task: str, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings that differ from those of the task and the preset."""
        usual = self._usual[task]
        return {name: value for name, value in settings.items() if value != usual[name]}
