"""Compares checkpoints through the gauges: paired on episodes that all see, separately where each plays its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TypeVar

import torch

from dreamer_studio.config import Config, ConfigError
from dreamer_studio.envs import EnvSpec, episode_seed
from dreamer_studio.parts import mapped
from dreamer_studio.runs.checkpoint_names import progress_of
from dreamer_studio.runs.errors import InputError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.trained_agent import TrainedAgent, load_agent_at
from dreamer_studio.texts import reason_of
from dreamer_studio.trust.comparing.comparable import settings_that_differ, why_not_comparable
from dreamer_studio.trust.comparing.comparison import Answers, Comparison, Contestant, own_checkpoints_of
from dreamer_studio.trust.comparing.difference import paired_difference, unpaired_difference, value_of
from dreamer_studio.trust.comparing.own_returns import own_returns_of
from dreamer_studio.trust.comparing.quantities import OWN, SHARED, Quantity
from dreamer_studio.trust.gauge import Gauge
from dreamer_studio.trust.judging import judging, versions
from dreamer_studio.trust.judgment import Judgment
from dreamer_studio.trust.measured import FEWEST_EPISODES
from dreamer_studio.trust.seen import HeldOut, Player
from dreamer_studio.trust.stored import stored_episodes

MOST_SHARED: Final = 16
"""Most episodes that all models are judged on; at 1,000 rows each they take 200 MB."""

Players = Sequence[tuple[Player, int]]
"""Who plays each episode, and its seed."""

Play = Callable[[TrainedAgent, Players], Generator[str, None, list[HeldOut]]]
"""Plays an episode for each player and seed, yields its progress in words, and returns the episodes.

Raises:
    EnvError: the environment failed.
"""

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class _Judged:
    """One model: some of its own episodes, and the gauges of its returns on all of them. Its weights are not kept."""

    contestant: Contestant
    config: Config
    spec: EnvSpec
    played: tuple[HeldOut, ...] = ()
    own: dict[str, Gauge] = field(default_factory=dict)


def own_players(count: int, seed: int) -> list[tuple[Player, int]]:
    """Return the players of every model's own episodes, sample and mode in turns, and the seeds."""
    players: tuple[Player, Player] = ("sample", "mode")
    return [(players[number % 2], episode_seed(seed, number, "view")) for number in range(count)]


