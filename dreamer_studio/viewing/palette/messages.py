"""Requests and results behind the command palette. Imports no torch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.compare.messages import Contestant

if TYPE_CHECKING:  # the palette opens before these are loaded
    from dreamer_studio.viewing.library.messages import Listing
    from dreamer_studio.viewing.new_run.messages import TaskSurvey


class PaletteChannels:
    """Connects the palette and its workers.

    Attributes:
        runs: a standing request for the runs in some folders.
        checkpoints: a standing request for the checkpoints of the open run, oldest first.
        tasks: asks for the tasks of this machine.
    """

    def __init__(self) -> None:
        self.runs: Channel[tuple[Path, ...], Listing] = Channel(visible=False)
        self.checkpoints: Channel[Path, tuple[Contestant, ...]] = Channel(visible=False)
        self.tasks: Channel[None, TaskSurvey] = Channel(visible=False)

    def set_visible(self, visible: bool) -> None:
        """Set whether the palette is visible. Nothing is listed for a hidden one."""
        self.runs.visible = self.checkpoints.visible = self.tasks.visible = visible
