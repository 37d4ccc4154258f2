"""Films of reconstructions, open loops and dreams of a snapshot, from recorded sequences."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from dreamer_studio.config import Config, changed_settings
from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.dream import decode, dream
from dreamer_studio.dreams.open_loop import open_loop
from dreamer_studio.dreams.rewards import as_learned
from dreamer_studio.export.film import Film, Kind
from dreamer_studio.export.progress import Progress
from dreamer_studio.export.recipe import Recipe, Scene, Sequences, Weights, run_names
from dreamer_studio.replay import EpisodeList, ReplayError, Window, sample_windows

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Source:
    """A snapshot: the agent, its device, the numbers that name it, and the folder of its run."""

    agent: Agent
    device: torch.device
    config: Config
    step: int
    update: int
    run: Path


@dataclass(frozen=True)
class FilmRequest:
    """A request for a film.

    Attributes:
        kind: "imagined", "open-loop" or "reconstruction".
        length: number of frames; fewer for a replayed kind if no episode is that long.
        context: frames that the model sees first; not read for a reconstruction, where it sees all of them.
        count: number of sequences.
        seed: of the choice of sequences and of all noise.
    """

    kind: Kind
    length: int
    context: int = 5
    count: int = 4
    seed: int = 0


def film_from_replay(
    source: Source, episodes: EpisodeList, request: FilmRequest, progress: Progress | None = None
) -> Film:
    """Make a film of random sequences of stored episodes.

    Raises:
        ExportCanceled: `progress`, which gets the share that is done, returned False.
        ValueError: there is no episode yet, or the context leaves nothing to predict.
        ReplayError: no episode's file can be read.
    """
    rng = np.random.default_rng(request.seed)
    if request.kind == "imagined":
        windows = _windows(episodes, request.count, request.context, rng)
        return _imagined_film(source, windows, request, progress)
    windows = _windows(episodes, request.count, request.length, rng)
    length = len(windows[0].rows)
    if request.kind == "open-loop" and request.context >= length:
        raise ValueError(f"a context of {request.context} leaves nothing to predict of {length} frames")
    context = request.context if request.kind == "open-loop" else length
    return _replayed_film(source, windows, context, request, progress)


def _windows(episodes: EpisodeList, count: int, length: int, rng: np.random.Generator) -> list[Window]:
    """Return random windows of episodes; leave out episodes whose files are damaged."""
    while True:
        try:
            return sample_windows(episodes, count, length, rng)
        except ReplayError as error:
            if not error.damaged or len(episodes) == 1:
                raise
            _log.warning("%s; it is left out", error)
            episodes = episodes.without(error.path)


def _imagined_film(source: Source, windows: list[Window], request: FilmRequest, progress: Progress | None) -> Film:
    """Film dreams of the requested length, each from the posterior after all frames of one window."""
    agent, noise = source.agent, NoiseSource(request.seed, source.device)
    image, action = _tensors(source, windows)
    count, context = action.shape[:2]
    seen = agent.filter(image, action, agent.noise(noise, context, count))
    dreamed = dream(agent, seen.map(lambda part: part[:, -1]), request.length, noise)
    return Film(
        kind="imagined",
        model=decode(agent, dreamed.states.feat.transpose(0, 1), progress),
        real=None,
        action=dreamed.action.transpose(0, 1).cpu().numpy(),
        reward=None,
        reward_predicted=dreamed.reward.T.cpu().numpy(),
        value=dreamed.value.T.cpu().numpy(),
        context=0,
        step=source.step,
        update=source.update,
        task=source.config.task,
        recipe=_recipe(source, windows, request),
    )


@torch.no_grad()
def _replayed_film(
    source: Source, windows: list[Window], context: int, request: FilmRequest, progress: Progress | None
) -> Film:
    """Film recorded windows beside the model, which sees the first `context` frames and then only the actions.

    With `context` = T the model sees every frame: a reconstruction.
    """
    agent, noise = source.agent, NoiseSource(request.seed, source.device)
    image, action = _tensors(source, windows)
    count, length = action.shape[:2]
    posterior_noise = agent.noise(noise, context, count)
    states = open_loop(agent, image, action, context, posterior_noise, agent.noise(noise, length - context, count))
    predicted = agent.heads(states.feat)
    return Film(
        kind="reconstruction" if context == length else "open-loop",
        model=decode(agent, states.feat, progress),
        real=np.stack([window.rows.image for window in windows]),
        action=np.stack([window.rows.action for window in windows]),
        reward=np.stack([as_learned(window.rows.reward, source.config) for window in windows]).astype(np.float32),
        reward_predicted=predicted.reward.cpu().numpy(),
        value=predicted.value.cpu().numpy(),
        context=context,
        step=source.step,
        update=source.update,
        task=source.config.task,
        recipe=_recipe(source, windows, request),
    )


def _recipe(source: Source, windows: list[Window], request: FilmRequest) -> Recipe:
    """Describe the film; its first sequence is the scene to dream from again."""
    first, imagined = windows[0], request.kind == "imagined"
    rows = len(first.rows)
    run, folder = run_names(source.run)
    context = rows if request.kind != "open-loop" else request.context
    return Recipe(
        kind=request.kind,
        task=source.config.task,
        preset=source.config.preset,
        run=run,
        folder=folder,
        settings=changed_settings(source.config),
        weights=(Weights(source.update, source.step),),
        scene=Scene(
            episode=first.episode,
            frame=first.first + context - 1,
            context=context,
            length=request.length if imagined else rows - context,
            actor="sample" if imagined else "recorded",
            seed=request.seed,
        ),
        sequences=Sequences(
            request.count,
            request.length,
            request.context,
            request.seed,
            tuple((window.episode, window.first) for window in windows),
        ),
    )


def _tensors(source: Source, windows: list[Window]) -> tuple[torch.Tensor, torch.Tensor]:
    image = torch.from_numpy(np.stack([window.rows.image for window in windows]))
    action = torch.from_numpy(np.stack([window.rows.action for window in windows]))
    return image.to(source.device), action.to(source.device)
