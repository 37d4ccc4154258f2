"""Names the folders of a study's runs: stable while the study grows, and safe in every file system."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from dreamer_studio.config import setting_text

MOST_NAME = 120
"""Characters of a name, at most."""

_MOST_TASK = 40
_MOST_SETTINGS = 50
_BUILT_IN = ("dmc", "gym", "lesson")


def run_name(task: str, settings: Mapping[str, Any], seed: int) -> str:
    """Return the name of a run's folder, such as ``walker-walk-horizon=20-seed1``.

    The name follows from the run alone, so other values, tasks and seeds of the study never change it. Characters that
    a shell or a file system refuses become dashes. If that loses something, or the name is too long, a short hash
    keeps the name apart from others.

    Args:
        task: the task.
        settings: the settings that differ from those of the task and the preset.
        seed: the seed.
    """
    prefix, _, rest = task.partition(":")
    parts = [f"{name}={_value_text(settings[name])}" for name in sorted(settings)]
    exact = "-".join([rest if prefix in _BUILT_IN else task, *parts])
    clean = _clean(exact)
    end = f"-seed{seed}"
    if clean == exact and len(clean) + len(end) <= MOST_NAME:
        return clean + end
    task_part, settings_part = _clean(rest)[:_MOST_TASK], _clean("-".join(parts))[:_MOST_SETTINGS]
    words = [task_part, settings_part, _hash(task, settings)]
    return "-".join(word.strip("-.") for word in words if word.strip("-.")) + end


def _clean(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.=,+-]+", "-", text).strip("-.")


def _value_text(value: Any) -> str:
    """Return the text of a value, the same for 1 and 1.0."""
    text = setting_text(value)
    return text.removesuffix(".0") if isinstance(value, float) else text


def _hash(task: str, settings: Mapping[str, Any]) -> str:
    identity = [task, *((name, _value_text(settings[name])) for name in sorted(settings))]
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:8]
