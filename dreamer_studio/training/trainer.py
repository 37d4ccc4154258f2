"""The training loop of one run, as a generator that reports each thing it does.

Whoever drives it decides when to go on: not asking for the next event is a pause, closing the generator is a stop.
At every event the trainer's state is whole: it can be saved, looked at, or run again from there.
"""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
import torch

from dreamer_studio.config import Config, with_overrides, write_config
from dreamer_studio.dreamer.agent import Agent, exploration_amount
from dreamer_studio.dreamer.behavior import BehaviorOutput
from dreamer_studio.dreamer.learner import Learner
from dreamer_studio.dreamer.noise import NoiseSource
from dreamer_studio.dreamer.rssm import State
from dreamer_studio.envs import EnvError, EnvProcess, EnvSpec, TimeStep, episode_seed
from dreamer_studio.replay import EpisodeStore
from dreamer_studio.training.acting import observe_row
from dreamer_studio.training.batches import BatchSource
from dreamer_studio.training.checkpoints import (
    Checkpoint,
    flatten_optimizers,
    save_checkpoint,
    unflatten_optimizers,
)
from dreamer_studio.training.collector import Collector, open_env
from dreamer_studio.training.cores import leave_cores
from dreamer_studio.training.estimate import Pace, seconds_left
from dreamer_studio.training.evaluation import TestResult, play_tests
from dreamer_studio.training.events import EpisodeEnded, Event, PhaseBegins, StepTaken, UpdateDone
from dreamer_studio.training.history import History
from dreamer_studio.training.metrics import MetricsLog, Row
from dreamer_studio.training.run_folder import RunFolder
from dreamer_studio.training.schedule import UpdateSchedule, test_due
from dreamer_studio.training.speed import SpeedMeter


@dataclasses.dataclass
class Counters:
    """How far a run is.

    Attributes:
        step: environment steps in all, those of the running episode included.
        update: updates in all.
        episode: number of the running, or else the next, training episode.
        learning_since: environment step at which the prefill ended; None before.
        tests: tests done.
        tested_at: environment step of the last one.
    """

    step: int = 0
    update: int = 0
    episode: int = 0
    learning_since: int | None = None
    tests: int = 0
    tested_at: int = 0


UNMARKED_SETTINGS = {"steps", "checkpoint_every", "replay_ram_mb", "spare_cores"}
"""They change nothing of what is learned."""

RandomStates = tuple[torch.Tensor, dict[str, Any]]
"""Of the noise and of the batches."""


