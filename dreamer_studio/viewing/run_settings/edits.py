"""Settings of a running training that the user has typed but not applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dreamer_studio.config import Config, ConfigError, Option, options, parse_setting, setting_text
from dreamer_studio.runs.idle_settings import idle_settings
from dreamer_studio.session import Status


@dataclass(frozen=True)
class Edits:
    """Typed settings beside those in use.

    Attributes:
        config: the settings in use.
        typed: the typed texts, by setting.
        values: the typed values that are valid and differ from those in use.
        problems: the reasons why a typed text cannot be applied, by setting.
        idle: the reasons why a setting has no effect now, by setting.
    """

    config: Config
    typed: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    idle: Mapping[str, str] = field(default_factory=dict)

    @property
    def can_apply(self) -> bool:
        """Return whether there is something to apply, and nothing wrong."""
        return bool(self.values) and not self.problems

    def text(self, name: str) -> str:
        """Return the text to show for a setting."""
        return self.typed.get(name, setting_text(getattr(self.config, name)))

    def in_use(self, name: str) -> str:
        """Return the value in use if the typed text differs from it, else an empty text."""
        return setting_text(getattr(self.config, name)) if name in self.typed else ""


def review_edits(status: Status, typed: Mapping[str, str]) -> Edits:
    """Check typed settings against those in use, and drop texts that say the value in use."""
    config = status.config
    kept: dict[str, str] = {}
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, text in typed.items():
        try:
            value = parse_setting(name, text)
        except ConfigError as error:
            kept[name], problems[name] = text, str(error)
            continue
        if value != getattr(config, name):
            kept[name], values[name] = text, value
            if name == "prefill" and not status.prefill:
                problems[name] = "the prefill is over, so this setting cannot change any more"
    idle = idle_settings(config, status.step, None)
    if not status.prefill:
        idle["prefill"] = "the prefill is over"
    return Edits(config, kept, values, problems, idle)


def changeable_options() -> tuple[Option, ...]:
    """Return the settings that can change while a run trains."""
    return tuple(option for option in options() if not option.fixed)
