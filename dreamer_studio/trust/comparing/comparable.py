"""Whether two trained models can be compared, and which of their settings differ."""

from __future__ import annotations

import dataclasses
from typing import Final

from dreamer_studio.config import Config
from dreamer_studio.envs import EnvSpec

_NOT_NAMED: Final = {"task", "suite_package", "preset", "action_repeat", "observe"}
"""Settings that models must share, and names for values that the other settings show."""

_WITHOUT_EFFECT: Final = {
    "steps",
    "checkpoint_every",
    "checkpoint_tests",
    "keep_newest",
    "keep_each",
    "env_timeout",
    "env_memory_mb",
    "replay_ram_mb",
    "spare_cores",
    "compile",
}
"""Settings that do not change what a model learns from."""

_MOST_NAMED: Final = 8


def why_not_comparable(first: Config, first_spec: EnvSpec, other: Config, other_spec: EnvSpec) -> str:
    """Say why two models cannot follow the same episodes; empty if they can."""
    if first.task != other.task:
        return f"the tasks differ: {first.task} and {other.task}"
    if (first_spec.action_kind, first_spec.action_names) != (other_spec.action_kind, other_spec.action_names):
        return f"the actions differ: {first_spec.acts_in_words} and {other_spec.acts_in_words}"
    if first.action_repeat != other.action_repeat:
        return f"action_repeat differs: {first.action_repeat} and {other.action_repeat}"
    seen = (first_spec.sees_in_words, other_spec.sees_in_words)
    if first.observe != other.observe or (first_spec.sees and other_spec.sees and seen[0] != seen[1]):
        return f"the images differ: {seen[0]} and {seen[1]}"
    return ""


def settings_that_differ(first: Config, other: Config) -> str:
    """Name the settings that differ, with both values; empty if none differ."""
    names = [field.name for field in dataclasses.fields(Config)]
    differ = [
        f"{name} {getattr(first, name)} and {getattr(other, name)}"
        for name in names
        if name not in _NOT_NAMED | _WITHOUT_EFFECT and getattr(first, name) != getattr(other, name)
    ]
    more = len(differ) - _MOST_NAMED
    return ", ".join(differ[:_MOST_NAMED]) + (f", and {more} more" if more > 0 else "")