class Trainer:
    """One run in training.

    Not thread-safe: one thread calls it. `MetricsLog`, environment processes and the replay are its own; `close` ends
    them.

    Attributes:
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
    ) -> None:
        self.folder = folder
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
        self.practice: BehaviorOutput | None = None
        self._noise = NoiseSource(noise_seed, device)
        self._batches = BatchSource(self.store, batch_seed, device)
        self._belief: State | None = None
        self._collector = Collector(lambda: open_env(self.config), env)
        self._test_env: EnvProcess | None = None
        self._saved_clock = time.monotonic()
        self._saved_counters: tuple[int, int, int] | None = None
        self._before_update: RandomStates | None = None
        if checkpoint is not None:
            self._restore(checkpoint)
        if len(self.store) != (0 if checkpoint is None else checkpoint.state["episodes"]):
            self._count_newer_episodes()
        self.log = MetricsLog(folder, keep_until_update=self.counters.update)

    @property
    def history(self) -> History[Row]:
        """The rows of the log."""
        return self.log.history

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

        Raises:
            EnvError: an environment failed; an episode that ran in it is given up. `run` again goes on.
            OSError: an episode, a checkpoint or the log could not be written.
        """
        leave_cores(self.config.spare_cores)
        yield PhaseBegins("starting")
        with self._giving_up_a_faulty_episode():
            if not self._collector.catch_up():
                self.discard_episode()
        while True:
            if self.updates_due > 0:
                yield from self._update()
            elif not self.prefilling and test_due(self.config, self.counters.tested_at, self.counters.step):
                yield from self._test()
            elif self.counters.step < self.config.steps:
                with self._giving_up_a_faulty_episode():
                    yield from self._collect()
            else:
                break
            if time.monotonic() - self._saved_clock > self.config.checkpoint_every:
                self.save()
        self.save()

    def save(self) -> None:
        """Write a checkpoint now, unless nothing happened since the last one.

        Raises:
            OSError: it could not be written; older ones are untouched.
        """
        self._saved_clock = time.monotonic()
        done = (self.counters.step, self.counters.update, self.counters.tests)
        if self._saved_counters == done:
            return
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
            weights=self.agent.state_dict(),
            optimizers=flatten_optimizers(self.learner.state_dict()),
            tensors=tensors,
            state=state,
            episode=self._collector.partial(),
        )
        save_checkpoint(self.folder.checkpoints, checkpoint, self.counters.step, self.counters.update)
        self._saved_counters = done
        self.saved_at = (self.counters.update, time.time())

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
        """Log what a person has set anew since `before`, the configuration that the run was last trained with."""
        for name, value in dataclasses.asdict(self.config).items():
            if name not in UNMARKED_SETTINGS and value != getattr(before, name):
                self._write("change", {"name": name, "before": getattr(before, name), "after": value})

    def discard_episode(self) -> None:
        """Give up the running episode, as after a fault of its environment; its steps no longer count."""
        self.counters.step -= self._collector.running_steps
        self._collector.discard()
        self._belief = None
        self._saved_counters = None  # the same numbers may soon mean another episode

    @contextlib.contextmanager
    def _giving_up_a_faulty_episode(self) -> Iterator[None]:
        try:
            yield
        except EnvError:
            self.discard_episode()
            raise

    def close_environments(self) -> None:
        """End the environments' processes; `run` opens them again."""
        self._collector.close()
        if self._test_env is not None:
            self._test_env.close()
            self._test_env = None

    def close(self) -> None:
        """End everything."""
        self.close_environments()
        self._batches.close()
        self.log.close()

    def _collect(self) -> Iterator[Event]:
        """One agent step, preceded by a reset where no episode is running."""
        counters = self.counters
        yield PhaseBegins("prefill" if self.prefilling else "collecting")
        if self._collector.row is not None and self._collector.row.is_last:  # it could not be written before
            yield self._end_episode()
            return
        if not self._collector.running:
            seed = episode_seed(self.config.seed, counters.episode, "train")
            yield StepTaken(counters.episode, 0, self._collector.begin(seed))
        assert self._collector.row is not None
        began = time.perf_counter()
        row = self._collector.step(self._choose_action(self._collector.row))
        self._step_pace.add(time.perf_counter() - began)
        counters.step += row.steps
        self.steps_speed.mark(counters.step)
        episode, index = counters.episode, self._collector.rows - 1
        ended = self._end_episode() if row.is_last else None
        yield StepTaken(episode, index, row)
        if ended is not None:
            yield ended

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
        episode = self._collector.partial()
        assert episode is not None
        self._batches.settle()
        self.store.add(episode)
        self._collector.discard()
        self._belief = None
        self.counters.episode += 1
        if self.prefilling and self.counters.step >= self.config.prefill:
            self.counters.learning_since = self.counters.step
        length = len(episode) - 1
        self._write(kind, {"return": episode.total_reward, "length": length, **self._speeds()})
        return EpisodeEnded(kind, episode.total_reward, length)

    def _update(self) -> Iterator[Event]:
        """One update. Dropped before its optimisers step, it leaves no trace: random states go back too."""
        config = self.config  # the one that holds for all of this update, whatever changes meanwhile
        self.learner.configure(config)
        before = self._before_update = self._random_states()
        spent, since = 0.0, time.perf_counter()
        try:
            batch = self._batches.take(config)
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

    def _random_states(self) -> RandomStates:
        return self._noise.state(), self._batches.state()

    def _test(self) -> Iterator[Event]:
        """Play `eval_episodes` with the present weights; stopped in the middle, it will be played again."""
        yield PhaseBegins("testing")
        if self._test_env is None or not self._test_env.is_alive():
            self._test_env = open_env(self.config)
        first = self.counters.tests * self.config.eval_episodes
        seeds = [episode_seed(self.config.seed, first + i, "eval") for i in range(self.config.eval_episodes)]
        results: list[TestResult] = []
        for result in play_tests(self.agent, self._test_env, seeds, self.device):
            if result is None:
                yield PhaseBegins("testing")
            else:
                results.append(result)
        self.counters.tests += 1
        self.counters.tested_at = self.counters.step
        for result in results:
            self._write("test", {"return": result.total_reward, "length": result.length})
        self.save()
        for result in results:
            yield EpisodeEnded("test", result.total_reward, result.length)

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
        same_replay = len(self.store) == checkpoint.state["episodes"]
        seed = episode_seed(self.config.seed, self.counters.episode, "train")
        if partial is not None and same_replay and self._collector.resume(partial, seed):
            parts = [checkpoint.tensors.get(f"belief/{name}") for name in State._fields]
            if all(part is not None for part in parts):
                self._belief = State(*(part.to(self.device) for part in parts if part is not None))
        elif partial is not None:
            self.counters.step -= partial.total_steps

    def _count_newer_episodes(self) -> None:
        """Count what was stored after the checkpoint; the schedule then makes up for the updates that it calls for."""
        self.counters.step = max(self.counters.step, self.store.steps)
        self.counters.episode = max(self.counters.episode, len(self.store))
        if self.prefilling:
            self.counters.learning_since = self.store.steps_when(self.config.prefill)
