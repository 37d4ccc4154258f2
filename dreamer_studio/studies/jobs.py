"""The command that trains a run of a study. The same command starts the run and resumes it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from dreamer_studio.config import setting_text
from dreamer_studio.studies.plan import PlannedRun
from dreamer_studio.studies.study import Study
from dreamer_studio.studies.study_folder import StudyFolder


@dataclass(frozen=True)
class Job:
    """The training of a run.

    Attributes:
        run: the run.
        words: the arguments of ``dreamer-studio``.
        environment: variables that bound the threads of the training.
    """

    run: PlannedRun
    words: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


def job_of(run: PlannedRun, study: Study, folder: StudyFolder) -> Job:
    """Return the job that trains a run.

    ``OMP_NUM_THREADS`` is the number of cores from which a training subtracts its setting `spare_cores`, so the
    configuration of a run is the same wherever it trains.
    """
    words = ["train", "--task", run.task, "--preset", study.preset, "--run", str(folder.run(run.name))]
    words += ["--steps", str(run.steps), "--device", device_of(study)]
    for name, value in {"seed": run.seed, **study.common, **run.settings}.items():
        words += ["--set", f"{name}={setting_text(value)}"]
    threads = str(study.cpus)
    return Job(run, tuple(words), {"OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads})


def device_of(study: Study) -> str:
    """Return the value of ``--device`` for the runs of a study."""
    if not study.gpus:
        return "cpu"
    return "mps" if sys.platform == "darwin" else "cuda"
