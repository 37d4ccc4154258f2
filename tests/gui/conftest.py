"""Every test of the window uses these."""

from tests.support.idle_session import session
from tests.support.window_fixtures import garbage_ends_here, large_text, nothing_is_left_behind, theme

__all__ = ["garbage_ends_here", "large_text", "nothing_is_left_behind", "session", "theme"]