def comparing(
    checkpoints: Sequence[Path], play: Play, device: torch.device, episodes: int = FEWEST_EPISODES, seed: int = 0
) -> Generator[str, None, Comparison]:
    """Compare checkpoints with the first one, and yield a line of progress for each part.

    All models are judged on the same episodes, from the same starts, with the same noise: the stored test episodes of
    all their runs, and the episodes that the models play if fewer than four are stored. Each model also plays its own
    episodes, from the same seeds; gap, value and policy are judged on these.

    Args:
        checkpoints: at least two, the reference first.
        play: plays episodes.
        device: where to compute.
        episodes: number of episodes that each model plays.
        seed: of all noise.

    Raises:
        InputError: the models cannot be compared, or fewer than two can be judged.
        CheckpointError, ConfigError, OSError: the reference cannot be read.
        EnvError: the environment failed.
    """
    left_out: list[str] = []
    models = yield from _looking(checkpoints, device, left_out)
    _check_enough(models, left_out)
    players, few = own_players(episodes, models[0].config.seed), -(-MOST_SHARED // len(models))
    judged: list[_Judged] = []
    for number, one in enumerate(models, 1):
        about = f"{one.contestant.name} ({number} of {len(models)})"
        trained = _load(one.contestant, device, left_out if judged else None)
        if trained is not None:
            found = yield from _judging_own(one, trained, players, play, device, seed, about)
            judged.append(replace(found, played=found.played[:few]))
    held, facts = _shared_episodes(judged)
    shared = yield from _judging_shared(judged, held, device, seed, left_out)
    judged = [one for one in judged if one.contestant.path in shared]
    _check_enough(judged, left_out)
    answers = tuple(_answers(one, judged[0], shared, seed) for one in judged)
    return Comparison(
        task=judged[0].config.task,
        answers=answers,
        episodes=tuple(facts),
        own=episodes,
        training_horizon=judged[0].config.horizon,
        notes=_notes(judged),
        left_out=tuple(left_out),
        seed=seed,
        versions=versions(),
        own_checkpoints=own_checkpoints_of(answers),
    )


def _looking(
    checkpoints: Sequence[Path], device: torch.device, left_out: list[str]
) -> Generator[str, None, list[_Judged]]:
    """Read all models before minutes of play, and refuse those that cannot be compared with the first."""
    models: list[_Judged] = []
    for path in checkpoints:
        contestant = Contestant(path, *progress_of(path))
        yield f"reads {contestant.name}"
        trained = _load(contestant, device, left_out if models else None)
        if trained is None:
            continue
        first = models[0] if models else _Judged(contestant, trained.config, trained.spec)
        refusal = why_not_comparable(first.config, first.spec, trained.config, trained.spec)
        if refusal:
            raise InputError(f"{first.contestant.name} and {contestant.name} cannot be compared: {refusal}")
        models.append(_Judged(contestant, trained.config, trained.spec))
    return models


def _judging_own(
    one: _Judged, trained: TrainedAgent, players: Players, play: Play, device: torch.device, seed: int, about: str
) -> Generator[str, None, _Judged]:
    """Let a model play, and judge its returns."""
    played = yield from mapped(play(trained, players), lambda words: f"{about}: {words}")
    parts = judging(trained.agent, played, trained.config, device, seed, _gauges(OWN))
    own = yield from _telling(parts, f"{about}: judges its own episodes")
    return replace(one, played=tuple(played), own=own.gauges)


def _load(contestant: Contestant, device: torch.device, left_out: list[str] | None) -> TrainedAgent | None:
    """Load a model. If it cannot be read, add a line to `left_out` and return None; without that list, raise."""
    try:
        return load_agent_at(contestant.path, device)
    except (InputError, ConfigError, OSError) as error:
        if left_out is None:
            raise
        left_out.append(f"{contestant.name}: {reason_of(error)}")
        return None


def _check_enough(models: Sequence[_Judged], left_out: Sequence[str]) -> None:
    if len(models) < 2:
        raise InputError(f"there is nothing to compare: {'; '.join(left_out)}")


def _judging_shared(
    judged: Sequence[_Judged], held: Sequence[HeldOut], device: torch.device, seed: int, left_out: list[str]
) -> Generator[str, None, dict[Path, dict[str, Gauge]]]:
    """Judge all models on the same episodes; add a line for each model whose weights were removed meanwhile."""
    shared: dict[Path, dict[str, Gauge]] = {}
    for number, one in enumerate(judged, 1):
        trained = _load(one.contestant, device, left_out if shared else None)
        if trained is None:
            continue
        config = replace(trained.config, horizon=judged[0].config.horizon)
        parts = judging(trained.agent, held, config, device, seed, _gauges(SHARED))
        told = f"{one.contestant.name} ({number} of {len(judged)}): judges {len(held)} shared episodes"
        shared[one.contestant.path] = (yield from _telling(parts, told)).gauges
    return shared


def _shared_episodes(judged: Sequence[_Judged]) -> tuple[list[HeldOut], list[str]]:
    """Return the episodes for all models, with a line about each; runs take turns, each with its newest tests first."""
    by_run = []
    for folder in dict.fromkeys(one.contestant.folder for one in judged):
        spec = next(one.spec for one in judged if one.contestant.folder == folder)
        held, facts = stored_episodes(RunFolder(folder).tests, spec, -1)
        by_run.append([(one, f"{folder.name}: {fact}") for one, fact in zip(held, facts, strict=True)])
    stored = _in_turns(by_run)
    if len(stored) < FEWEST_EPISODES:
        stored += _in_turns([_own_facts(one) for one in judged])
    chosen = stored[:MOST_SHARED]
    return [one for one, _ in chosen], [fact for _, fact in chosen]


def _own_facts(one: _Judged) -> list[tuple[HeldOut, str]]:
    name = one.contestant.name
    return [(held, f"{name}: {held.player}, own episode {number}") for number, held in enumerate(one.played, 1)]


def _answers(one: _Judged, reference: _Judged, shared: Mapping[Path, dict[str, Gauge]], seed: int) -> Answers:
    mine, theirs = shared[one.contestant.path], shared[reference.contestant.path]
    values = {name: value_of(quantity, mine.get(quantity.gauge)) for name, quantity in SHARED.items()}
    values |= {name: value_of(quantity, one.own.get(quantity.gauge)) for name, quantity in OWN.items()}
    differences = {}
    if one is not reference:
        for name, quantity in SHARED.items():
            pair = mine.get(quantity.gauge), theirs.get(quantity.gauge)
            differences[name] = paired_difference(quantity, *pair, seed)
        for name, quantity in OWN.items():
            pair = one.own.get(quantity.gauge), reference.own.get(quantity.gauge)
            differences[name] = unpaired_difference(quantity, *pair, seed)
    return Answers(one.contestant, values, differences, own_returns_of(one.own.get("gap")))


def _notes(judged: Sequence[_Judged]) -> tuple[str, ...]:
    """Return a line for each run whose settings differ from those of the reference."""
    notes: dict[str, None] = {}
    for one in judged[1:]:
        differ = settings_that_differ(judged[0].config, one.config)
        if differ:
            notes[
                f"settings of {judged[0].contestant.folder.name} and {one.contestant.folder.name} differ: {differ}"
            ] = None
    return tuple(notes)


def _gauges(quantities: Mapping[str, Quantity]) -> set[str]:
    return {quantity.gauge for quantity in quantities.values()}


def _in_turns(lists: Sequence[Sequence[T]]) -> list[T]:
    longest = max((len(each) for each in lists), default=0)
    return [each[place] for place in range(longest) for each in lists if place < len(each)]


def _telling(parts: Generator[None, None, Judgment], told: str) -> Generator[str, None, Judgment]:
    """Judge, and yield a line with the number of each part."""
    number = itertools.count(1)
    return mapped(parts, lambda _: f"{told}, part {next(number)}")
