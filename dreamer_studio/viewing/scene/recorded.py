"""The recorded part of a scene or a comparison."""

from __future__ import annotations

from typing import Any

from dreamer_studio.config import Config
from dreamer_studio.dreams.rewards import as_learned
from dreamer_studio.replay import Episode


def recorded_part(rows: Episode, config: Config) -> dict[str, Any]:
    """Return the fields of a `Scene` or a `CompareResult` from its record: `real`, `received` and `taken`."""
    return {"real": rows.image, "received": as_learned(rows.reward, config), "taken": rows.action}
