"""The study: which tasks, settings and seeds are trained, and for how many steps."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from dreamer_studio.config import setting_text
from dreamer_studio.runs.errors import InputError

MOST_SEED = 2**31 - 1

Settings = dict[str, Any]
"""Names of settings to values."""


def settings_text(settings: Mapping[str, Any]) -> str:
    """Return settings as a study file has them, such as "horizon = 10, kl_scale = 0.5"."""
    return ", ".join(f"{name} = {setting_text(value)}" for name, value in settings.items())


class StudyError(InputError):
    """A study that cannot be read or run. The message is one line that says what to do."""


@dataclass(frozen=True, config=ConfigDict(extra="forbid", allow_inf_nan=False))
class RayOptions:
    """How Ray trains a study.

    Attributes:
        max_failures: how often a run starts again after a failure or the loss of its machine.
        gl_contexts: most runs at once on a machine, because each renders in an OpenGL context of its own.
        asha_grace: environment steps after which ASHA may stop a run that is worse than others; None without ASHA.
        asha_reduction: ASHA lets one of this many runs continue.
    """

    max_failures: int = Field(default=3, ge=0, le=1000)
    gl_contexts: int = Field(default=16, ge=1, le=1024)
    asha_grace: int | None = Field(default=None, ge=1, le=10**10)
    asha_reduction: int = Field(default=3, ge=2, le=100)


@dataclass(frozen=True, config=ConfigDict(extra="forbid", allow_inf_nan=False))
class Study:
    """A run for each task, each combination of settings and each seed.

    Attributes:
        name: name of the study, and of its folder unless the user names one.
        tasks: the tasks.
        seeds: the seeds; in a file, a number N stands for the seeds 0 to N - 1.
        preset: preset of all runs.
        steps: environment steps of each run; None for those of the preset.
        common: settings of all runs.
        grid: values of settings; each combination is trained.
        settings: settings to train, in place of a grid.
        cpus: processor cores of a run, for the training and its environment.
        gpus: part of a GPU for a run, up to 1; 0 to compute on the processor.
        ray: how Ray trains the study.
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.=,+-]*$", max_length=60)]
    tasks: tuple[str, ...]
    seeds: int | tuple[int, ...]
    preset: str = "laptop"
    steps: int | None = Field(default=None, ge=1, le=10**10)
    common: Settings = Field(default_factory=dict)
    grid: dict[str, tuple[Any, ...]] | None = None
    settings: tuple[Settings, ...] | None = None
    cpus: int = Field(default=1, ge=1, le=1024)
    gpus: float = Field(default=0.0, ge=0.0, le=1.0)
    ray: RayOptions = Field(default_factory=RayOptions)

    @property
    def all_seeds(self) -> Sequence[int]:
        """Return the seeds, without making a list of many."""
        return range(self.seeds) if isinstance(self.seeds, int) else self.seeds

    @property
    def run_count(self) -> int:
        """Return the number of runs, without listing them."""
        return len(self.tasks) * self._combination_count * len(self.all_seeds)

    @property
    def _combination_count(self) -> int:
        if self.settings is not None:
            return len(self.settings)
        return math.prod(map(len, (self.grid or {}).values()))

    def combinations(self) -> Iterator[Mapping[str, Any]]:
        """Yield the settings of each combination; an empty one without a grid."""
        if self.settings is not None:
            yield from self.settings
            return
        grid = self.grid or {}
        for values in itertools.product(*grid.values()):
            yield dict(zip(grid, values, strict=True))
