"""Every test of the window uses these."""

from tests.support.flow import front, opened_runs
from tests.support.idle_session import session
from tests.support.made_run import studio
from tests.support.window_fixtures import garbage_ends_here, large_text, nothing_is_left_behind, theme

__all__ = [
    "front",
    "garbage_ends_here",
    "large_text",
    "nothing_is_left_behind",
    "opened_runs",
    "session",
    "studio",
    "theme",
]
