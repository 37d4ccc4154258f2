"""Changes of a run's settings while it trains and between two sessions."""

from __future__ import annotations

import dataclasses

from dreamer_studio.config import Config, ConfigError, with_overrides, write_config
from dreamer_studio.runs.idle_settings import idle_settings
from dreamer_studio.runs.rows import Row
from dreamer_studio.training.batches import BatchSource
from dreamer_studio.training.state import TrainingState

UNMARKED_SETTINGS = {
    "steps",
    "checkpoint_every",
    "checkpoint_tests",
    "keep_newest",
    "keep_each",
    "replay_ram_mb",
    "spare_cores",
    "env_timeout",
    "env_memory_mb",
}
"""Settings that do not affect learning; giving them other values for the next session is not logged."""


def change_setting(state: TrainingState, batches: BatchSource, name: str, value: object) -> Row | None:
    """Change a setting of a running training, and log the change; updates use it from the next one on.

    Returns:
        the row of the log, or None if the setting has this value already.

    Raises:
        ConfigError: there is no such setting, the value is out of range, or the setting is fixed now.
        OSError: config.json cannot be written; nothing has changed.
        RunTakenOverError: another trainer took over; nothing has changed.
    """
    before = getattr(state.config, name, None)
    config = with_overrides(state.config, {name: value})
    if config == state.config:
        return None
    if name == "prefill" and not state.counters.prefilling:
        since = state.counters.learning_since
        raise ConfigError(f"prefill can no longer change: it ended at environment step {since:,}")
    write_config(config, state.folder.config_file, state.hold.check)
    state.config = config
    batches.settle()
    state.store.ram_bytes = config.replay_ram_mb * 2**20
    return state.write("change", {"name": name, "before": before, "after": getattr(config, name)})


def note_changes(state: TrainingState, before: Config) -> None:
    """Log what the user has set since `before`, the configuration that the run was last trained with.

    Settings that no longer have an effect are noted. Once the prefill is over, the run keeps its `prefill`.
    """
    counters = state.counters
    idle = idle_settings(state.config, counters.step, counters.learning_since)
    for name, value in dataclasses.asdict(state.config).items():
        if value == getattr(before, name):
            continue
        if name in idle:
            state.notes.append(f"{name}={str(value).lower()} has no effect: {idle[name]}")
        if name == "prefill" and name in idle:
            state.config = with_overrides(state.config, {name: before.prefill})
        elif name not in UNMARKED_SETTINGS:
            state.write("change", {"name": name, "before": getattr(before, name), "after": value})
