"""Every journey through the window uses these."""

from tests.support.trained import finished_run, finished_within_an_episode
from tests.support.window_fixtures import garbage_ends_here, nothing_is_left_behind, theme

__all__ = ["finished_run", "finished_within_an_episode", "garbage_ends_here", "nothing_is_left_behind", "theme"]
