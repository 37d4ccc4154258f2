"""Gauge: how much of the simulator's state the features tell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats
from dreamer_studio.config import Config
from dreamer_studio.dreamer.fast import make_agent
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.features import to_floats
from dreamer_studio.trust.gauge import Gauge, named_sums
from dreamer_studio.trust.knowing.ridge import held_out_errors
from dreamer_studio.trust.knowing.world import WorldState
from dreamer_studio.trust.measured import FEWEST_EPISODES, SKILL, UNKNOWN, Measured, measure, unjudged, worst
from dreamer_studio.trust.model import Model
from dreamer_studio.trust.seen import HeldOut, Seen, posteriors

NOT_ON_RECORD = "the simulator's state is not on record"


def knows_gauge(model: Model, seen: Sequence[Seen], config: Config, noise: NoiseSource) -> Gauge:
    """Measure how well linear regression reads the simulator's state from the features.

    R2 = 1 - sum of squared errors / sum of squared errors of the mean, for each variable, on episodes that the
    regression did not see; the mean is that of the fitted episodes. An angle counts as its cosine and sine. The number
    on top is the median R2 of all variables that change: one that no image shows does not spoil it.

    Random weights keep much of the image, so R2 above 0 alone proves nothing. The verdict is the worse of two skills:
    R2 itself, and 1 - (1 - R2) / (1 - R2 of untrained weights), detail `over_untrained`. Further details: `untrained`,
    the median R2 of untrained weights, and the R2 of each variable, least known first, as `R2 <name>`.

    Args:
        model: gives the kind of actions.
        seen: the episodes; those without a state are left out.
        config: of the run, for untrained weights of the same sizes.
        noise: of the posteriors of the untrained weights.
    """
    known = [(index, one, one.held.world) for index, one in enumerate(seen) if one.held.world is not None]
    worlds = [world for _, _, world in known]
    if not worlds or any(world.names != worlds[0].names for world in worlds):
        return Gauge(UNKNOWN, NOT_ON_RECORD)
    if len(worlds) < FEWEST_EPISODES:
        few = f"fewer than {FEWEST_EPISODES} episodes with the simulator's state"
        return Gauge(Measured(UNKNOWN.value, UNKNOWN.low, UNKNOWN.high, len(worlds), "cannot tell"), few)
    names, targets, variable = _targets(worlds)
    if not names:
        return Gauge(UNKNOWN, "the simulator's state never changes")
    trained = [to_floats(one.states.feat) for _, one, _ in known]
    random = _untrained_features(model, [one.held for _, one, _ in known], config, noise)
    columns = [_by_variable(held_out_errors(features, targets), variable) for features in (trained, random)]
    return _gauge(names, np.array([index for index, _, _ in known]), np.concatenate(columns, 1))


def _gauge(names: Sequence[str], episode: NDArray[np.int64], sums: Floats) -> Gauge:
    """Make the gauge of sums (E, 4 V): errors and nulls of the trained weights, then of the untrained ones."""
    size = len(names)
    top = measure(sums[:, : 2 * size], _median_known, SKILL)
    over = measure(sums, _over_untrained, SKILL)
    each = {
        name: measure(sums[:, : 2 * size], partial(_known_of, place=place), unjudged)
        for place, name in enumerate(names)
    }
    least_first = sorted(each, key=lambda name: each[name].value)
    details = {
        "over_untrained": over,
        "untrained": measure(sums[:, 2 * size :], _median_known, unjudged),
        **{f"R2 {name}": each[name] for name in least_first},
    }
    verdict = worst([top.verdict, over.verdict])
    reason = f"least known: {least_first[0]}, R2 {each[least_first[0]].value:.2f}"
    columns = [f"{kind} {name}" for kind in ("error", "null") for name in names]
    named = named_sums(episode, columns, sums[:, : 2 * size])
    return Gauge(Measured(top.value, top.low, top.high, top.n, verdict), reason, details, by_episode=named)


def _targets(worlds: Sequence[WorldState]) -> tuple[list[str], list[Floats], NDArray[np.int64]]:
    """Return names of the V variables that change, targets (T, D) of each episode, and the variable (D,) of each."""
    together = np.concatenate([world.numbers for world in worlds])
    spread, size = np.ptp(together, 0), np.abs(together).max(0)
    changing = np.flatnonzero(spread > 1e-9 * np.maximum(size, 1))
    names = [worlds[0].names[place] for place in changing]
    columns = [(new, place, turn) for new, place in enumerate(changing) for turn in _readings(worlds[0], int(place))]
    targets = [
        np.stack([turn(world.numbers[:, place]) for _, place, turn in columns], -1) for world in worlds if columns
    ]
    return names, targets, np.array([new for new, _, _ in columns], np.int64)


def _readings(world: WorldState, place: int) -> tuple[np.ufunc, ...]:
    return (np.cos, np.sin) if world.angle[place] else (np.positive,)


def _by_variable(sums: tuple[Floats, Floats], variable: NDArray[np.int64]) -> Floats:
    """Add up errors and nulls (E, D) of the targets of each variable, (E, 2 V)."""
    belongs = (variable[:, None] == np.arange(variable.max() + 1)).astype(np.float64)
    return np.concatenate([each @ belongs for each in sums], 1)


@torch.no_grad()
def _untrained_features(model: Model, held: Sequence[HeldOut], config: Config, noise: NoiseSource) -> list[Floats]:
    """Return the features (T, F) that untrained weights of the same sizes have of the episodes."""
    agent = make_agent(config, held[0].rows.action.shape[1], model.action_kind)
    agent.initialize(0)
    agent.to(noise.device)
    return [to_floats(posteriors(agent, one.rows, noise).feat) for one in held]


def _known(sums: Floats) -> Floats:
    errors, nulls = np.split(sums, 2, -1)
    return np.asarray(1 - errors / nulls)


def _known_of(sums: Floats, place: int) -> Floats:
    return np.asarray(_known(sums)[..., place])


def _median_known(sums: Floats) -> Floats:
    return np.asarray(np.median(_known(sums), -1))


def _over_untrained(sums: Floats) -> Floats:
    trained, random = np.split(sums, 2, -1)
    return np.asarray(1 - (1 - _median_known(trained)) / (1 - _median_known(random)))
