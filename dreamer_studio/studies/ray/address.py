"""Checks the address of a cluster before Ray is imported."""

from __future__ import annotations

import socket
from typing import Final

from dreamer_studio.studies.study import StudyError
from dreamer_studio.texts import reason_of

AUTO: Final = "auto"
"""The address that means the cluster of this machine."""

_MOST_PORT: Final = 65535
_PATIENCE_SECONDS: Final = 10.0


def check_address(address: str) -> None:
    """Make sure that something answers at an address, so that Ray does not wait for minutes.

    Raises:
        StudyError: it is not an address, or nothing answers there.
    """
    if address == AUTO:
        return
    host, _, port = address.rpartition(":")
    if address.startswith("ray://") or not (host and port.isdecimal() and int(port) <= _MOST_PORT):
        raise StudyError(f"{address} is not an address of a Ray cluster: write HOST:PORT, usually HOST:6379")
    try:
        socket.create_connection((host, int(port)), _PATIENCE_SECONDS).close()
    except OSError as error:
        raise StudyError(f"nothing answers at {address} ({reason_of(error)}): has the cluster been started?") from error
