"""The training loop of one run, as a generator that reports each thing it does.

Whoever drives it decides when to go on: not asking for the next event is a pause, closing the generator is a stop.
At every event the trainer's state is whole: it can be saved, looked at, or run again from there.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

import numpy as np
import torch

from dreamer_studio.config import Config, with_overrides, write_config
from dreamer_studio.dreamer.agent import Agent, exploration_amount
from dreamer_studio.dreamer.batch import Batch
from dreamer_studio.dreamer.behavior import BehaviorOutput
from dreamer_studio.dreamer.learner import Learner
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreamer.rssm import State
from dreamer_studio.envs import (
    EnvError,
    EnvProcess,
    EnvSpec,
    Interruption,
    TimeStep,
    WaitInterruptedError,
    episode_seed,
)
from dreamer_studio.replay import EpisodeStore, GrowingEpisode, ReplayError
from dreamer_studio.runs.checkpoint import Checkpoint, flatten_optimizers, save_checkpoint, unflatten_optimizers
from dreamer_studio.runs.counters import Counters
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.history import History
from dreamer_studio.runs.lock import RunLock
from dreamer_studio.runs.metrics import MetricsLog
from dreamer_studio.runs.planning import resume_line
from dreamer_studio.runs.rows import Row
from dreamer_studio.runs.storage import storage_trouble
from dreamer_studio.system.process import give_back_freed_memory
from dreamer_studio.training.batches import BatchSource
from dreamer_studio.training.cores import leave_cores
from dreamer_studio.training.env_keeper import EnvKeeper, open_env
from dreamer_studio.training.errors import NoEpisodeError
from dreamer_studio.training.events import EpisodeEnded, Event, Mishap, PhaseBegins, StepTaken, UpdateDone
from dreamer_studio.training.faults.environment import EnvFaults
from dreamer_studio.training.faults.memory import is_memory_full, memory_full
from dreamer_studio.training.faults.safety_bound import SafetyBound
from dreamer_studio.training.faults.skipped_updates import SkippedUpdates
from dreamer_studio.training.faults.still_frames import StillFrames
from dreamer_studio.training.pace import Pace, SpeedMeter, seconds_left
from dreamer_studio.training.playing import TestResult, observe_row, play_tests
from dreamer_studio.training.running_episode import RunningEpisode
from dreamer_studio.training.schedule import UpdateSchedule, test_due
from dreamer_studio.training.settings import idle_settings

_log = logging.getLogger(__name__)


UNMARKED_SETTINGS = {
    "steps",
    "checkpoint_every",
    "checkpoint_tests",
    "keep_newest",
    "keep_each",
    "replay_ram_mb",
    "spare_cores",
    "env_timeout",
    "env_memory_mb",
}
"""They change nothing of what is learned."""

RandomStates = tuple[torch.Tensor, dict[str, Any]]
"""Of the noise and of the batches."""


class Trainer:
    """One run in training.

    Not thread-safe: one thread calls it. `MetricsLog`, environment processes, the replay and the lock of its folder are
    its own; `close` ends them.

    Attributes:
        notes: lines about parts of the run that could not be read and about new settings without effect, until they
            are shown.
        practice: what the update just made has imagined and learned from; at its `UpdateDone` only, else None.
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
        lock: RunLock | None = None,
        interruption: Interruption | None = None,
    ) -> None:
        self.folder = folder
        self._interruption = interruption
        self._lock = lock
        self.config = config
        self.spec = spec
        self.device = device
        self.counters = Counters()
        self.store = EpisodeStore(folder.episodes, config.replay_ram_mb * 2**20)
        self.agent = Agent(config, spec.action_size, spec.action_kind)
        weights_seed, noise_seed, batch_seed = np.random.SeedSequence(config.seed).generate_state(3).tolist()
        self.agent.initialize(weights_seed)
        self.agent.to(device)
        self.learner = Learner(self.agent, config)
        self.steps_speed = SpeedMeter()
        self.updates_speed = SpeedMeter()
        self._step_pace = Pace()
        self._update_pace = Pace()
        self.saved_at: tuple[int, float] | None = None
        self.notes: list[str] = []
        self.practice: BehaviorOutput | None = None
        self._noise = NoiseSource(noise_seed, device)
        self._batches = BatchSource(self.store, batch_seed, device)
        self._belief: State | None = None
        self._collector = RunningEpisode(EnvKeeper(lambda: open_env(self.config, interruption), env))
        self._test_env = EnvKeeper(lambda: open_env(self.config, interruption))
        self._faults = EnvFaults()
        self._skipped = SkippedUpdates(folder)
        self._stillness = StillFrames()
        self._safety_bound = SafetyBound(spec)
        self._saved_clock = time.monotonic()
        self._save_due = False
        self._saved_counters: tuple[int, int, int] | None = None
        self._before_update: RandomStates | None = None
        if checkpoint is not None:
            self._restore(checkpoint)
        known = 0 if checkpoint is None else checkpoint.state["episodes"]
        if len(self.store) < known:
            self.notes.append(f"{known - len(self.store):,} of {known:,} episodes are not there any more")
        if len(self.store) != known or self.store.newest >= self.counters.episode:
            self._count_newer_episodes()
        elif checkpoint is not None and dataclasses.asdict(self.counters) == checkpoint.state["counters"]:
            self._saved_counters = self._progress
        self.log = MetricsLog(folder, keep_until_update=self.counters.update)

    @property
    def history(self) -> History[Row]:
        """The rows of the log."""
        return self.log.history

    def running_rows(self, most: int) -> Sequence[StepTaken]:
        """The newest rows of the running episode, as `run` reports them; after a resume also those from before."""
        episode, rows = self._collector.episode, self._collector.newest_rows(most)
        first = len(episode) - len(rows) if episode is not None else 0
        return [StepTaken(self.counters.episode, first + index, row) for index, row in enumerate(rows)]

    @property
    def prefilling(self) -> bool:
        """Whether actions are random still and nothing is learned yet."""
        return self.counters.learning_since is None

    @property
    def updates_due(self) -> int:
        """Updates that the schedule is waiting for."""
        if self.counters.learning_since is None:
            return 0
        schedule = UpdateSchedule.of(self.config)
        return schedule.due(self.counters.step - self.counters.learning_since) - self.counters.update

    @property
    def seconds_left(self) -> float | None:
        """Time to the end at the present pace, without tests; None before the first step or update of this session."""
        step_s, update_s = self._step_pace.seconds, self._update_pace.seconds
        if step_s is None or update_s is None:
            return None
        counters = self.counters
        return seconds_left(self.config, counters.step, counters.update, counters.learning_since, step_s, update_s)

    def run(self) -> Iterator[Event]:
        """Train until `config.steps` environment steps are done and every update due has been made.

        An environment that fails is started again, and the episode that ran in it is given up. An update whose numbers
        are not finite is skipped, and the next batch takes its place.

        Raises:
            HaltError: it cannot go on by itself; the message says what to do. `run` again goes on.
            StorageError: an episode, a checkpoint or the log could not be written or read. Nothing is lost: `run` again
                writes first what could not be written.
            WaitInterruptedError: an environment was not to be waited for any longer. Nothing is lost: once environments
                have been closed, `run` again takes the step that was waited for anew.
        """
        try:
            yield from self._train()
            return
        except (MemoryError, RuntimeError) as error:
            if not is_memory_full(error):
                raise
            full = memory_full(error, traceback.format_exc(), self.config, self.device, self.folder.path)
        # Not from within the handler: the traceback holds on to all that the update had made.
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        raise full

    def _train(self) -> Iterator[Event]:
        leave_cores(self.config.spare_cores)
        yield PhaseBegins("starting")
        yield from self._surviving_faults(self._catch_up, self._give_up_episode)
        while True:
            if self._episode_waits:
                yield from self._safety_bound.tell(self._end_episode())
            self._write_what_waits()
            if self.updates_due > 0:
                yield from self._update()
            elif not self.prefilling and test_due(self.config, self.counters.tested_at, self.counters.step):
                yield from self._surviving_faults(self._test, self._give_up_test)
            elif self.counters.step < self.config.steps:
                yield from self._surviving_faults(self._collect, self._give_up_episode)
            else:
                break
            if time.monotonic() - self._saved_clock > self.config.checkpoint_every and not self._skipped.stuck:
                self._save_due = True
        self.save()

    @property
    def _episode_waits(self) -> bool:
        """Whether an episode has ended that could not be written yet."""
        return self._collector.row is not None and self._collector.row.is_last

    def _write_what_waits(self) -> None:
        """The checkpoint that is due, and rows of the log that could not be written before."""
        with self._storage():
            self.log.flush()
        if self._save_due:
            self.save()

    def _storage(self) -> contextlib.AbstractContextManager[None]:
        return storage_trouble(self.folder.path)

    def save(self) -> None:
        """Write a checkpoint now, unless nothing happened since the last one.

        Raises:
            StorageError: it could not be written; older ones are untouched, and `run` tries again.
            NotFiniteError: nobody should go on from it.
        """
        weights, optimizers = self.agent.state_dict(), flatten_optimizers(self.learner.state_dict())
        self._save_due = False
        self._skipped.check_saving({**weights, **optimizers})
        self._save_due = True
        if self._episode_waits:
            self._end_episode()
        if self._saved_counters != self._progress:
            with self._storage():
                self.log.sync()  # so that no checkpoint is newer than its log
                self._save_checkpoint(weights, optimizers)
            give_back_freed_memory()
            self._saved_counters = self._progress
            self.saved_at = (self.counters.update, time.time())
        self._saved_clock = time.monotonic()
        self._save_due = False

    @property
    def _progress(self) -> tuple[int, int, int]:
        return self.counters.step, self.counters.update, self.counters.tests

    def _save_checkpoint(self, weights: dict[str, torch.Tensor], optimizers: dict[str, torch.Tensor]) -> None:
        noise, rng = self._before_update or self._random_states()  # an update in the making will be made again
        tensors = {"noise": noise}
        if self._belief is not None:
            tensors |= {f"belief/{name}": part for name, part in self._belief._asdict().items()}
        state = {
            "format": 1,
            "counters": dataclasses.asdict(self.counters),
            "episodes": len(self.store),
            "rng": rng,
            "device": self.device.type,
            "env": dataclasses.asdict(self.spec),
        }
        checkpoint = Checkpoint(
            weights=weights,
            optimizers=optimizers,
            tensors=tensors,
            state=state,
            episode=self._collector.episode,
        )
        save_checkpoint(
            self.folder.checkpoints,
            checkpoint,
            self.counters.step,
            self.counters.update,
            newest=self.config.keep_newest,
            each=self.config.keep_each,
        )

    def change(self, name: str, value: object) -> Row | None:
        """Change a setting of the running training; it holds from the next update on, and is written to the log.

        Returns:
            the row of the log, or None where nothing changed.

        Raises:
            ConfigError: no such setting, out of range, or fixed once a run has begun.
        """
        before = getattr(self.config, name, None)
        config = with_overrides(self.config, {name: value})
        if config == self.config:
            return None
        write_config(config, self.folder.config_file)
        self.config = config
        leave_cores(config.spare_cores)
        self._batches.settle()
        self.store.ram_bytes = config.replay_ram_mb * 2**20
        return self._write("change", {"name": name, "before": before, "after": getattr(config, name)})

    def note_changes(self, before: Config) -> None:
        """Log what a person has set since `before`, the configuration that the run was last trained with.

        `notes` names settings that no longer have an effect. Once the prefill is over, `config` keeps its `prefill`.
        """
        idle = idle_settings(self.config, self.counters.step, self.counters.learning_since)
        for name, value in dataclasses.asdict(self.config).items():
            if value == getattr(before, name):
                continue
            if name in idle:
                self.notes.append(f"{name}={str(value).lower()} has no effect: {idle[name]}")
            if name == "prefill" and name in idle:
                self.config = with_overrides(self.config, {name: before.prefill})
            elif name not in UNMARKED_SETTINGS:
                self._write("change", {"name": name, "before": getattr(before, name), "after": value})

    def discard_episode(self) -> None:
        """Give up the running episode, as after a fault of its environment; its steps no longer count."""
        self.counters.step -= self._collector.running_steps
        self.steps_speed.restart()
        self._collector.discard()
        self._belief = None
        self._saved_counters = None  # the same numbers may soon mean another episode

    def close_environments(self) -> None:
        """End the environments' processes; `run` opens them again."""
        self._collector.keeper.close()
        self._test_env.close()

    def close(self) -> None:
        """End everything."""
        self.close_environments()
        self._batches.close()
        self.log.close()
        if self._lock is not None:
            self._lock.release()

    def _surviving_faults(self, work: Callable[[], Iterator[Event]], give_up: Callable[[], None]) -> Iterator[Event]:
        """Do some of the work; if its environment fails, give up what ran in it, say so, and be ready to try again."""
        try:
            yield from work()
            return
        except EnvError as error:
            fault = error
        row = self._collector.row
        in_first_step = give_up == self._give_up_episode and row is not None and row.is_first
        give_up()
        self._write("fault", {"text": str(fault), "in_a_row": self._faults.count()})
        line = resume_line(self.folder.path, self.config, "train")
        self._faults.check(fault, line, in_first_step=in_first_step)
        yield Mishap(f"{fault}. The episode was given up and the environment is started again.", fault.details)
        yield from self._faults.wait()

    def _give_up_episode(self) -> None:
        at_reset = self._collector.keeper.env is not None and self._collector.episode is None
        if self._faults.given_up(seed_suspect=at_reset):  # later in an episode the actions differ from try to try
            self.notes.append(f"Episode {self.counters.episode:,} was passed over: its reset failed again and again")
            self.counters.episode += 1
        self.discard_episode()
        self._collector.keeper.close()

    def _give_up_test(self) -> None:
        if self._faults.given_up(seed_suspect=self._test_env.env is not None):  # a test acts the same each time
            self.notes.append(
                f"The test at {self.counters.step:,} environment steps was passed over: it failed again and again"
            )
            self._count_test()
        self._test_env.close()

    def _catch_up(self) -> Iterator[Event]:
        if not self._collector.catch_up():
            self._tell_of_another_world(self._collector.running_steps)
            self.discard_episode()
        yield from ()

    def _tell_of_another_world(self, steps: int) -> None:
        self.notes.append(
            f"The running episode could not be played again: with the same seed and actions, {self.config.task} "
            f"behaved differently. Its {steps:,} environment steps no longer count, and the episode begins again"
        )

    def _replaced(self, found: str) -> Iterator[Event]:
        """Say that a process was ended between two episodes, if one was."""
        if found:
            self._write("fault", {"text": found, "in_a_row": 0})
            yield Mishap(f"{found}. It was replaced by a new one; no step is lost.")

    def _collect(self) -> Iterator[Event]:
        """One agent step, preceded by a reset where no episode is running."""
        counters = self.counters
        yield PhaseBegins("prefill" if self.prefilling else "collecting")
        if self._collector.episode is None:
            yield from self._replaced(self._collector.keeper.close_if_unsound(self.config.env_memory_mb))
            seed = episode_seed(self.config.seed, counters.episode, "train")
            first = self._collector.begin(seed)
            self._stillness.look(first)
            yield StepTaken(counters.episode, 0, first)
        assert self._collector.row is not None and self._collector.episode is not None
        began = time.perf_counter()
        row = self._step(self._collector.row)
        self._step_pace.add(time.perf_counter() - began)
        counters.step += row.steps
        self.steps_speed.mark(counters.step)
        episode, index = counters.episode, len(self._collector.episode) - 1
        ended = self._end_episode() if row.is_last else None
        still = self._stillness.look(row)
        yield StepTaken(episode, index, row)
        if still:
            yield Mishap(still)
        if ended is not None:
            yield from self._safety_bound.tell(ended)

    def _step(self, row: TimeStep) -> TimeStep:
        """Take an agent step; one that is not waited for leaves no trace, and will be taken again."""
        noise, belief = self._noise.state(), self._belief
        try:
            return self._collector.step(self._choose_action(row))
        except WaitInterruptedError:
            self._noise.restore(noise)
            self._belief = belief
            raise

    def _choose_action(self, row: TimeStep) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        """Random during the prefill; then the policy's sample with exploration."""
        if self.prefilling:
            action = self.agent.random_action(1, self._noise)
        else:
            self._belief = observe_row(self.agent, self._belief, row, self._noise)
            action = self.agent.act(self._belief.feat, self._noise)
            amount = exploration_amount(self.config, self.counters.step)
            action = self.agent.explore(action, amount, self._noise)
        return action.squeeze(0).cpu().numpy()

    def _end_episode(self) -> EpisodeEnded:
        kind: Literal["prefill", "train"] = "prefill" if self.prefilling else "train"
        episode, row = self._collector.episode, self._collector.row
        assert episode is not None and row is not None and row.end is not None
        end = row.end
        self._batches.settle()
        with self._storage():
            self.store.add_packed(episode.pack(), len(episode), episode.total_steps, self.counters.episode)
        self._collector.discard()
        self._belief = None
        number = self.counters.episode
        self.counters.episode += 1
        self._faults.forget()
        if self.prefilling and self.counters.step >= self.config.prefill:
            self.counters.learning_since = self.counters.step
        length = len(episode) - 1
        told = {"episode": number, "return": episode.total_reward, "length": length, "end": end}
        self._write(kind, {**told, **self._speeds()})
        return EpisodeEnded(kind, episode.total_reward, length, end)

    def _update(self) -> Iterator[Event]:
        """One update. Dropped before its optimizers step, it leaves no trace: random states go back too.

        One that is skipped does not count, but its batch and its noise are used up: the next has others.
        """
        config = self.config  # the one that holds for all of this update, whatever changes meanwhile
        self.learner.configure(config)
        before = self._before_update = self._random_states()
        spent, since = 0.0, time.perf_counter()
        try:
            batch = self._take_batch(config)
            phases = self.learner.update(batch, self.learner.draw_noise(batch, config.horizon, self._noise))
            while True:
                try:
                    phase = next(phases)
                except StopIteration as stop:
                    output = stop.value
                    break
                spent += time.perf_counter() - since
                yield PhaseBegins(phase)  # whoever drives may take a pause here, which is not the update's time
                since = time.perf_counter()
        except BaseException:
            self._noise.restore(before[0])
            self._batches.restore(before[1])
            raise
        finally:
            self._before_update = None
        if output.not_finite:
            yield from self._skip(output.not_finite)
            return
        self._skipped.forget()
        self.counters.update += 1
        self.updates_speed.mark(self.counters.update)
        metrics = output.metrics()
        self._update_pace.add(spent + time.perf_counter() - since)
        self._write("update", {**metrics, "horizon": config.horizon, **self._speeds()})
        self.practice = output.behavior
        try:
            yield UpdateDone(metrics)
        finally:
            self.practice = None

    def _take_batch(self, config: Config) -> Batch:
        """The next batch; an episode that cannot be read is set aside, and the batch drawn anew without it."""
        while True:
            try:
                return self._batches.take(config)
            except ReplayError as error:
                self._batches.settle()
                with self._storage():
                    if not error.damaged or not self.store.folder.is_dir() or len(self.store) == 1:
                        none_left = NoEpisodeError(f"{error}, and no other is left: put its file back")
                        cause = error.__cause__
                        raise (cause if isinstance(cause, OSError | MemoryError) else none_left) from None
                    self.store.leave_out(error.path, rename=True)
                self._saved_counters = None  # a checkpoint says how many episodes there are
                self.notes.append(f"{error}; it was set aside, and training goes on without it")

    def _skip(self, names: tuple[str, ...]) -> Iterator[Event]:
        self._saved_counters = None  # the generators have moved on
        self._write("skipped", {"not_finite": ", ".join(names), "in_a_row": self._skipped.count()})
        self._skipped.check(names, self.config)
        yield Mishap(f"An update was skipped: {', '.join(names)} were not finite. No weight has changed.")

    def _random_states(self) -> RandomStates:
        return self._noise.state(), self._batches.state()

    def _test(self) -> Iterator[Event]:
        """Play `eval_episodes` with the present weights; stopped in the middle, it will be played again."""
        yield PhaseBegins("testing")
        yield from self._replaced(self._test_env.close_if_unsound(self.config.env_memory_mb))
        first = self.counters.tests * self.config.eval_episodes
        seeds = [episode_seed(self.config.seed, first + i, "eval") for i in range(self.config.eval_episodes)]
        results: list[TestResult] = []
        for result in play_tests(self.agent, self._test_env.get(), seeds, self.device):
            if result is None:
                yield PhaseBegins("testing")
            else:
                results.append(result)
        self._faults.forget()
        self._count_test()
        for result in results:
            self._write("test", {"return": result.total_reward, "length": result.length, "end": result.end})
        self._save_due = self._save_due or self.config.checkpoint_tests
        self._write_what_waits()
        for result in results:
            yield from self._safety_bound.tell(EpisodeEnded("test", result.total_reward, result.length, result.end))

    def _count_test(self) -> None:
        self.counters.tests += 1
        self.counters.tested_at = self.counters.step

    def _speeds(self) -> dict[str, float]:
        return {
            "steps_per_s": round(self.steps_speed.per_second, 3),
            "updates_per_s": round(self.updates_speed.per_second, 4),
        }

    def _write(self, kind: str, values: dict[str, object]) -> Row:
        return self.log.write(kind, self.counters.step, self.counters.update, values)

    def _restore(self, checkpoint: Checkpoint) -> None:
        """Go on from a checkpoint, whose replay may have grown since (episodes are written as they end)."""
        self.agent.load_state_dict(checkpoint.weights)
        fresh = self.learner.state_dict()
        self.learner.load_state_dict(unflatten_optimizers(checkpoint.optimizers, fresh))
        self.counters = Counters(**checkpoint.state["counters"])
        if checkpoint.state["device"] == self.device.type:
            self._noise.restore(checkpoint.tensors["noise"])
        else:  # each kind of device has generators of its own: another stream
            self._noise = NoiseSource(self.config.seed + self.counters.update, self.device)
        self._batches.restore(checkpoint.state["rng"])
        partial = checkpoint.episode
        same_replay = len(self.store) == checkpoint.state["episodes"] and self.store.newest < self.counters.episode
        if partial is not None and same_replay and self._plays_again(partial):
            parts = [checkpoint.tensors.get(f"belief/{name}") for name in State._fields]
            if all(part is not None for part in parts):
                self._belief = State(*(part.to(self.device) for part in parts if part is not None))
        elif partial is not None:
            self.counters.step -= partial.total_steps
            if same_replay:
                self._tell_of_another_world(partial.total_steps)

    def _plays_again(self, partial: GrowingEpisode) -> bool:
        try:
            return self._collector.resume(partial, episode_seed(self.config.seed, self.counters.episode, "train"))
        except EnvError:
            _log.exception("the episode that was running cannot be played again")
            self._collector.keeper.close()
            return False

    def _count_newer_episodes(self) -> None:
        """Count what was stored after the checkpoint; the schedule then makes up for the updates that it calls for."""
        newer = self.store.steps_of_each[self.store.numbers >= self.counters.episode].sum()
        self.counters.step = max(self.counters.step + int(newer), self.store.steps)
        self.counters.episode = max(self.counters.episode, self.store.next_number)
        if self.prefilling:
            self.counters.learning_since = self.store.steps_when(self.config.prefill)
