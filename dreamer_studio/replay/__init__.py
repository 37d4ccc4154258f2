"""The replay: episodes on disk and in memory, and batches of sequences."""

from dreamer_studio.replay.episode import Episode, episode_of
from dreamer_studio.replay.files import ReplayError, read_episode
from dreamer_studio.replay.growing import GrowingEpisode, GrowingStates, read_growing
from dreamer_studio.replay.index import EpisodeIndex, EpisodeList, place_of
from dreamer_studio.replay.kept_tests import keep_test, read_tests, stored_test
from dreamer_studio.replay.played_tests import PlayedTest, PlayedTests
from dreamer_studio.replay.sampler import Origins, Sequences, Window, sample_sequences, sample_windows
from dreamer_studio.replay.store import EpisodeStore

__all__ = [
    "Episode",
    "EpisodeIndex",
    "EpisodeList",
    "EpisodeStore",
    "GrowingEpisode",
    "GrowingStates",
    "Origins",
    "PlayedTest",
    "PlayedTests",
    "ReplayError",
    "Sequences",
    "Window",
    "episode_of",
    "keep_test",
    "place_of",
    "read_episode",
    "read_growing",
    "read_tests",
    "sample_sequences",
    "sample_windows",
    "stored_test",
]
