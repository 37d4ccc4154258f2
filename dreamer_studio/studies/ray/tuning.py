"""Makes the trials of a launch for Tune: new ones, or those of an interrupted launch."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import ray
from ray import tune

from dreamer_studio.studies.plan import Plan, PlannedRun
from dreamer_studio.studies.ray.asha import AshaByTask
from dreamer_studio.studies.ray.launch_file import Launch
from dreamer_studio.studies.ray.needs import needs_of
from dreamer_studio.studies.ray.telling import Telling, run_of
from dreamer_studio.studies.ray.trainable import settings_of
from dreamer_studio.studies.study_folder import StudyFolder

_TRIALS: Final = "trials"
_AS_TUNE: Final = {"CPU": "cpu", "GPU": "gpu"}

Trainable = Callable[[dict[str, Any]], None]


def can_go_on(folder: StudyFolder, launch: Launch, plan: str) -> bool:
    """Return whether the newest launch was interrupted and had the same runs."""
    return not launch.done and launch.plan == plan and bool(tune.Tuner.can_restore(str(folder.ray / _TRIALS)))


def restored(folder: StudyFolder, plan: Plan, trainable: Trainable, telling: Telling) -> Any:
    """Return the trials of an interrupted launch. Failed ones also start again."""
    tuner = tune.Tuner.restore(
        str(folder.ray / _TRIALS), trainable=_with_resources(plan, trainable), resume_errored=True
    )
    # Tune keeps the callbacks of the old driver.
    tuner._local_tuner._run_config.callbacks = [telling]
    return tuner


def new(folder: StudyFolder, plan: Plan, runs: Sequence[PlannedRun], trainable: Trainable, telling: Telling) -> Any:
    """Return new trials.

    Args:
        folder: the study's folder, in which Tune keeps its state.
        plan: the study.
        runs: the runs to train.
        trainable: what each trial calls.
        telling: receives the events.
    """
    shutil.rmtree(folder.ray / _TRIALS, ignore_errors=True)
    options = plan.study.ray
    directory = Path.cwd()
    return tune.Tuner(
        _with_resources(plan, trainable),
        param_space={"trial": tune.grid_search([settings_of(run, folder, directory) for run in runs])},
        tune_config=tune.TuneConfig(
            scheduler=None if options.asha_grace is None else AshaByTask(plan),
            trial_name_creator=run_of,
            trial_dirname_creator=run_of,
        ),
        run_config=tune.RunConfig(
            name=_TRIALS,
            storage_path=str(folder.ray),
            failure_config=tune.FailureConfig(max_failures=options.max_failures),
            checkpoint_config=tune.CheckpointConfig(num_to_keep=1),
            callbacks=[telling],
            verbose=0,
        ),
    )


def _with_resources(plan: Plan, trainable: Trainable) -> Any:
    needs = needs_of(plan, ray.cluster_resources())
    return tune.with_resources(trainable, {_AS_TUNE.get(name, name): amount for name, amount in needs.items()})
