"""Seeds of episodes: the same run, episode and stream always give the same episode."""

from typing import Final, Literal

import numpy as np

Stream = Literal["train", "eval", "view"]

_STREAM_KEYS: Final[dict[Stream, int]] = {"train": 0, "eval": 1, "view": 2}


def episode_seed(run_seed: int, episode: int, stream: Stream) -> int:
    """Derive the seed of one episode.

    Training, evaluation and viewing draw from separate streams, so viewing more episodes does not change the training
    episodes.

    Args:
        run_seed: Seed of the run, 0 or more.
        episode: Number of the episode in its stream, 0 or more.
        stream: What the episode is for.

    Returns:
        A seed in [0, 2**32).

    Raises:
        ValueError: If `run_seed` or `episode` is negative.
    """
    sequence = np.random.SeedSequence(run_seed, spawn_key=(_STREAM_KEYS[stream], episode))
    return int(sequence.generate_state(1, np.uint32)[0])
