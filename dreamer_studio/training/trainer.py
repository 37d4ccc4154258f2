"""The training loop of a run, as a generator that reports everything it does.

The caller sets the pace: training pauses until the caller asks for the next event, and stops when the caller closes the
generator. At every event the training's state is whole: the caller can save it, read it, or continue from it.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Sequence

import numpy as np
import torch

from dreamer_studio.config import Config
from dreamer_studio.dreamer.behavior import BehaviorOutput
from dreamer_studio.dreamer.fast import make_agent
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.envs import EnvProcess, EnvSpec, Interruption, open_env
from dreamer_studio.replay import EpisodeStore
from dreamer_studio.runs.checkpoint import Checkpoint
from dreamer_studio.runs.counters import Counters, Part
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.history import RowHistory
from dreamer_studio.runs.lease.hold import Hold
from dreamer_studio.runs.metrics import MetricsLog
from dreamer_studio.runs.rows import Row
from dreamer_studio.training.batches import BatchSource
from dreamer_studio.training.collecting import Collecting
from dreamer_studio.training.cores import leave_cores
from dreamer_studio.training.env_keeper import EnvKeeper
from dreamer_studio.training.events import Event, PhaseBegins, StepTaken
from dreamer_studio.training.faults.environment import EnvFaults
from dreamer_studio.training.faults.memory import is_memory_full, memory_full
from dreamer_studio.training.faults.safety_bound import SafetyBound
from dreamer_studio.training.pace import seconds_left
from dreamer_studio.training.resuming import resume
from dreamer_studio.training.saving import Saving
from dreamer_studio.training.schedule import updates_due
from dreamer_studio.training.settings import change_setting
from dreamer_studio.training.state import TrainingState
from dreamer_studio.training.testing import Testing
from dreamer_studio.training.updating import Updating


class Trainer:
    """One run in training: decides what to do next, and leaves the work to its parts.

    One thread calls it. It owns the log, the processes of the environments, the replay and the hold of the folder;
    `close` ends them.

    Attributes:
        state: what the parts share.
        collecting, updating: the parts that take agent steps and make updates.
        batches: the source of the updates' batches.
        hold: keeps other trainers out of the folder, and writes the signs of life.
        folder, spec, device, agent, store, notes, steps_speed, updates_speed: as in `state`.
    """

    learns = True

    def __init__(
        self,
        folder: RunFolder,
        config: Config,
        spec: EnvSpec,
        device: torch.device,
        *,
        env: EnvProcess | None = None,
        checkpoint: Checkpoint | None = None,
        hold: Hold | None = None,
        interruption: Interruption | None = None,
    ) -> None:
        """Begin a run, or continue from a checkpoint; `env` is a process that has started already.

        Without `hold`, nothing keeps others from training the run.

        Raises:
            RunTakenOverError: another trainer took over meanwhile.
            OSError: the replay or the log cannot be read or written.
            WaitInterruptedError: `interruption` ended a wait for the environment.
        """
        self.folder, self.spec, self.device = folder, spec, device
        self.hold = hold or Hold(folder)
        self.store = EpisodeStore(folder.episodes, config.replay_ram_mb * 2**20, self.hold.check)
        weights_seed, noise_seed, batch_seed = np.random.SeedSequence(config.seed).generate_state(3).tolist()
        self.agent = make_agent(config, spec.action_size, spec.action_kind)
        # paper: Algorithm 1, initial weights
        self.agent.initialize(weights_seed)
        self.agent.to(device)
        noise = NoiseSource(noise_seed, device)
        self.state = state = TrainingState(folder, config, spec, device, self.agent, self.store, noise, self.hold)
        self.notes, self.steps_speed, self.updates_speed = state.notes, state.steps_speed, state.updates_speed
        self.batches = BatchSource(self.store, batch_seed, device)
        self._faults = EnvFaults(state)
        self._safety_bound = SafetyBound(spec)
        self._keepers = [EnvKeeper(lambda: open_env(state.config, interruption), first) for first in (env, None)]
        keeper, test_keeper = self._keepers
        self.collecting = Collecting(state, keeper, self.batches, self._faults, self._safety_bound)
        self.updating = Updating(state, self.batches)
        self._testing = Testing(state, test_keeper, self._faults, self._safety_bound)
        self._saving = Saving(state, self.collecting, self.updating)
        resume(checkpoint, state, self.collecting, self.updating, self.batches)
        self.hold.check()
        state.log = MetricsLog(folder, keep_until_update=state.counters.update, check=self.hold.check)

    @property
    def config(self) -> Config:
        """Return the settings that hold now."""
        return self.state.config

    @property
    def counters(self) -> Counters:
        """Return how far the run is."""
        return self.state.counters

    @property
    def log(self) -> MetricsLog:
        """Return the log of the run."""
        return self.state.log

    @property
    def history(self) -> RowHistory[Row]:
        """Return the rows of the log."""
        return self.state.log.history

    @property
    def prefilling(self) -> bool:
        """Return whether actions are still random and nothing is learned yet."""
        return self.state.counters.prefilling

    @property
    def practice(self) -> BehaviorOutput | None:
        """What the newest update imagined and learned from; set at its `UpdateDone` only."""
        return self.updating.practice

    @property
    def saved_at(self) -> tuple[int, float] | None:
        """Update and time (seconds since 1970) of the newest checkpoint; None before the first of this session."""
        return self._saving.saved_at

    @property
    def updates_due(self) -> int:
        """Updates that the schedule asks for and that have not been made."""
        return updates_due(self.config, self.counters)

    @property
    def paces(self) -> tuple[float | None, float | None]:
        """Seconds that an agent step and an update take: medians; None before the first of this session."""
        return self.collecting.pace.seconds, self.updating.pace.seconds

    @property
    def seconds_left(self) -> float | None:
        """Time to the end at the present pace, without tests; None before the first step or update of this session."""
        step_seconds, update_seconds = self.paces
        if step_seconds is None or update_seconds is None:
            return None
        done = self.counters
        return seconds_left(
            self.config, done.step, done.scheduled_updates, done.learning_since, step_seconds, update_seconds
        )

    def running_rows(self, most: int) -> Sequence[StepTaken]:
        """Return the newest rows of the running episode, as `run` reports them; after a resume also earlier ones."""
        return self.collecting.running_rows(most)

    def run(self) -> Iterator[Event]:
        """Train until `config.steps` environment steps are done and every update due has been made.

        A failed environment is started again, and its running episode is discarded. An update with numbers
        that are not finite is skipped, and the next batch takes its place.

        Raises:
            HaltError: training cannot continue by itself; the message says what to do. Call `run` again to continue.
            StorageError: an episode, a checkpoint or the log could not be written or read. Nothing is lost: the next
                `run` first writes what could not be written.
            WaitInterruptedError: an interruption ended the wait for an environment. Nothing is lost: once the
                environments are closed, the next `run` takes the same step.
            RunTakenOverError: another trainer took over. Nothing more is written; close this one.
        """
        yield from self._explaining_full_memory(self._train())

    def train_part(self, part: Part, until_update: int) -> Iterator[Event]:
        """Train only one part of the agent, without environment steps, until `until_update` updates are made.

        These updates are extra: the schedule asks for as many others as without them. They take their batches and
        noise from the generators of the run. Close an unfinished `run` before. An update that is dropped leaves no
        trace, as in `run`. The run must be past its prefill.

        Raises:
            HaltError, StorageError, RunTakenOverError: as `run`.
        """
        yield from self._explaining_full_memory(self._train_part(part, until_update))

    def _explaining_full_memory(self, events: Iterator[Event]) -> Iterator[Event]:
        try:
            yield from events
            return
        except (MemoryError, RuntimeError) as error:
            if not is_memory_full(error):
                raise
            full = memory_full(error, traceback.format_exc(), self.config, self.device, self.folder.path)
        # Outside the handler: the traceback keeps everything alive that the update made.
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        raise full

    def _train(self) -> Iterator[Event]:
        collecting, testing, faults = self.collecting, self._testing, self._faults
        leave_cores(self.config.spare_cores)
        yield PhaseBegins("starting")
        yield from faults.survive(collecting.catch_up, collecting.give_up)
        # paper: Algorithm 1, until converged
        while True:
            if collecting.episode_waits:
                yield from self._safety_bound.tell(collecting.end_episode())
            self._saving.write_what_waits()
            if self.updates_due > 0:
                # paper: Algorithm 1, update steps
                yield from self.updating.update()
            elif testing.due:
                yield from faults.survive(lambda: testing.test(self._saving.save_after_test), testing.give_up)
            elif self.counters.step < self.config.steps:
                # paper: Algorithm 1, time steps
                yield from faults.survive(collecting.collect, collecting.give_up)
            else:
                break
            self._saving.look_at_clock()
        self.save()

    def _train_part(self, part: Part, until_update: int) -> Iterator[Event]:
        leave_cores(self.config.spare_cores)
        while self.counters.update < until_update:
            self._saving.write_what_waits()
            yield from self.updating.update_part(part)
            self._saving.look_at_clock()

    def save(self) -> None:
        """Write a checkpoint now, unless nothing happened since the last one.

        Raises:
            StorageError: it could not be written; older ones are untouched, and `run` tries again.
            NotFiniteError: nobody should continue from it.
            RunTakenOverError: another trainer took over.
        """
        self._saving.save()

    def change(self, name: str, value: object) -> Row | None:
        """Change a setting, from the next update on, and log the change; see `change_setting`."""
        row = change_setting(self.state, self.batches, name, value)
        for keeper in self._keepers:
            keeper.set_timeout(self.config.env_timeout)
        return row

    def close_environments(self) -> None:
        """End the environments' processes; `run` opens them again."""
        for keeper in self._keepers:
            keeper.close()

    def close(self, error: str = "") -> None:
        """End everything.

        Args:
            error: why the run could not be opened; empty if it could.
        """
        self.close_environments()
        self.batches.close()
        self.log.close()
        self.hold.release(error)
