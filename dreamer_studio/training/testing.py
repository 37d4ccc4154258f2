"""Tests the agent in an environment of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

from dreamer_studio.envs import TimeStep, episode_seed
from dreamer_studio.replay import GrowingEpisode, ReplayError, keep_test
from dreamer_studio.training.env_keeper import EnvKeeper
from dreamer_studio.training.events import EpisodeEnded, Event, PhaseBegins
from dreamer_studio.training.faults.environment import EnvFaults
from dreamer_studio.training.faults.safety_bound import SafetyBound
from dreamer_studio.training.playing import TestResult, play_tests
from dreamer_studio.training.schedule import test_due
from dreamer_studio.training.state import TrainingState

_log = logging.getLogger(__name__)


class _Rows:
    """Collects the episodes of a test, packed as they grow."""

    def __init__(self) -> None:
        self.episodes: list[GrowingEpisode] = []

    def add(self, row: TimeStep) -> None:
        """Add a row; the first of an episode begins another."""
        if row.is_first:
            self.episodes.append(GrowingEpisode(len(row.action)))
        self.episodes[-1].append(row)


class Testing:
    """Plays `eval_episodes` with the present weights whenever a test is due."""

    __test__ = False  # not for pytest

    def __init__(self, state: TrainingState, keeper: EnvKeeper, faults: EnvFaults, safety_bound: SafetyBound) -> None:
        self._state = state
        self._keeper = keeper
        self._faults = faults
        self._safety_bound = safety_bound

    @property
    def due(self) -> bool:
        """Return whether the next test is due; never in the prefill."""
        counters = self._state.counters
        return not counters.prefilling and test_due(self._state.config, counters.tested_at, counters.step)

    def test(self, save: Callable[[], None]) -> Iterator[Event]:
        """Play one test. If it is stopped in the middle, it will be played again from its beginning.

        Args:
            save: called when the results are in the log, before they are reported.

        Raises:
            EnvError: the environment failed.
        """
        config, counters = self._state.config, self._state.counters
        yield PhaseBegins("testing")
        yield from self._faults.report_replaced(self._keeper.close_if_unsound(config.env_memory_mb))
        first = counters.tests * config.eval_episodes
        seeds = [episode_seed(config.seed, first + i, "eval") for i in range(config.eval_episodes)]
        results: list[TestResult] = []
        played = _Rows()
        for result in play_tests(self._state.agent, self._keeper.get(), seeds, self._state.device, played.add):
            if result is None:
                yield PhaseBegins("testing")
            else:
                results.append(result)
        self._faults.forget()
        self._keep(first, played.episodes)
        self._count()
        self._state.test_returns = tuple(result.total_reward for result in results)
        for result in results:
            values = {"return": result.total_reward, "length": result.length, "end": result.end}
            self._state.write("test", values)
        save()
        for result in results:
            yield from self._safety_bound.tell(EpisodeEnded("test", result.total_reward, result.length, result.end))

    def give_up(self) -> bool:
        """End the environment's process, which has failed.

        Returns:
            False: a test never counts as failing in the first step of an episode.
        """
        if self._faults.given_up(seed_suspect=self._keeper.env is not None):  # a test acts the same each time
            step = self._state.counters.step
            self._state.notes.append(f"The test at {step:,} environment steps was skipped: it failed repeatedly")
            self._count()
        self._keeper.close()
        return False

    def _keep(self, first: int, episodes: list[GrowingEpisode]) -> None:
        """Store episodes from number `first` on. An error does not stop the training, which never needs them."""
        state = self._state
        try:
            keep_test(state.folder.tests, state.counters.update, first, episodes, state.hold.check)
        except (OSError, ReplayError) as error:
            _log.warning("the episodes of a test were not stored: %s", error)

    def _count(self) -> None:
        self._state.counters.tests += 1
        self._state.counters.tested_at = self._state.counters.step
