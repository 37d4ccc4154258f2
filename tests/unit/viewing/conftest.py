"""Every test of what stands behind the window uses these."""

from tests.support.idle_session import session
from tests.support.library import library

__all__ = ["library", "session"]
