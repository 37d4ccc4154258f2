"""Puts a training into a checkpoint, and continues from one."""

from __future__ import annotations

import dataclasses
import logging

from dreamer_studio.dreamer.latent import state_like
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.envs import EnvError, episode_seed
from dreamer_studio.replay import GrowingEpisode
from dreamer_studio.runs.checkpoint import (
    POSTERIOR,
    RUNNING,
    Checkpoint,
    flatten_optimizers,
    unflatten_optimizers,
)
from dreamer_studio.runs.counters import Counters
from dreamer_studio.runs.judgments.files import forget_judgments_after
from dreamer_studio.training.batches import BatchSource
from dreamer_studio.training.collecting import Collecting
from dreamer_studio.training.state import TrainingState
from dreamer_studio.training.updating import Updating

_log = logging.getLogger(__name__)


def make_checkpoint(state: TrainingState, collecting: Collecting, updating: Updating) -> Checkpoint:
    """Collect all that `restore` needs. In mid-update the random states are those from before the update."""
    noise, rng = updating.random_states
    running = updating.learner.running.state_dict()
    tensors = {"noise": noise, **{f"{RUNNING}{name}": value for name, value in running.items()}}
    if collecting.posterior is not None:
        tensors |= {f"{POSTERIOR}{name}": part for name, part in collecting.posterior._asdict().items()}
    return Checkpoint(
        weights=state.agent.state_dict(),
        optimizers=flatten_optimizers(updating.learner.state_dict()),
        tensors=tensors,
        state={
            "format": 1,
            "counters": state.counters.as_dict(),
            "episodes": len(state.store),
            "rng": rng,
            "device": state.device.type,
            "env": dataclasses.asdict(state.spec),
            "losses": dataclasses.asdict(updating.losses.record),
        },
        episode=collecting.running.episode,
        returns=state.test_returns,
    )


def resume(
    checkpoint: Checkpoint | None,
    state: TrainingState,
    collecting: Collecting,
    updating: Updating,
    batches: BatchSource,
) -> None:
    """Continue from a checkpoint and from the stored episodes, which may be newer: each is written when it ends.

    A run without a checkpoint may have episodes already. `state` and the parts are as at the beginning of a run.

    Raises:
        WaitInterruptedError: an interruption ended the wait for the environment.
    """
    if checkpoint is not None:
        _restore(checkpoint, state, collecting, updating, batches)
    store, counters = state.store, state.counters
    known = 0 if checkpoint is None else checkpoint.state["episodes"]
    if len(store) < known:
        state.notes.append(f"{known - len(store):,} of {known:,} episodes are gone")
    if len(store) != known or store.newest >= counters.episode:
        _count_newer_episodes(state)
    elif checkpoint is not None and counters == Counters.of(checkpoint.state["counters"]):
        state.saved = state.progress


def _restore(
    checkpoint: Checkpoint, state: TrainingState, collecting: Collecting, updating: Updating, batches: BatchSource
) -> None:
    state.agent.load_state_dict(checkpoint.weights)
    learner = updating.learner
    learner.load_state_dict(unflatten_optimizers(checkpoint.optimizers, learner.state_dict()))
    learner.running.load_state_dict(
        {name.removeprefix(RUNNING): value for name, value in checkpoint.tensors.items() if name.startswith(RUNNING)}
    )
    state.counters = Counters.of(checkpoint.state["counters"])
    if checkpoint.state["device"] == state.device.type:
        state.noise.restore(checkpoint.tensors["noise"])
    else:  # each kind of device has generators of its own: another stream
        state.noise = NoiseSource(state.config.seed + state.counters.update, state.device)
    batches.restore(checkpoint.state["rng"])
    updating.losses.restore(checkpoint.state.get("losses"))
    state.test_returns = checkpoint.returns
    forget_judgments_after(state.folder.judgments, state.counters.update)
    if checkpoint.episode is not None:
        _restore_episode(checkpoint.episode, checkpoint, state, collecting)


def _restore_episode(
    partial: GrowingEpisode, checkpoint: Checkpoint, state: TrainingState, collecting: Collecting
) -> None:
    """Bring the environment to the end of the running episode; if that fails, its steps no longer count."""
    store = state.store
    same_replay = len(store) == checkpoint.state["episodes"] and store.newest < state.counters.episode
    if same_replay and _plays_again(partial, state, collecting):
        initial = state.agent.initial(1)
        names = [f"{POSTERIOR}{name}" for name in initial._asdict()]
        if all(name in checkpoint.tensors for name in names):
            collecting.posterior = state_like(initial, (checkpoint.tensors[name].to(state.device) for name in names))
        return
    state.counters.step -= partial.total_steps
    if same_replay:
        collecting.note_other_world(partial.total_steps)


def _plays_again(partial: GrowingEpisode, state: TrainingState, collecting: Collecting) -> bool:
    seed = episode_seed(state.config.seed, state.counters.episode, "train")
    try:
        return collecting.running.resume(partial, seed)
    except EnvError:
        _log.exception("the running episode cannot be played again")
        collecting.running.keeper.close()
        return False


def _count_newer_episodes(state: TrainingState) -> None:
    """Count the episodes stored after the checkpoint, so that the schedule asks for their updates."""
    store, counters = state.store, state.counters
    newer = store.steps_of_each[store.numbers >= counters.episode].sum()
    counters.step = max(counters.step + int(newer), store.steps)
    counters.episode = max(counters.episode, store.next_number)
    if counters.prefilling:
        ends = store.steps_of_each.cumsum()
        counters.learning_since = next((int(end) for end in ends if end >= state.config.prefill), None)
