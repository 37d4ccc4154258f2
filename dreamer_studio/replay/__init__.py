"""All that the agent has lived through: episodes on disk and in memory, and batches of sequences."""

from dreamer_studio.replay.episode import Episode, EpisodeBuilder
from dreamer_studio.replay.files import ReplayError, read_episode, write_episode
from dreamer_studio.replay.sampler import Sequences, sample_sequences, sample_windows
from dreamer_studio.replay.store import EpisodeStore

__all__ = [
    "Episode",
    "EpisodeBuilder",
    "EpisodeStore",
    "ReplayError",
    "Sequences",
    "read_episode",
    "sample_sequences",
    "sample_windows",
    "write_episode",
]
