"""One sentence on the state of a run: what it does, how far it is, and what our own runs had at this step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dreamer_studio.config import Config
from dreamer_studio.library.trainer import Life
from dreamer_studio.runs.lease.status import TrainerState
from dreamer_studio.session import State, Status
from dreamer_studio.texts import rough_time
from dreamer_studio.viewing.guidance.usual import Range, UsualRun, usual_image_loss, usual_test

BEHIND: Final = 20
"""Updates due from which the sentence says that the training catches up. In usual training, one or two are due."""

SEES_AT: Final = 2.0
"""A run learns to see while its image loss is above this multiple of the last image loss of our runs."""

UNKNOWN: Final = "Our results have no run with this task and these settings to compare with."
_ABOVE: Final = "the banner above says why"


def describe_state(status: Status, runs: Sequence[UsualRun], image_loss: float | None = None) -> str:
    """Return the sentence, sometimes two or three short ones.

    Args:
        status: of the run.
        runs: our runs to compare with, as `usual.runs_like` returns them.
        image_loss: mean of the run's last image losses; None if it is not known.
    """
    match status.state:
        case State.OPENING:
            return _opening(status)
        case State.FAILED:
            return _failed(status)
        case State.CLOSED:
            return "Closed."
        case State.WAITING:
            return f"Waiting for the disk at {_place(status)}; the banner above says what to do. Start tries again."
        case State.PAUSED:
            return _paused(status)
        case State.STOPPED:
            return _stopped(status)
        case State.FINISHED:
            more = "Press D to dream, or raise steps in Run > Settings to train on."
            return f"Finished: all {status.step:,} steps are done. {more}"
        case State.RUNNING if status.watching:
            return _watching(status, runs)
    return _training(status, runs, image_loss)


def _opening(status: Status) -> str:
    if status.trainer is None:
        return "Opening the run."
    every = rough_time(status.config.checkpoint_every)
    return f"{status.trainer.in_words()}. The run opens here with its first checkpoint; there is one every {every}."


def _watching(status: Status, runs: Sequence[UsualRun]) -> str:
    trainer = status.trainer
    if trainer is not None and (trainer.life is not Life.ENDED or trainer.state is TrainerState.FAILED):
        return f"{trainer.in_words()}. Here the policy of update {status.update:,} plays, and nothing is learned."
    tested = _compared("last test", _last_test(status), usual_test(runs, status.step)) if runs else ""
    place = f"{_place(status)}{tested}"
    return f"Watching: the policy of {place} plays. Nothing is learned or written. {_dreams(status)}"


def _training(status: Status, runs: Sequence[UsualRun], image_loss: float | None) -> str:
    if status.phase in ("starting", "restarting"):
        return f"Starting the environment at {_place(status)}."
    if status.prefill:
        return _prefill(status)
    config = status.config
    if status.pretraining and status.updates_due:
        return (
            f"Learning begins: {status.update:,} of {config.pretrain:,} updates before the next step"
            f"{_updates_to_go(status)}. A gray blur is normal now."
        )
    if status.updates_due >= behind(config):
        return f"Catching up: {status.updates_due:,} updates to make before the next step{_updates_to_go(status)}."
    if status.phase == "testing":
        return f"Testing at {_place(status)}: the policy plays without exploration. Learning continues afterwards."
    return _learning(status, runs, image_loss)


def _prefill(status: Status) -> str:
    goal = status.config.prefill
    if status.step >= goal:
        return f"Collecting random play: {status.step:,} steps. Learning begins at the end of this episode."
    to_go = ""
    if status.steps_per_s > 0:
        to_go = f", about {rough_time((goal - status.step) / status.steps_per_s)} to go"
    return f"Collecting random play: {status.step:,} of {goal:,} steps{to_go}. Nothing is learned yet."


def _learning(status: Status, runs: Sequence[UsualRun], image_loss: float | None) -> str:
    to_go = f", about {rough_time(status.seconds_left)} to go" if status.seconds_left is not None else ""
    far = f"step {status.step:,} of {status.config.steps:,}{to_go}"
    if not runs:
        measured = f" Image loss {_number(image_loss)}." if image_loss is not None else ""
        return f"Learning: {far}.{measured} {UNKNOWN}"
    sees = image_loss is not None and image_loss <= SEES_AT * max(run.image_loss[-1][1] for run in runs)
    if sees:
        facts = _compared("last test", _last_test(status), usual_test(runs, status.step))
        return f"Learning to act: {far}{facts}."
    facts = _compared("image loss", image_loss, usual_image_loss(runs, status.step))
    return f"Learning to see: {far}{facts}."


def _compared(name: str, own: float | None, usual: Range | None) -> str:
    """Return the run's own value beside those of our runs, as far as they are known."""
    mine = f"{name} {_number(own)}" if own is not None else f"{name} not known yet"
    if usual is None:
        return f" ({mine}; our runs like this have no value at this step)"
    low, high = _number(usual.low), _number(usual.high)
    values = low if low == high else f"{low} to {high}"
    runs = "the one run of ours like this" if usual.runs == 1 else f"our {usual.runs} runs like this"
    return f" ({mine}; {runs} had {values} at this step)"


def _paused(status: Status) -> str:
    if status.watching:
        return f"Watching, paused: the policy of {_place(status)}. Resume plays on. {_dreams(status)}"
    if status.failure is not None:
        return f"Paused by itself at {_place(status)}; {_ABOVE}."
    if status.paused_by:
        return f"Paused by a rule at {_place(status)}; the banner above names it. Resume continues. {_dreams(status)}"
    if status.prefill:
        return f"Paused while collecting random play, at {_place(status)}. Nothing is learned yet. Resume continues."
    if status.updates_due >= behind(status.config):
        due = f"{status.updates_due:,} updates to catch up"
        return f"Paused at {_place(status)}, with {due}. Resume continues. {_dreams(status)}"
    return f"Paused at {_place(status)}. Resume continues. {_dreams(status)}"


def _stopped(status: Status) -> str:
    if status.watching:
        return f"Stopped: the policy of {_place(status)}. Start plays on. {_dreams(status)}"
    saved = ", saved" if status.saved is not None and status.saved[0] == status.update else ""
    return f"Stopped at {_place(status)}{saved}. Start continues. {_dreams(status)}"


def _failed(status: Status) -> str:
    if status.spec is None:
        return f"The run is not loaded; {_ABOVE}. Start tries again."
    return f"The {'player' if status.watching else 'training'} has failed at {_place(status)}; {_ABOVE}."


def _dreams(status: Status) -> str:
    if status.update == 0:
        return "Dreams begin with the first update."
    return "Press D to dream from this frame."


def _place(status: Status) -> str:
    return f"step {status.step:,}, update {status.update:,}" if status.update else f"step {status.step:,}"


def behind(config: Config) -> int:
    """Return the updates due from which a training catches up; blocks of updates are usual."""
    return max(BEHIND, config.train_steps + 1) if config.update_blocks else BEHIND


def _updates_to_go(status: Status) -> str:
    if status.updates_per_s <= 0:
        return ""
    return f", about {rough_time(status.updates_due / status.updates_per_s)} to go"


def _last_test(status: Status) -> float | None:
    return None if status.last_test is None else status.last_test.total_reward


def _number(value: float) -> str:
    """Return a number with three digits, without an exponent."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"
