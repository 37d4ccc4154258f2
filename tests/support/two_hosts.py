"""Trainers on "two hosts": on a file system without locks, and each with a host name of its own.

    python -m tests.support.two_hosts HOST LEASE_SECONDS BEAT_SECONDS train ...

runs the command as if it ran on HOST, and suspends the process once, right after its first checkpoint.
"""

from __future__ import annotations

import errno
import hashlib
import os
import platform
import signal
import sys
from pathlib import Path

import pytest

from dreamer_studio.runs import lock
from dreamer_studio.runs.lease import status


def no_locks(*_: object, **__: object) -> None:
    raise OSError(errno.ENOLCK, "No locks available")


def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "_lock", no_locks)


def on_host(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    """Give this process another host name from now on."""
    monkeypatch.setattr(platform, "node", lambda: host)


def hashes(folder: Path) -> dict[str, str]:
    """Return a hash of each file in a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _main(host: str, lease_seconds: str, beat_seconds: str, *command: str) -> int:
    from dreamer_studio.cli import main
    from dreamer_studio.system.process import give_back_freed_memory

    def suspend() -> None:
        patched.undo()
        give_back_freed_memory()
        os.kill(os.getpid(), signal.SIGSTOP)  # here the trainer is not about to write, however slow the machine is

    patched = pytest.MonkeyPatch()
    patched.setattr("dreamer_studio.training.saving.give_back_freed_memory", suspend)
    lock._lock = no_locks
    platform.node = lambda: host
    status.LEASE_SECONDS, status.BEAT_SECONDS = float(lease_seconds), float(beat_seconds)  # type: ignore[misc]
    return main(list(command))


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
