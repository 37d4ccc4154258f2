"""Tells whether a folder is that of a study, by the study file that each launch keeps in it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

KEPT_STUDY: Final = "kept-study.toml"
"""Name of the copy of the study file in the folder of a study."""


def is_study(path: Path) -> bool:
    """Return whether a folder is that of a study."""
    return (path / KEPT_STUDY).is_file()
