"""Lists the checkpoints that can be compared: those of the open run, and of runs that the user adds."""

from __future__ import annotations

from pathlib import Path

from dreamer_studio.config import ConfigError
from dreamer_studio.runs.errors import InputError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.trained_agent import load_agent
from dreamer_studio.session import Session
from dreamer_studio.viewing.channel import Channel, Commands
from dreamer_studio.viewing.compare.agents import CheckpointAgents
from dreamer_studio.viewing.compare.checkpoints import checkpoints_of
from dreamer_studio.viewing.compare.messages import AddRun, Contestant, DropRun
from dreamer_studio.viewing.throttle import Throttle

LIST_SECONDS = 1.0  # between scans of the folders


class ListWorker:
    """Keeps the list up to date while it is visible.

    Attributes:
        runs: the folders of the added runs.
    """

    def __init__(self, session: Session, channel: Channel[None, tuple[Contestant, ...]]) -> None:
        self.channel = channel
        self.runs: list[Path] = []
        self._session = session
        self._due = Throttle(LIST_SECONDS)
        self._generation = 0
        self._listed: tuple[Contestant, ...] | None = None

    def turn(self) -> bool:
        """List once a second, and return whether something has changed."""
        taken = self.channel.take()
        if taken is not None:
            self._generation, self._listed = taken[0], None
        if not self.channel.wants(self._generation) or not (taken is not None or self._due()):
            return False
        return self.list_now()

    def list_now(self) -> bool:
        """Scan the folders, and return whether something has changed."""
        found = tuple(one for folder in self.folders for one in checkpoints_of(folder, self._known(folder)))
        if found == self._listed:
            return False
        self.channel.answer(self._generation, found, done=False)
        self._listed = found
        return True

    def _known(self, folder: Path) -> list[Contestant]:
        return [one for one in self._listed or () if one.folder == folder]

    @property
    def folders(self) -> tuple[Path, ...]:
        """Return the folders of the open run and of the added runs."""
        return self._session.status.get().folder, *self.runs


class RunCommandsWorker:
    """Adds runs to the list, and removes them."""

    def __init__(self, lister: ListWorker, agents: CheckpointAgents, commands: Commands[AddRun | DropRun]) -> None:
        self.channel = commands
        self._lister = lister
        self._agents = agents

    def turn(self) -> bool:
        """Execute one command, if there is any, and return whether there was."""
        command = self.channel.take()
        match command:
            case None:
                return False
            case AddRun(folder):
                self._add(folder)
            case DropRun(folder):
                self._lister.runs = [run for run in self._lister.runs if run != folder]
                self._agents.forget(folder)
        self._lister.list_now()
        return True

    def _add(self, folder: Path) -> None:
        try:
            if folder.resolve() in {run.resolve() for run in self._lister.folders}:
                raise InputError(f"{folder.name} is already on the list.")
            self._agents.check(load_agent(RunFolder(folder), self._agents.device), folder.name)
        except (InputError, ConfigError, OSError) as error:
            self.channel.reply(str(error), bad=True)
        else:
            self._lister.runs.append(folder)
