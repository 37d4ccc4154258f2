"""Stops the worse runs of each task early, by ASHA."""

from __future__ import annotations

from typing import Any

from ray.tune.schedulers import ASHAScheduler, FIFOScheduler, TrialScheduler

from dreamer_studio.studies.plan import Plan


class AshaByTask(FIFOScheduler):
    """A scheduler for each task, since returns of different tasks cannot be compared.

    Args:
        plan: the runs, with the number of steps before a run may be stopped.
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        options = plan.study.ray
        grace = options.asha_grace
        assert grace is not None
        self._of_task: dict[str, Any] = {
            task: ASHAScheduler(
                time_attr="step",
                metric="return",
                mode="max",
                max_t=max(grace, base.steps) + 1,  # only the training ends a run at its last step
                grace_period=grace,
                reduction_factor=options.asha_reduction,
            )
            for task, base in plan.bases.items()
        }

    def on_trial_add(self, tune_controller: Any, trial: Any) -> None:
        """Take a new trial."""
        self._of(trial).on_trial_add(tune_controller, trial)

    def on_trial_result(self, tune_controller: Any, trial: Any, result: dict[str, Any]) -> str:
        """Return whether a trial continues. A trial without a test always does."""
        if result.get("over"):
            return str(TrialScheduler.CONTINUE)
        return str(self._of(trial).on_trial_result(tune_controller, trial, result))

    def on_trial_complete(self, tune_controller: Any, trial: Any, result: dict[str, Any]) -> None:
        """Take the last result of a trial."""
        self._of(trial).on_trial_complete(tune_controller, trial, result)

    def on_trial_remove(self, tune_controller: Any, trial: Any) -> None:
        """Forget a trial."""
        self._of(trial).on_trial_remove(tune_controller, trial)

    def _of(self, trial: Any) -> Any:
        return self._of_task[trial.config["trial"]["task"]]
