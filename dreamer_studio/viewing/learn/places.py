"""Finds the code of the paper's equations, once, for the Learn workspace."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from dreamer_studio.paper.places import PACKAGE, Place, read_places
from dreamer_studio.texts import reason_of
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.worker import CannotAnswerError

Places: TypeAlias = Mapping[str, tuple[Place, ...]]
"""The places of each passage, by its name; empty tuples if the installation has no source."""


class PlacesWorker:
    """Reads the source of the program. For one thread.

    Args:
        channel: asks for the places of all passages.
        package: the folder of the source.
    """

    def __init__(self, channel: Channel[None, Places], package: Path = PACKAGE) -> None:
        self.channel = channel
        self._package = package

    def turn(self) -> bool:
        """Answer a request, if there is any, and return whether there was."""
        taken = self.channel.take()
        if taken is None:
            return False
        try:
            places = read_places(self._package)
        except (OSError, ValueError, SyntaxError) as error:
            raise CannotAnswerError(f"The source code cannot be read: {reason_of(error)}") from error
        self.channel.answer(taken[0], places)
        return True
