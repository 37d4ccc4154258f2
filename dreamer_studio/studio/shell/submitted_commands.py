"""The user's commands to the training, and the answers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from dreamer_studio.config import Config
from dreamer_studio.session import ChangeSetting, Command, CommandRefusedError, Session
from dreamer_studio.studio.widgets.banner import BannerStack
from dreamer_studio.viewing.role import Role

Undo = Callable[[], object]


class SubmittedCommands:
    """Submits commands, and shows each answer once.

    Args:
        session: executes the commands.
        banners: shows refusals and failures.
        say: shows the outcome in the status bar, with a function that takes it back or None.
    """

    def __init__(self, session: Session, banners: BannerStack, say: Callable[[str, Undo | None], None]) -> None:
        self._session = session
        self._banners = banners
        self._say = say
        self._waiting: list[tuple[Future[str], Command, Config]] = []

    def submit(self, command: Command) -> None:
        """Submit a command."""
        before = self._session.status.get().config
        self._waiting.append((self._session.submit(command), command, before))

    def collect(self) -> None:
        """Show the answers that have arrived."""
        answered = [waiting for waiting in self._waiting if waiting[0].done()]
        self._waiting = [waiting for waiting in self._waiting if waiting not in answered]
        for future, command, before in answered:
            error = future.exception()
            if error is None:
                self._say(future.result(), self._undo_of(command, before))
            elif isinstance(error, CommandRefusedError):
                self._banners.show_message(Role.WARN, str(error))
            else:
                self._banners.show_message(Role.ERROR, f"{type(error).__name__}: {error}")

    def _undo_of(self, command: Command, before: Config) -> Undo | None:
        """Return a function that gives a changed setting its old value again; None if nothing has changed."""
        if not isinstance(command, ChangeSetting):
            return None
        value = getattr(before, command.name)
        if value == getattr(self._session.status.get().config, command.name):
            return None
        return lambda: self.submit(ChangeSetting(command.name, value))
