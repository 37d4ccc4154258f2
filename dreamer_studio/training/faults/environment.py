"""What becomes of a training whose environment fails: it is started again, some times in a row, then comes a pause."""

from __future__ import annotations

import time
from collections.abc import Iterator

from dreamer_studio.envs import EnvError
from dreamer_studio.training.errors import EnvironmentGivenUpError
from dreamer_studio.training.events import PhaseBegins

MOST_RESTARTS = 5
"""In a row, without an episode that was finished."""

FIRST_WAIT_SECONDS = 0.25
"""Before the second restart in a row; twice as long before each one after it, and none before the first."""

LOOK_SECONDS = 0.05  # for how long a command may wait meanwhile


class EnvFaults:
    """Counts faults of a run's environments since an episode was last finished in any of them."""

    def __init__(self) -> None:
        self.in_a_row = 0
        self._suspect = 0
        self._in_first_step = ""

    def count(self) -> int:
        """One more; returns how many in a row that makes."""
        self.in_a_row += 1
        return self.in_a_row

    def check(self, error: EnvError, resume: str, *, in_first_step: bool) -> None:
        """Give up after too many faults, or after the same exception in the first step of two episodes in a row.

        Args:
            error: the newest fault.
            resume: the command that tries again.
            in_first_step: whether it came in the first step of an episode.

        Raises:
            EnvironmentGivenUpError: the environment is given up. Counting restarts, so that a person can try again.
        """
        # A crash or a hang may be gone at the next try; the same exception twice in a row will come again.
        before = self._in_first_step
        self._in_first_step = str(error) if in_first_step and type(error) is EnvError else ""
        hopeless = bool(before) and before == self._in_first_step
        if hopeless or self.in_a_row > MOST_RESTARTS:
            failed, self.in_a_row, self._in_first_step = self.in_a_row, 0, ""
            raise EnvironmentGivenUpError(
                f"The environment failed {failed} times in a row without finishing an episode. The last time: {error}. "
                f"Once that is mended, Resume goes on, or {resume}",
                error.details,
            )

    def given_up(self, *, seed_suspect: bool) -> bool:
        """An episode, of training or of a test, was given up.

        Args:
            seed_suspect: whether its seed may be the reason, so that playing it again may fail in the same way.

        Returns:
            whether it is to be passed over: that was so as often in a row as is borne.
        """
        self._suspect = self._suspect + 1 if seed_suspect else 0
        if self._suspect <= MOST_RESTARTS:
            return False
        self._suspect = 0
        return True

    def forget(self) -> None:
        """An episode was finished."""
        self.in_a_row = self._suspect = 0
        self._in_first_step = ""

    def wait(self) -> Iterator[PhaseBegins]:
        """Give what is broken time to recover, longer each time; who drives can stop or pause meanwhile."""
        seconds = FIRST_WAIT_SECONDS * 2 ** (self.in_a_row - 2) if self.in_a_row > 1 else 0.0
        yield PhaseBegins("restarting")
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(left, LOOK_SECONDS))
            yield PhaseBegins("restarting")
