"""Turns the status of a session into its trainer's report in ``status.json``."""

from __future__ import annotations

from typing import Final

from dreamer_studio.runs.lease.heartbeat import Said
from dreamer_studio.runs.lease.status import TrainerState
from dreamer_studio.session.status import State, Status

_STATES: Final = {
    State.OPENING: TrainerState.STARTING,
    State.RUNNING: TrainerState.TRAINING,
    State.PAUSED: TrainerState.PAUSED,
    State.WAITING: TrainerState.WAITING,
    State.STOPPED: TrainerState.STOPPED,
    State.FINISHED: TrainerState.FINISHED,
    State.FAILED: TrainerState.FAILED,
    State.CLOSED: TrainerState.STOPPED,
}


def said(status: Status) -> Said:
    """Return the trainer's report for the status of its session."""
    testing = status.state is State.RUNNING and status.phase == "testing"
    state = TrainerState.TESTING if testing else _STATES[status.state]
    error = "" if status.failure is None else status.failure.text
    return Said(state, status.step, status.config.steps, status.update, error)
