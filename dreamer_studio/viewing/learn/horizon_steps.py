"""The horizons that the chapter on the horizon compares. No torch."""

from __future__ import annotations

from typing import Final

LONGEST: Final = 45
"""The longest horizon, in imagined steps."""

EXAMPLES: Final = (1, 5, 15, 45)
"""Horizons that the answer names."""
