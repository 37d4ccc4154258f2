"""The recorded part of a scene or a comparison."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.config import Config
from dreamer_studio.dreams.returns import received_return
from dreamer_studio.dreams.rewards import as_learned
from dreamer_studio.replay import Episode


def recorded_part(rows: Episode, config: Config) -> dict[str, Any]:
    """Return the fields of a `Scene` or a `CompareResult` from its record: `real`, `received` and `taken`."""
    return {"real": rows.image, "received": as_learned(rows.reward, config), "taken": rows.action}


def scene_record(rows: Episode, later: NDArray[Any], config: Config, *, terminal: bool) -> dict[str, Any]:
    """Return the fields of a `Scene` from its record: those of `recorded_part`, `came` and `over`.

    Args:
        rows: the recorded rows of the scene.
        later: (m,), the rewards of the recorded rows after `rows`.
        config: the settings of the run.
        terminal: whether the last of all these rows is terminal.
    """
    reward = as_learned(np.concatenate([rows.reward, later]), config)
    came = received_return(reward, config.discount, terminal=terminal).first(len(rows))
    return {**recorded_part(rows, config), "came": came, "over": rows.is_terminal}
