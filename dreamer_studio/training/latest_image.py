"""Writes ``latest.png``: the newest frame beside its reconstruction, so that a list of runs decodes no episode."""

from __future__ import annotations

import io
import logging
from typing import Final

import numpy as np
import torch

from dreamer_studio.arrays import Images
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.files import write_whole
from dreamer_studio.replay import Episode, EpisodeStore, GrowingEpisode
from dreamer_studio.replay.stored import StoredEpisode, read_part
from dreamer_studio.training.state import TrainingState

ROWS: Final = 8
"""Newest rows of the episode that the model reads to reconstruct the last one."""

SEED: Final = 20_191_203  # of noise that the training never uses

_log = logging.getLogger(__name__)


def write_latest_image(state: TrainingState, running: GrowingEpisode | None) -> None:
    """Write the newest frame, beside its reconstruction once the model has learned. A failure is only logged.

    The training's noise and numbers do not change.

    Args:
        state: the training's state.
        running: the running episode; None between two episodes.
    """
    try:
        rows = _newest_rows(state.store, running)
        if rows is not None:
            write_whole(state.folder.latest_image, _as_png(_drawn(state, rows)), check=state.hold.check)
    except Exception:  # nobody needs the image
        _log.warning("the newest image could not be written", exc_info=True)


def _newest_rows(store: EpisodeStore, running: GrowingEpisode | None) -> Episode | None:
    """Return the last rows of the running episode, else of the newest stored one; None without an episode."""
    if running is not None:
        return running.read(max(0, len(running) - ROWS), len(running))
    if not len(store):
        return None
    newest = StoredEpisode(store.newest, int(store.lengths[-1]), int(store.steps_of_each[-1]))
    count = min(ROWS, newest.rows)
    # Not through the store: another thread may be reading the next batch with it.
    rows, _ = read_part(store.folder / newest.file_name, newest.rows - count, count, newest.rows, lambda _: False)
    return rows


def _drawn(state: TrainingState, rows: Episode) -> Images:
    """Return the last frame (64, 64, 3), or both images (64, 128, 3)."""
    frame: Images = rows.image[-1]
    if state.counters.update == 0:
        return frame
    agent, noise = state.agent, NoiseSource(SEED, state.device)
    image, action = (torch.from_numpy(part).to(state.device).unsqueeze(0) for part in (rows.image, rows.action))
    posterior = agent.filter(image, action, agent.noise(noise, len(rows), 1))
    redrawn: Images = agent.decode(posterior.feat[0, -1:])[0].cpu().numpy()
    return np.concatenate((frame, redrawn), axis=1)


def _as_png(image: Images) -> bytes:
    from PIL import Image  # noqa: PLC0415  (needed only here)

    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return file.getvalue()
