"""Every journey through the window uses these."""

from tests.support.window_fixtures import garbage_ends_here, nothing_is_left_behind, theme

__all__ = ["garbage_ends_here", "nothing_is_left_behind", "theme"]
