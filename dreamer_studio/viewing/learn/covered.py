"""Covers the model's eyes for some frames of a fixed scene."""

from __future__ import annotations

import numpy as np

from dreamer_studio.dreamer.latent import LatentState, join_states
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreams.dream import decode
from dreamer_studio.dreams.features import to_floats
from dreamer_studio.viewing.learn.messages.covered import CoveredRequest, CoveredResult
from dreamer_studio.viewing.learn.scene import SEED, LearnScene
from dreamer_studio.viewing.worker import CannotAnswerError

SEEN = 8
"""Frames that the model sees before its eyes are covered."""


def cover(request: CoveredRequest, scene: LearnScene) -> CoveredResult:
    """Answer a request of the chapter on the transition model.

    Raises:
        CannotAnswerError: the scene is too short.
    """
    rows = len(scene.rows)
    if rows < SEEN + 2:
        raise CannotAnswerError(f"This episode has only {rows} frames. Choose another scene.")
    covered = min(request.covered, rows - SEEN - 1)
    agent = scene.agent
    states = _states(scene, covered)
    kl = to_floats(agent.surprise(states)[0].sum(-1))
    kl[SEEN : SEEN + covered] = np.nan
    return CoveredResult(
        request,
        scene.snapshot.update,
        scene.origin,
        scene.rows.image,
        first=SEEN,
        covered=covered,
        seen=decode(agent, scene.posterior.feat[0]),
        dreamed=decode(agent, states.feat[0]),
        kl=kl,
        kl_seen=to_floats(agent.surprise(scene.posterior)[0].sum(-1)),
    )


def _states(scene: LearnScene, covered: int) -> LatentState:
    """Return the states (1, T, .): posteriors, then priors while the eyes are covered, then posteriors again."""
    agent, image, action = scene.agent, scene.image, scene.action
    noise = agent.noise(NoiseSource(SEED, scene.device), image.shape[1], 1)  # as in `LearnScene.posterior_of`
    opened = SEEN + covered
    before = agent.filter(image[:, :SEEN], action[:, :SEEN], noise[:SEEN])
    parts = [before]
    last = before.map(lambda part: part[:, -1])
    if covered:
        blind, _ = agent.roll_out(last, lambda _, step: action[:, SEEN + step], noise[SEEN:opened])
        parts.append(blind.map(lambda part: part.transpose(0, 1)))
        last = blind.map(lambda part: part[-1])
    parts.append(agent.filter(image[:, opened:], action[:, opened:], noise[opened:], last))
    return join_states(parts, 1)
