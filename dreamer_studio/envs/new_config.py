"""The configuration of a new run, from the task's suite, the preset and the user's choices."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from dreamer_studio.config import Config, ConfigError, preset_config
from dreamer_studio.envs.errors import EnvUnavailableError
from dreamer_studio.envs.suites.asking import settings_of
from dreamer_studio.envs.suites.registry import package_of


def build_config(task: str, preset: str, overrides: Mapping[str, Any] | None = None) -> Config:
    """Build the configuration of a new run.

    Args:
        task: A task such as ``dmc:walker-walk`` or ``gym:CartPole-v1``; the environment checks later whether it exists.
            A separate process asks the suite of a package.
        preset: A key of `PRESETS`.
        overrides: Field names to values, which may be text from a command line.

    Raises:
        ConfigError: If the preset or a field is unknown, or a value has the wrong type or is out of range.
        EnvError: If the suite of a package is broken; the message names the package.
    """
    package, settings = package_of(task), settings_of(task)
    config = preset_config(task, preset, _sound(task, package, settings), overrides)
    return dataclasses.replace(config, suite_package=package)


def _sound(task: str, package: str, settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """Check the default settings of a package's suite.

    Raises:
        EnvUnavailableError: If a default is not a setting, or its value is invalid; the message names the package.
    """
    if package:
        try:
            preset_config(task, "paper", settings)
        except ConfigError as error:
            raise EnvUnavailableError(f"the suite of the package {package} has an invalid default: {error}") from error
    return settings
