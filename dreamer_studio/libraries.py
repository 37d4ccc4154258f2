"""The system libraries that Python packages cannot bring along."""

from __future__ import annotations

from dreamer_studio.resources import asset_path


def install_line() -> str:
    """Give the line that installs all of them that are needed, on Debian and the systems made from it."""
    lines = asset_path("system-libraries.txt").read_text(encoding="utf-8").splitlines()
    needed = [line.removeprefix("needed ") for line in lines if line.startswith("needed ")]
    return f"apt-get install {' '.join(needed)}"
