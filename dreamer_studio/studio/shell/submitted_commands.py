"""The user's commands to the training, and the answers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from dreamer_studio.session import Command, CommandRefusedError, Session
from dreamer_studio.studio.widgets.banner import BannerStack
from dreamer_studio.viewing.role import Role


class SubmittedCommands:
    """Submits commands, and shows each answer once.

    Args:
        session: executes the commands.
        banners: shows refusals and failures.
        say: shows the outcome in the status bar.
    """

    def __init__(self, session: Session, banners: BannerStack, say: Callable[[str], None]) -> None:
        self._session = session
        self._banners = banners
        self._say = say
        self._waiting: list[Future[str]] = []

    def submit(self, command: Command) -> None:
        """Submit a command."""
        self._waiting.append(self._session.submit(command))

    def collect(self) -> None:
        """Show the answers that have arrived."""
        answered = [future for future in self._waiting if future.done()]
        self._waiting = [future for future in self._waiting if future not in answered]
        for future in answered:
            error = future.exception()
            if error is None:
                self._say(future.result())
            elif isinstance(error, CommandRefusedError):
                self._banners.show_message(Role.WARN, str(error))
            else:
                self._banners.show_message(Role.ERROR, f"{type(error).__name__}: {error}")
