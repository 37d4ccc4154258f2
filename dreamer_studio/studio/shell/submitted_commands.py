"""The user's commands to the training, and the answers."""

from __future__ import annotations

from concurrent.futures import Future

from dreamer_studio.config import Config
from dreamer_studio.session import ChangeSetting, Command, CommandRefusedError, MakeUpdates, Session, State
from dreamer_studio.studio.shell.telling.outcomes import Outcomes, Undo
from dreamer_studio.studio.widgets.banner import BannerStack
from dreamer_studio.viewing.role import Role


class SubmittedCommands:
    """Submits commands, and shows each answer once.

    Args:
        session: executes the commands.
        outcomes: shows successes and refusals.
        banners: shows failures.
    """

    def __init__(self, session: Session, outcomes: Outcomes, banners: BannerStack) -> None:
        self._session = session
        self._outcomes = outcomes
        self._banners = banners
        self._update: int | None = None  # the last update when the user asked for more
        self._waiting: list[tuple[Future[str], Command, Config]] = []

    def submit(self, command: Command) -> None:
        """Submit a command."""
        status = self._session.status.get()
        self._waiting.append((self._session.submit(command), command, status.config))
        self._update = status.update if isinstance(command, MakeUpdates) else None

    def collect(self) -> None:
        """Show the answers that have arrived."""
        self._tell_of_update()
        answered = [waiting for waiting in self._waiting if waiting[0].done()]
        self._waiting = [waiting for waiting in self._waiting if waiting not in answered]
        for future, command, before in answered:
            error, subject = future.exception(), type(command).__name__
            if error is None:
                self._outcomes.done(subject, future.result(), self._undo_of(command, before))
            elif isinstance(error, CommandRefusedError):
                self._outcomes.refused(subject, str(error))
            else:
                self._banners.show_message(Role.ERROR, f"{type(error).__name__}: {error}")

    def _tell_of_update(self) -> None:
        """Report the end of the updates that the user asked for, all or as many as a pause left."""
        status = self._session.status.get()
        if self._update is not None and status.update > self._update and status.state is not State.RUNNING:
            made, self._update = status.update - self._update, None
            what = "One update is" if made == 1 else f"{made:,} updates are"
            self._outcomes.done("", f"{what} done: update {status.update:,}")

    def _undo_of(self, command: Command, before: Config) -> Undo | None:
        """Return a function that gives a changed setting its old value again; None if nothing has changed."""
        if not isinstance(command, ChangeSetting):
            return None
        value = getattr(before, command.name)
        if value == getattr(self._session.status.get().config, command.name):
            return None
        return lambda: self.submit(ChangeSetting(command.name, value))
