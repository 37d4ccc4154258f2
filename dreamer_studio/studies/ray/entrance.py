"""The way to Ray from outside this folder. Prepares the process, because Ray reads variables while it is imported."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dreamer_studio.studies.ray.address import check_address
from dreamer_studio.studies.study import StudyError

if TYPE_CHECKING:
    from dreamer_studio.studies.launching import Launcher

INSTALL: Final = 'pip install "dreamer-studio[ray]"'

_ALWAYS: Final = {
    "RAY_USAGE_STATS_ENABLED": "0",  # contacts nobody
    "RAY_CHDIR_TO_TRIAL_DIR": "0",
    "RAY_AIR_NEW_OUTPUT": "0",
    "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",  # the runs have logs
    "TUNE_DISABLE_SIGINT_HANDLER": "1",
    "TUNE_DISABLE_STRICT_METRIC_CHECKING": "1",  # a run has no return before its first test
    "TUNE_PRINT_ALL_TRIAL_ERRORS": "0",
}
_JOINING: Final = {"RAY_NUM_REDIS_GET_RETRIES": "4"}
"""Ray otherwise tries for 20 s to join a cluster that refuses the token, with a warning for each try."""

_ALONE: Final = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
"""Ray then takes 127.0.0.1 as the address of this machine, on every system, and listens nowhere else."""


def ray_launcher(address: str | None, trainable: Callable[[dict[str, Any]], None] | None = None) -> Launcher:
    """Return the launcher that trains with Ray.

    Args:
        address: address of a cluster; None to start Ray on this machine, for this machine only.
        trainable: what each trial calls; None for the training of its run.

    Raises:
        StudyError: the extra is not installed, or nothing answers at the address.
    """
    if importlib.util.find_spec("ray") is None or importlib.util.find_spec("pyarrow") is None:
        raise StudyError(f"Ray is not installed: {INSTALL}")
    if address:
        check_address(address)
    os.environ.update({**_ALWAYS, **(_JOINING if address else _ALONE)})
    if address and _has_token():  # without this variable, Ray 2.60 sends its token only to a cluster that it starts
        os.environ.setdefault("RAY_AUTH_MODE", "token")
    from dreamer_studio.studies.ray.launcher import RayLauncher

    return RayLauncher(address) if trainable is None else RayLauncher(address, trainable)


def _has_token() -> bool:
    """Return whether Ray finds a token on this machine."""
    named = os.environ.get("RAY_AUTH_TOKEN") or os.environ.get("RAY_AUTH_TOKEN_PATH")
    return bool(named) or (Path.home() / ".ray" / "auth_token").is_file()
