"""All that the agent has lived through: episodes on disk and in memory, and batches of sequences."""

from dreamer_studio.replay.episode import Episode, EpisodeBuilder, ReplayError
from dreamer_studio.replay.sampler import Sequences, sample_sequences, sample_windows
from dreamer_studio.replay.store import EpisodeStore

__all__ = [
    "Episode",
    "EpisodeBuilder",
    "EpisodeStore",
    "ReplayError",
    "Sequences",
    "sample_sequences",
    "sample_windows",
]
