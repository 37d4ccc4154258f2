"""Publishes how a run goes to any number of threads."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import psutil

from dreamer_studio.config import Config
from dreamer_studio.envs import known_end
from dreamer_studio.files import UnfitFileError
from dreamer_studio.library.trainer import OtherTrainer, TrainerWatch
from dreamer_studio.mailbox import Feed, Mailbox
from dreamer_studio.replay import EpisodeIndex, PlayedTests
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.judgments.files import forget_judgments_after
from dreamer_studio.runs.metrics_tail import LogTail
from dreamer_studio.session.life import said
from dreamer_studio.session.log_reader import LogReader
from dreamer_studio.session.practice import PracticeBox
from dreamer_studio.session.run import Run
from dreamer_studio.session.snapshot import SnapshotBox, take_snapshot
from dreamer_studio.session.status import LastEpisode, PlayedEpisodes, State, Status
from dreamer_studio.training.events import EpisodeEnded, Event, Phase, PhaseBegins, Recovered, StepTaken, UpdateDone

if TYPE_CHECKING:  # the window is there before torch
    from dreamer_studio.runs.rows import Row
    from dreamer_studio.training.trainer import Trainer
    from dreamer_studio.training.watching.watched_run import Followed, WatchedRun

STEPS_KEPT = 2000
RECOVERIES_KEPT = 100
MEMORY_READ_SECONDS = 1.0
EPISODE_BYTES = 64 * 2**20
"""Memory for stored episodes that the window reads. The training has memory of its own for them."""

_BEFORE_STEP: Phase = "optimizers"

_log = logging.getLogger(__name__)


class Publisher:
    """Puts values where other threads find them. One thread calls it, the one that drives the run.

    Attributes:
        status: the newest `Status`.
        steps: the last agent steps of training episodes, resets included.
        recoveries: the last faults that the training survived, including files that were left out.
        snapshots: takes requests for a copy of the weights.
        practice: takes requests for some of the rollouts that the next update learns from.
        log: the rows of the run's log.
        episodes: the stored episodes of the run.
    """

    def __init__(self, config: Config, folder: Path, device: str) -> None:
        """Begin with what was asked for, shown until the run is open."""
        self.status = Mailbox(Status(State.OPENING, "starting", config, folder, device))
        self.steps: Feed[StepTaken] = Feed(STEPS_KEPT)
        self.recoveries: Feed[Recovered] = Feed(RECOVERIES_KEPT)
        self.snapshots = SnapshotBox()
        self.practice = PracticeBox()
        self.log = LogReader()
        self.played_tests = PlayedTests()
        self.episodes = EpisodeIndex(RunFolder(folder).episodes, EPISODE_BYTES)
        self._memory = (0.0, 0)
        self._playing = 0
        self._trainer: TrainerWatch | None = None
        self._awaited: LogTail | None = None

    @property
    def state(self) -> State:
        """What the session is doing."""
        return self.status.get().state

    def take_over(self, run: Run) -> None:
        """Publish the log, the running episode and the stored ones of a run that was opened or has gone back.

        Viewers that see the new log know that the training went back. Anything they kept before that is removed.
        """
        self.log.take(run.history)
        self.snapshots.forget()
        self.played_tests.forget_after(run.counters.update)
        if run.learns:
            forget_judgments_after(run.folder.judgments, run.counters.update)
        self.episodes.move_to(run.folder.episodes)  # a new run may get another folder than was asked for
        self.steps.clear()
        rows = run.running_rows(STEPS_KEPT)
        for step in rows:
            self.steps.append(step)
        self.publish(run, episode=run.counters.episode, episode_step=rows[-1].index if rows else 0)

    def publish_opened(self, run: Run, state: State) -> None:
        """Publish what holds for as long as a run is open."""
        self.publish(
            run,
            spec=run.spec,
            config=run.config,
            folder=run.folder.path,
            device=str(run.device),
            watching=not run.learns,
            state=state,
            last_return=_last_episode(run, "train"),
            last_test=_last_episode(run, "test"),
        )

    def take_awaited(self) -> bool:
        """Publish the log of a watched run without a checkpoint. Return whether its trainer will write one."""
        folder = RunFolder(self.status.get().folder)
        if self._awaited is None:
            self._awaited = LogTail(folder.metrics_file)
        before = self._awaited.history
        with contextlib.suppress(UnfitFileError, OSError):
            self._awaited.read()
        if self._awaited.history is not before:
            self.log.take(self._awaited.history)
        trainer = self._look_at_trainer(folder, self._awaited.history.last("update"))
        self.publish(None, watching=True, trainer=trainer)
        return trainer is not None and not trainer.over

    def take_followed(self, run: WatchedRun, found: Followed) -> None:
        """Publish another process's writes into a watched run."""
        if found.history:
            self.log.take(run.history)
            self.played_tests.forget_after(run.counters.update)
        if found.weights:
            self.snapshots.forget()  # the training may have repeated an update with other weights
        self.publish(
            run,
            config=run.config,
            trainer=self._look_at_trainer(run.folder, run.history.last("update")),
            last_return=_last_episode(run, "train"),
            last_test=_last_episode(run, "test"),
        )

    def publish(self, run: Run | None, **changes: Any) -> None:
        """Replace the status.

        Args:
            run: the open run, whose progress is published; None if there is none.
            changes: other fields of `Status`.
        """
        if run is not None:
            step_seconds, update_seconds = run.paces
            changes |= {
                "step": run.counters.step,
                "update": run.counters.update,
                "part_updates": run.counters.part_updates,
                "prefill": run.prefilling,
                "updates_due": max(0, run.updates_due),
                "steps_per_s": run.steps_speed.per_second,
                "updates_per_s": run.updates_speed.per_second,
                "step_seconds": step_seconds,
                "update_seconds": update_seconds,
                "seconds_left": run.seconds_left,
                "replay_episodes": len(run.store),
                "replay_steps": run.store.steps,
                "replay_bytes": run.store.cached_bytes,
                "replay_newest": run.store.newest,
                "saved": run.saved_at,
            }
            while run.notes:
                self._note(Recovered(run.notes.pop(0)))
        status = dataclasses.replace(self.status.get(), memory_bytes=self._memory_bytes(), **changes)
        self.status.put(status)
        if run is not None:
            run.hold.say(said(status))
        self.offer_snapshot(run)

    def report(self, run: Run, event: Event, **changes: Any) -> None:
        """Publish an event of the run, with other changes of the status."""
        if self.practice.wanted:
            self._offer_practice(run, event)
        match event:
            case PhaseBegins(phase):
                changes["phase"] = phase
            case StepTaken(episode, index, _):
                self.steps.append(event)
                changes.update(episode=episode, episode_step=index)
                if index == 0:  # the weights that play the whole episode
                    self._playing = run.counters.update
            case EpisodeEnded(_, total_reward, _, _) if not run.learns:
                changes["played"] = _with_played(self.status.get().played, total_reward, self._playing)
            case EpisodeEnded(kind, total_reward, _, end):
                name = "last_test" if kind == "test" else "last_return"
                changes[name] = LastEpisode(total_reward, run.counters.step, end)
            case Recovered():
                self._note(event)
        self.publish(run, **changes)

    def offer_snapshot(self, run: Run | None) -> None:
        """Copy the weights if a copy is requested. Call it at safe points."""
        if run is None:
            return
        counters = run.counters
        try:
            self.snapshots.offer(run.agent, run.config, run.spec, counters.step, counters.update, counters.part_updates)
        except Exception:  # out of memory, say: the viewer goes without, training goes on
            _log.exception("no snapshot could be made")

    def _look_at_trainer(self, folder: RunFolder, logged: Row | None) -> OtherTrainer | None:
        """Return the trainer of a watched run, at least as far as the newest update in the log, `logged`."""
        if self._trainer is None:
            self._trainer = TrainerWatch(folder.path)
        trainer = self._trainer.look()
        if trainer is None or logged is None:
            return trainer
        step, update = max(trainer.step, logged["step"]), max(trainer.update, logged["update"])
        return dataclasses.replace(trainer, step=step, update=update)

    def _offer_practice(self, run: Run, event: Event) -> None:
        """Copy the weights before an update's optimizers step, and after the update what it imagined."""
        try:
            match event:
                case PhaseBegins(phase) if phase == _BEFORE_STEP:
                    counters = run.counters
                    self.practice.prepare(
                        take_snapshot(run.agent, run.config, run.spec, counters.step, counters.update)
                    )
                case UpdateDone():
                    practice = cast("Trainer", run).practice
                    assert practice is not None
                    self.practice.offer(practice, run.counters.update)
        except Exception:  # out of memory, say: the viewer goes without, training goes on
            _log.exception("no practice dreams could be copied")

    def _note(self, recovered: Recovered) -> None:
        _log.warning("%s\n%s", recovered.text, recovered.details)
        self.recoveries.append(recovered)

    def _memory_bytes(self) -> int:
        now = time.monotonic()
        if now - self._memory[0] > MEMORY_READ_SECONDS:
            self._memory = (now, psutil.Process().memory_info().rss)
        return self._memory[1]


def _last_episode(run: Run, kind: str) -> LastEpisode | None:
    """Return the result of the last episode in the log's rows of a kind; None if there is none."""
    row = run.history.last(kind)
    total = row.get("return") if row is not None else None
    if row is None or not isinstance(total, int | float):
        return None
    return LastEpisode(total, row["step"], known_end(row.get("end")))


def _with_played(before: PlayedEpisodes | None, total_reward: float, update: int) -> PlayedEpisodes:
    """Add an episode's return to those that the weights of the same update played before."""
    if before is None or before.update != update:
        return PlayedEpisodes(total_reward, 1, total_reward, update)
    count = before.count + 1
    return PlayedEpisodes(total_reward, count, before.mean + (total_reward - before.mean) / count, update)
