"""Rules about the course of the training."""

from __future__ import annotations

from typing import Final

from dreamer_studio.session import Status
from dreamer_studio.texts import rough_time, rounded
from dreamer_studio.viewing.guidance.sentence import behind
from dreamer_studio.viewing.health.evidence import Evidence
from dreamer_studio.viewing.health.rule import Answer, Rule, fine, red, unknown, yellow

NEARLY_ALL: Final = 0.95
"""Share of the time from which one part keeps the other waiting. If the other part took no time at all, the training
would end at most 5 % sooner (Amdahl, 1967), so only the slow part is worth a change."""


def look_at_updates_due(evidence: Evidence) -> Answer:
    """Speak if the training owes more updates than its schedule gathers in usual training."""
    status = evidence.status
    if status.watching:
        return fine("The run is only watched and owes no updates.")
    if status.prefill:
        return fine("Nothing is learned in the prefill.")
    due, config = status.updates_due, status.config
    if due < behind(config):
        return fine(f"Updates due: {due:,}, as scheduled.")
    if status.pretraining:
        return fine(f"{due:,} updates are due: learning begins with {config.pretrain:,} in a row.")
    wait = ""
    if status.update_seconds is not None:
        wait = f", about {rough_time(due * status.update_seconds)}"
    return yellow(f"{due:,} updates are owed before the next environment step{wait}.")


def look_at_replay(evidence: Evidence) -> Answer:
    """Speak if the replay has fewer rows than one batch, so that each batch repeats some."""
    status, config = evidence.status, evidence.status.config
    if status.replay_episodes == 0:
        return unknown("no episode is stored yet")
    rows, batch = status.replay_steps // config.action_repeat, config.batch_size * config.batch_length
    text = f"The replay has {rows:,} agent steps, a batch {batch:,}"
    if rows < batch:
        return yellow(f"{text}, so each batch has some of them more than once.")
    return fine(f"{text}.")


def look_at_skipped(evidence: Evidence) -> Answer:
    """Speak if any of the newest attempts at an update was skipped because numbers were not finite."""
    attempts = evidence.attempts
    if not attempts:
        return unknown("no update has been made yet")
    skipped = sum(attempts)
    if not skipped:
        return fine(f"None of the last {len(attempts):,} updates was skipped.")
    text = f"{skipped:,} of the last {len(attempts):,} updates were skipped; not finite: {evidence.not_finite}."
    return red(text) if attempts[-1] else yellow(text)


def look_at_waiting(evidence: Evidence) -> Answer:
    """Speak if nearly all time goes to the environment, or nearly all to updates."""
    status = evidence.status
    share = share_of_learning(status)
    if share is None:
        return unknown("steps and updates are timed only while a run trains")
    times = (
        f"an agent step takes {_milliseconds(status.step_seconds)}, an update {_milliseconds(status.update_seconds)}"
    )
    if share >= NEARLY_ALL:
        return yellow(f"Collecting waits for learning, which takes {share:.0%} of the time: {times}.")
    if share <= 1 - NEARLY_ALL:
        return yellow(f"Learning waits for collecting, which takes {1 - share:.0%} of the time: {times}.")
    return fine(f"Learning takes {share:.0%} of the time, collecting the rest: {times}.")


def share_of_learning(status: Status) -> float | None:
    """Return the share of a training's time that updates take; None before both are known. Tests do not count."""
    config = status.config
    if status.step_seconds is None or status.update_seconds is None:
        return None
    learning = status.update_seconds * config.train_steps / config.train_every
    collecting = status.step_seconds / config.action_repeat
    return learning / (learning + collecting) if learning + collecting > 0 else None


def _milliseconds(seconds: float | None) -> str:
    return f"{rounded(1000 * (seconds or 0.0))} ms"


TRAINING_RULES: Final = (
    Rule(
        "updates owed",
        "Updates owed",
        "Wait: the training makes them before it goes on. They are owed after a resume from an older checkpoint, or "
        "if steps were collected without learning.",
        "",
        look_at_updates_due,
    ),
    Rule(
        "replay",
        "Replay and batch",
        "Lower batch_size or batch_length, or give the next run a longer prefill.",
        "",
        look_at_replay,
    ),
    Rule(
        "skipped",
        "Skipped updates",
        "A single skip does no harm: no weight changed. If they go on, lower model_lr, actor_lr or value_lr, or set "
        "precision to float32.",
        "",
        look_at_skipped,
    ),
    Rule(
        "waiting",
        "Collecting and learning",
        "If learning takes the time: a smaller preset or batch, or a GPU. If collecting does: render_quality fast, "
        "smaller images of the task, or a larger action_repeat in a new run.",
        "",
        look_at_waiting,
    ),
)
