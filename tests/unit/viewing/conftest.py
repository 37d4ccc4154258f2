"""Fixtures for all tests of the viewing room."""

from tests.support.idle_session import session
from tests.support.library import library

__all__ = ["library", "session"]
