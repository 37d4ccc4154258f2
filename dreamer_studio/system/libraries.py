"""The system libraries that Python packages do not include."""

from __future__ import annotations

from dreamer_studio.resources import asset_path


def install_line() -> str:
    """Return the command that installs all needed libraries on Debian and its derivatives."""
    lines = asset_path("system-libraries.txt").read_text(encoding="utf-8").splitlines()
    needed = [line.removeprefix("needed ") for line in lines if line.startswith("needed ")]
    return f"apt-get install {' '.join(needed)}"
