"""Restarts an environment that fails; after several failures in a row the training pauses."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from dreamer_studio.envs import EnvError
from dreamer_studio.runs.planning import resume_line
from dreamer_studio.training.errors import EnvironmentGivenUpError
from dreamer_studio.training.events import Event, PhaseBegins, Recovered
from dreamer_studio.training.state import TrainingState

MOST_RESTARTS = 5
"""In a row, without an episode that was finished."""

FIRST_WAIT_SECONDS = 0.25
"""Before the second restart in a row; twice as long before each one after it, and none before the first."""

LOOK_SECONDS = 0.05  # for how long a command may wait meanwhile


class EnvFaults:
    """Survives faults of a run's environments, and counts them since an episode was last finished in any of them."""

    def __init__(self, state: TrainingState) -> None:
        """Begin without faults; those to come are logged."""
        self._state = state
        self._in_a_row = 0
        self._suspect = 0
        self._in_first_step = ""

    def survive(self, work: Callable[[], Iterator[Event]], give_up: Callable[[], bool]) -> Iterator[Event]:
        """Do some work. If its environment fails, give up what ran in it, report the fault, and be ready to try again.

        Args:
            work: uses an environment.
            give_up: called after a fault; returns whether the environment failed in the first step of an episode.

        Raises:
            EnvironmentGivenUpError: it has failed too often. Counting restarts, so that the user can try again.
        """
        try:
            yield from work()
            return
        except EnvError as error:
            fault = error
        in_first_step = give_up()
        self._in_a_row += 1
        self._state.write("fault", {"text": str(fault), "in_a_row": self._in_a_row})
        self._check(fault, in_first_step=in_first_step)
        yield Recovered(f"{fault}. The episode was discarded, and the environment starts again.", fault.details)
        yield from self._wait()

    def report_replaced(self, found: str) -> Iterator[Event]:
        """Report that a process was ended between two episodes.

        Args:
            found: what was wrong with the process; empty if nothing was, which reports nothing.
        """
        if found:
            self._state.write("fault", {"text": found, "in_a_row": 0})
            yield Recovered(f"{found}. It was replaced by a new one; no step is lost.")

    def given_up(self, *, seed_suspect: bool) -> bool:
        """Count an episode, of training or of a test, that was given up.

        Args:
            seed_suspect: whether its seed may be the reason, so that playing it again may fail in the same way.

        Returns:
            whether to pass the episode over, because too many in a row were given up for their seeds.
        """
        self._suspect = self._suspect + 1 if seed_suspect else 0
        if self._suspect <= MOST_RESTARTS:
            return False
        self._suspect = 0
        return True

    def forget(self) -> None:
        """Start counting from 0: an episode was finished."""
        self._in_a_row = self._suspect = 0
        self._in_first_step = ""

    def _check(self, error: EnvError, *, in_first_step: bool) -> None:
        """Give up after too many faults, or after the same exception in the first step of two episodes in a row."""
        # A crash or a hang may be gone at the next try; the same exception twice in a row will come again.
        before = self._in_first_step
        self._in_first_step = str(error) if in_first_step and type(error) is EnvError else ""
        hopeless = bool(before) and before == self._in_first_step
        if hopeless or self._in_a_row > MOST_RESTARTS:
            failed, self._in_a_row, self._in_first_step = self._in_a_row, 0, ""
            resume = resume_line(self._state.folder.path, self._state.config, "train")
            raise EnvironmentGivenUpError(
                f"The environment failed {failed} times in a row without finishing an episode. The last time: {error}. "
                f"Once that is fixed, choose Resume or run {resume}",
                error.details,
            )

    def _wait(self) -> Iterator[PhaseBegins]:
        """Give the environment time to recover, longer after each fault; the caller can stop or pause meanwhile."""
        seconds = FIRST_WAIT_SECONDS * 2 ** (self._in_a_row - 2) if self._in_a_row > 1 else 0.0
        yield PhaseBegins("restarting")
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(left, LOOK_SECONDS))
            yield PhaseBegins("restarting")
