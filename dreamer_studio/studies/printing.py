"""Writes the commands of a study for other programs: a line for each run, or the script of a SLURM job array."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from dreamer_studio.studies.jobs import Job, job_of
from dreamer_studio.studies.plan import Plan
from dreamer_studio.studies.progress import RunProgress
from dreamer_studio.studies.progress_reader import ProgressReader
from dreamer_studio.studies.study import Study
from dreamer_studio.studies.study_folder import StudyFolder

PROGRAM = "dreamer-studio"

USUAL_ARRAY = 1000
"""Jobs that SLURM takes in one array unless its administrator changed MaxArraySize."""

SAVE_SECONDS = 120
"""How long before the time limit of a job SLURM asks its training to save and end."""


def missing_jobs(plan: Plan, folder: StudyFolder) -> Iterator[Job]:
    """Yield the job of each run that is neither finished nor in training.

    Raises:
        OSError: the folder cannot be read.
    """
    begun, reader = folder.begun(), ProgressReader(folder)
    for run in plan:
        progress = reader.run(run) if run.name in begun else RunProgress(run)
        if not progress.finished and not progress.training:
            yield job_of(run, plan.study, folder)


def command_line(job: Job) -> str:
    """Return the command of a job for a POSIX shell, with its variables in front."""
    variables = [f"{name}={shlex.quote(value)}" for name, value in job.environment.items()]
    return " ".join([*variables, shlex.join([PROGRAM, *job.words])])


def slurm_script(jobs: Sequence[Job], study: Study, directory: Path) -> Iterator[str]:
    """Yield the lines of a script for ``sbatch`` that trains each run in a job of an array.

    Before the time limit, SLURM's signal reaches the training itself, because the training replaces the shell.

    Args:
        jobs: the jobs, at least one.
        study: states what each job needs.
        directory: working directory of the trainings, because tasks may name files relative to it.
    """
    yield "#!/bin/bash"
    yield f"#SBATCH --job-name={study.name}"
    yield f"#SBATCH --array=0-{len(jobs) - 1}"
    yield f"#SBATCH --cpus-per-task={study.cpus}"
    if study.gpus:
        yield "#SBATCH --gres=gpu:1"
    yield f"#SBATCH --signal=B:TERM@{SAVE_SECONDS}"
    yield "#SBATCH --requeue"
    yield f"cd {shlex.quote(str(directory))} || exit 1"
    for name, value in jobs[0].environment.items():
        yield f"export {name}={shlex.quote(value)}"
    yield 'case "$SLURM_ARRAY_TASK_ID" in'
    for number, job in enumerate(jobs):
        yield f"{number}) exec {shlex.join([PROGRAM, *job.words])} ;;"
    yield "esac"
