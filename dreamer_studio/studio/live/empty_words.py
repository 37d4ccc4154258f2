"""The texts of the empty images of the Live workspace, by the state of the run."""

from __future__ import annotations

from dreamer_studio.session import State, Status
from dreamer_studio.viewing.guidance.sentence import BEHIND

OBSERVATION = "The first image appears with the first episode."
RECONSTRUCTION = "The model draws this image from the first update on."
DREAM = "Dreams begin with the first update."


def empty_words(status: Status) -> tuple[str, str, str]:
    """Return the texts of observation, reconstruction and dream."""
    if status.state is State.OPENING:
        waiting = "The run is being opened."
        return waiting, waiting, waiting
    if status.state is not State.RUNNING:
        rest = _at_rest(status)
        return rest, rest, f"{rest} Or press D to dream from a stored episode." if status.replay_episodes else rest
    if status.phase in ("starting", "restarting"):
        starting = "The environment is starting."
        return starting, starting, starting
    if status.prefill and not status.watching:
        after = f"after the prefill: {status.step:,} of {status.config.prefill:,} steps are done."
        return OBSERVATION, f"The model draws this image {after}", f"Dreams begin {after}"
    if status.update and not status.watching:
        if status.pretraining:
            soon = "within seconds, from the newest frame."
            return OBSERVATION, f"The model draws this image {soon}", f"Dreams begin {soon}"
        soon = "with the next frame of the running episode."
        if status.updates_due >= BEHIND:
            soon = f"after {status.updates_due:,} updates, {soon} The training catches up."
        return f"The next image comes {soon}", f"The model draws this image {soon}", f"Dreams begin {soon}"
    return OBSERVATION, RECONSTRUCTION, DREAM


def _at_rest(status: Status) -> str:
    match status.state:
        case State.PAUSED:
            return f"Paused at step {status.step:,}. Images come when you resume."
        case State.FINISHED:
            return f"Finished at step {status.step:,}. The training adds no images."
        case State.WAITING:
            return f"Waiting at step {status.step:,}. Images come when the training continues."
        case State.FAILED:
            return "The run failed. The message above says why."
        case _:
            return f"Stopped at step {status.step:,}. Images come when you start again."
