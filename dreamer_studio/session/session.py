"""A run that other threads can talk to."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from dreamer_studio.config import Config
from dreamer_studio.envs import Interruption
from dreamer_studio.replay import EpisodeList
from dreamer_studio.session.command_queue import CommandQueue
from dreamer_studio.session.commands import (
    ChangeSetting,
    Command,
    CommandRefusedError,
    GoBack,
    MakeUpdates,
    Pause,
    Quit,
    Resume,
    SaveCheckpoint,
    SetPauseRules,
    SlowDown,
    Start,
    Stop,
)
from dreamer_studio.session.driver import NOT_OPEN, RunDriver
from dreamer_studio.session.log_reader import Place
from dreamer_studio.session.publisher import Publisher
from dreamer_studio.session.right_of_way import RightOfWay
from dreamer_studio.session.run import Run
from dreamer_studio.session.status import State

if TYPE_CHECKING:  # the window is there before torch
    from dreamer_studio.runs.rows import Row

_log = logging.getLogger(__name__)


class Session:
    """Takes commands for a run, in training or only watched, and publishes how the run goes.

    `run` blocks in the thread that trains or plays; everything else may be called from any thread, at any time.

    Attributes:
        status: the newest `Status`.
        steps: the last agent steps of training episodes, resets included.
        recoveries: the last faults that the training survived, including files that were left out.
        snapshots: takes requests for a copy of the weights.
        practice: takes requests for some of the rollouts that the next update learns from.
        log: the rows of the run's log.
        episodes: the stored episodes of the run.
        played_tests: the test episodes that the window has played.
        way: lets a worker that answers the user's hand go first.
        device: the user's choice of device, such as "auto".

    Args:
        opener: opens the run, in the thread that trains or plays.
        config, folder, device: what was asked for, shown until the run is open.
        paused: whether to wait for `Start`.
        interruption: given to the run's environments, so that `Quit` waits for none that hangs.
    """

    def __init__(
        self,
        opener: Callable[[], Run],
        config: Config,
        folder: Path,
        device: str,
        *,
        paused: bool = False,
        interruption: Interruption | None = None,
    ) -> None:
        self._interruption = interruption or Interruption()
        self._publisher = Publisher(config, folder, device)
        self._driver = RunDriver(opener, self._publisher, self._interruption, paused=paused)
        self._commands = CommandQueue()
        self._quit = False
        self._watched = True
        self.device = device
        publisher = self._publisher
        self.status, self.steps, self.recoveries = publisher.status, publisher.steps, publisher.recoveries
        self.snapshots, self.practice, self.log = publisher.snapshots, publisher.practice, publisher.log
        self.episodes, self.played_tests = publisher.episodes, publisher.played_tests
        self.way = RightOfWay()

    def submit(self, command: Command) -> Future[str]:
        """Hand over a command.

        Returns:
            a future that gets exactly one answer: a line that says what was done, or `CommandRefusedError`, or what
            went wrong.
        """
        if isinstance(command, Quit):
            self._interruption.request()
        future = self._commands.put(command)
        if self._publisher.state is State.CLOSED:
            self._commands.refuse_all()
        return future

    def set_watched(self, watched: bool) -> None:
        """Set whether the window is visible. While it is hidden, no files are read."""
        self._watched = watched

    def rows_since(self, place: Place) -> tuple[list[Row], Place]:
        """Return the rows of the log after a place, those of earlier sessions included, and the place after them.

        The log of a long run is thinned before its newest 2,000 rows. After the training has gone back, all rows are
        returned, in place of those read before, and the returned place has another `opening`.
        """
        return self.log.since(place)

    def stored_episodes(self) -> EpisodeList:
        """Return the stored episodes. The list stays the same object until an episode is added or removed.

        Raises:
            ReplayError, OSError: as `EpisodeIndex.as_of`.
        """
        status = self.status.get()
        return self.episodes.as_of((status.replay_episodes, status.replay_newest))

    def run(self) -> None:
        """Train and answer until `Quit`. A failure of the training is a state, not the end."""
        try:
            self._driver.open()
            while not self._quit:
                self._answer_commands(self._driver.seconds_to_wait)
                self._driver.notice_takeover()
                if self._watched and not self._quit:
                    self._driver.follow()
                if self._driver.may_advance and not self._quit:
                    self.way.give()
                    self._driver.advance()
        finally:
            self._close()

    def _answer_commands(self, seconds: float) -> None:
        """Answer all commands that have come; give the first one `seconds` to come."""
        while not self._quit:
            taken = self._commands.take(seconds)
            if taken is None:
                self._publisher.offer_snapshot(self._driver.run)
                return
            seconds = 0.0
            command, future = taken
            try:
                answer = self._obey(command)
            except Exception as error:
                future.set_exception(error)
            else:
                _log.info("%s", answer)
                future.set_result(answer)

    def _obey(self, command: Command) -> str:
        driver = self._driver
        if isinstance(command, Quit):
            return self._obey_quit(command)
        if driver.run is None and not isinstance(command, Start):
            raise CommandRefusedError(NOT_OPEN)
        match command:
            case Start() | Resume():
                return driver.start()
            case MakeUpdates(updates, part):
                return driver.make_updates(updates, part)
            case SlowDown(milliseconds):
                return driver.slow_down(milliseconds)
            case Pause():
                return driver.pause()
            case Stop():
                return driver.stop()
            case ChangeSetting(name, value):
                return driver.change_setting(name, value)
            case SetPauseRules(rules):
                return driver.set_pause_rules(rules)
            case SaveCheckpoint():
                return driver.save()
            case GoBack():
                return driver.go_back()

    def _obey_quit(self, command: Quit) -> str:
        self._interruption.withdraw()  # if nothing can be saved, the training may go on
        answer = self._driver.save_and_end() if command.save and self._driver.run else "Closed without saving"
        self._quit = True
        return answer

    def _close(self) -> None:
        try:
            self._driver.close()
        finally:
            self._publisher.publish(self._driver.run, state=State.CLOSED)
            self._commands.refuse_all()
