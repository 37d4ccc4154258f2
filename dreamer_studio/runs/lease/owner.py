"""Names the process that trains a run."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Owner:
    """A process that trains a run, this one by default.

    Attributes:
        host: name of its machine; empty if unknown.
        process: its number on that machine; 0 if unknown.
    """

    host: str = field(default_factory=lambda: platform.node())  # noqa: PLW0108
    process: int = field(default_factory=os.getpid)

    def __str__(self) -> str:
        if not self.process:
            return "another process"
        return f"process {self.process}" if self.here else f"process {self.process} on {self.host}"

    @property
    def here(self) -> bool:
        """Return whether the process runs, or ran, on this machine."""
        return self.host in {"", platform.node()}
