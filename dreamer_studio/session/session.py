"""The session: drives an open run in one thread, and talks to any number of others."""

from __future__ import annotations

import dataclasses
import logging
import queue
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import psutil

from dreamer_studio import __version__
from dreamer_studio.config import Config, ConfigError
from dreamer_studio.envs import EnvError, Interruption, WaitInterruptedError, known_end
from dreamer_studio.runs.errors import InputError, StorageError
from dreamer_studio.session.commands import (
    Command,
    CommandRefusedError,
    GoBack,
    Pause,
    Quit,
    Resume,
    SaveCheckpoint,
    SetHorizon,
    Start,
    Stop,
    UpdateOnce,
)
from dreamer_studio.session.log_reader import Log, Place
from dreamer_studio.session.mailbox import Feed, Mailbox
from dreamer_studio.session.practice import PracticeBox
from dreamer_studio.session.right_of_way import RightOfWay
from dreamer_studio.session.run import Run
from dreamer_studio.session.snapshot import SnapshotBox, take_snapshot
from dreamer_studio.session.status import Failure, LastEpisode, State, Status
from dreamer_studio.training.errors import HaltError
from dreamer_studio.training.events import EpisodeEnded, Event, Mishap, PhaseBegins, StepTaken, UpdateDone

if TYPE_CHECKING:  # the window is there before torch
    from dreamer_studio.runs.rows import Row
    from dreamer_studio.training.trainer import Trainer

STEPS_KEPT = 2000
MISHAPS_KEPT = 100
MEMORY_READ_SECONDS = 1.0
RETRY_SECONDS = 3.0
"""Between looks whether the disk can be written and read again."""

IDLE_SECONDS = 0.1  # how long a wish for a snapshot may wait while nothing runs

_log = logging.getLogger(__name__)


class Session:
    """A run someone can talk to, in training or only watched.

    `run` blocks in the thread that trains or plays; everything else may be called from any thread, at any time.

    Attributes:
        status: the newest `Status`.
        steps: the last agent steps of training episodes, resets included.
        mishaps: the last things that went wrong and were got over, files that were left out among them.
        snapshots: where a copy of the weights can be asked for.
        practice: where some of the rollouts that the next update learns from can be asked for.
        way: where whoever answers a person's hand goes first.

    Args:
        opener: opens the run, in the thread that trains or plays.
        config, folder, device: what was asked for, to be shown until it is open.
        paused: whether to wait for `Start`.
        interruption: what the run's environments were given, so that `Quit` waits for none that hangs.
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
        self.status = Mailbox(Status(State.OPENING, "starting", config, folder, device))
        self.steps: Feed[StepTaken] = Feed(STEPS_KEPT)
        self.mishaps: Feed[Mishap] = Feed(MISHAPS_KEPT)
        self.snapshots = SnapshotBox()
        self.practice = PracticeBox()
        self.way = RightOfWay()
        self._opener = opener
        self._interruption = interruption or Interruption()
        self._start_paused = paused
        self._commands: queue.SimpleQueue[tuple[Command, Future[str]]] = queue.SimpleQueue()
        self._run: Run | None = None
        self._log = Log()
        self._events: Iterator[Event] | None = None
        self._pause_after_update = False
        self._quit = False
        self._memory = (0.0, 0)
        self._retry_at = 0.0

    def submit(self, command: Command) -> Future[str]:
        """Hand over a command.

        Returns:
            a future that gets exactly one answer: a line that says what was done, or `CommandRefusedError`, or what
            went wrong.
        """
        future: Future[str] = Future()
        if isinstance(command, Quit):
            self._interruption.request()
        self._commands.put((command, future))
        if self.status.get().state is State.CLOSED:
            self._refuse_all()
        return future

    def rows_since(self, place: Place) -> tuple[list[Row], Place]:
        """Rows of the log after a place, those of earlier sessions included, and the place after them.

        A long run's log is thinned where it is older than the newest 2,000 rows. Once the training has gone back they
        are all rows that stand, and `opening` is another one in the place.
        """
        return self._log.since(place)

    def run(self) -> None:
        """Train and answer until `Quit`. A failure of the training is a state, not the end."""
        try:
            self._open()
            while not self._quit:
                self._answer_commands(wait=not self._may_advance())
                if self._may_advance() and not self._quit:
                    self._advance()
        finally:
            self._close()

    def _may_advance(self) -> bool:
        state = self.status.get().state
        return state is State.RUNNING or (state is State.WAITING and time.monotonic() >= self._retry_at)

    def _open(self) -> None:
        try:
            self._run = self._opener()
        except WaitInterruptedError:
            return  # whoever interrupted it has a command on the way
        except Exception as error:
            self._fail(error)
            return
        self._take_over(self._run)
        _log.info(
            "dreamer-studio %s: %s (%s) at update %d, on %s, in %s",
            __version__,
            self._run.config.task,
            self._run.config.preset,
            self._run.counters.update,
            self._run.device,
            self._run.folder.path,
        )
        last = {kind: self._last_episode(kind) for kind in ("train", "test")}
        self._publish(
            spec=self._run.spec,
            config=self._run.config,
            folder=self._run.folder.path,
            device=str(self._run.device),
            watching=not self._run.learns,
            state=State.PAUSED if self._start_paused else State.RUNNING,
            last_return=last["train"],
            last_test=last["test"],
        )

    def _take_over(self, run: Run) -> None:
        """Tell what a run comes with as it is opened: its log, and the episode that is running in it, if one is."""
        self._log.take(run.history)
        self.steps.clear()
        rows = run.running_rows(STEPS_KEPT)
        for step in rows:
            self.steps.append(step)
        self._publish(episode=run.counters.episode, episode_step=rows[-1].index if rows else 0)

    def _last_episode(self, kind: str) -> LastEpisode | None:
        assert self._run is not None
        row = self._run.history.last(kind)
        total = row.get("return") if row is not None else None
        if row is None or not isinstance(total, int | float):
            return None
        return LastEpisode(total, row["step"], known_end(row.get("end")))

    def _advance(self) -> None:
        assert self._run is not None
        if self._events is None:
            self._events = self._run.run()
        self.way.give()
        try:
            event = next(self._events)
        except StopIteration:
            self._events = None
            self._publish(state=State.FINISHED)
        except WaitInterruptedError:
            self._events = None
            self._run.close_environments()
        except StorageError as error:  # nothing is lost, and nothing but the disk has to change
            self._events = None
            self._wait_for_the_disk(error)
        except HaltError as error:
            self._events = None
            self._pause_after_update = False
            _log.error("%s\n%s", error, error.details)
            self._publish(state=State.PAUSED, failure=Failure(str(error), error.details, error.with_traceback(None)))
        except Exception as error:
            self._events = None
            self._run.close_environments()
            self._fail(error)
        else:
            if self.practice.wanted:
                self._offer_practice(event)
            self._report(event)

    def _wait_for_the_disk(self, error: StorageError) -> None:
        self._retry_at = time.monotonic() + RETRY_SECONDS
        status = self.status.get()
        if status.state is State.WAITING and status.failure is not None and status.failure.text == str(error.strerror):
            return  # as before
        _log.warning("waiting for the disk: %s", error)
        self._publish(state=State.WAITING, failure=Failure(str(error.strerror), "", error))

    def _report(self, event: Event) -> None:
        changes: dict[str, Any] = {}
        if self.status.get().state is State.WAITING and not isinstance(event, PhaseBegins):  # something was done
            changes.update(state=State.RUNNING, failure=None)
        match event:
            case PhaseBegins(phase):
                changes["phase"] = phase
            case StepTaken(episode, index, _):
                self.steps.append(event)
                changes.update(episode=episode, episode_step=index)
            case EpisodeEnded(kind, total_reward, _, end):
                assert self._run is not None
                name = "last_test" if kind == "test" else "last_return"
                changes[name] = LastEpisode(total_reward, self._run.counters.step, end)
            case Mishap():
                self._note(event)
            case UpdateDone() if self._pause_after_update:
                self._pause_after_update = False
                changes["state"] = State.PAUSED
        self._publish(**changes)

    def _answer_commands(self, *, wait: bool) -> None:
        while not self._quit:
            try:
                command, future = self._commands.get(block=wait, timeout=IDLE_SECONDS)
            except queue.Empty:
                self._offer_snapshot()
                return
            wait = False
            if not future.set_running_or_notify_cancel():
                continue
            try:
                answer = self._obey(command)
            except Exception as error:
                future.set_exception(error)
            else:
                _log.info("%s", answer)
                future.set_result(answer)

    def _obey(self, command: Command) -> str:
        if isinstance(command, Quit):
            self._interruption.withdraw()  # if nothing can be saved, the training may go on
            answer = self._save_and_stop() if command.save and self._run else "Closed without saving"
            self._quit = True
            return answer
        if self._run is None:
            if isinstance(command, Start):
                self._publish(state=State.OPENING, failure=None)
                self._open()
            if self._run is not None:
                return self._go()
            raise CommandRefusedError("The training could not be opened; Start tries again.")
        match command:
            case Start() | Resume():
                self._pause_after_update = False
                return self._go()
            case UpdateOnce():
                self._training()
                self._go()
                self._pause_after_update = True
                return "Running until one more update is done"
            case Pause():
                if self.status.get().state not in {State.RUNNING, State.WAITING}:
                    raise CommandRefusedError("Nothing is running.")
                self._publish(state=State.PAUSED, failure=None)
                return "Paused"
            case Stop():
                answer = self._save_and_stop()
                self._publish(state=State.STOPPED, failure=None)
                return answer
            case SetHorizon(horizon):
                return self._set_horizon(self._training(), horizon)
            case SaveCheckpoint():
                self._training().save()
                self._publish()
                return f"Checkpoint saved at update {self._run.counters.update}"
            case GoBack():
                return self._go_back(self._training())

    def _training(self) -> Trainer:
        """The run, if it is one that learns."""
        assert self._run is not None
        if not self._run.learns:
            raise CommandRefusedError("This run is only watched: nothing in it is learned or written.")
        return cast("Trainer", self._run)

    def _go(self) -> str:
        if self.status.get().state is State.FINISHED:
            raise CommandRefusedError("All environment steps of this run are done.")
        assert self._run is not None
        self._run.steps_speed.restart()
        self._run.updates_speed.restart()
        self._publish(state=State.RUNNING, failure=None)
        return "Training" if self._run.learns else "Playing"

    def _set_horizon(self, trainer: Trainer, horizon: int) -> str:
        before = trainer.config.horizon
        if trainer.change("horizon", horizon) is None:
            return f"The training horizon is {before} already"
        self._publish(config=trainer.config)
        return f"Training horizon {before} \N{RIGHTWARDS ARROW} {horizon}, from the next update on"

    def _save_and_stop(self) -> str:
        """Save, end the environments and drop the update that is in the making; it will be made again."""
        assert self._run is not None
        self._end_events()
        self._run.close_environments()
        if not self._run.learns:
            return "Stopped"
        try:
            self._training().save()
        except Exception as error:
            self._fail(error)
            raise
        if self.status.get().state is State.WAITING:  # what it waited for is done
            self._publish(state=State.STOPPED, failure=None)
        return f"Stopped; checkpoint saved at update {self._run.counters.update}"

    def _go_back(self, trainer: Trainer) -> str:
        """Open the run anew, as after a crash."""
        from dreamer_studio.runs.checkpoint import list_checkpoints  # noqa: PLC0415  (needs torch)
        from dreamer_studio.training.opening import open_trainer  # noqa: PLC0415  (needs torch)

        if not list_checkpoints(trainer.folder.checkpoints):
            raise CommandRefusedError("There is no checkpoint yet to go back to.")
        self._end_events()
        trainer.close()
        self._run = None
        folder, config, device = trainer.folder, trainer.config, trainer.device
        # Start tries it again if it fails.
        self._opener = lambda: open_trainer(folder, config, device, self._interruption, going_back=True)
        try:
            self._run = self._opener()
        except Exception as error:
            self._fail(error)
            raise
        self._take_over(self._run)
        self._publish(state=State.PAUSED, failure=None)
        return f"Back at update {self._run.counters.update}; Resume goes on from there"

    def _end_events(self) -> None:
        events, self._events = self._events, None
        self._pause_after_update = False
        if events is not None and hasattr(events, "close"):
            events.close()

    def _fail(self, error: Exception) -> None:
        _log.error("the training failed", exc_info=error)
        details = getattr(error, "details", "") or "".join(traceback.format_exception(error))
        text = (
            str(error)
            if isinstance(error, HaltError | InputError | EnvError | ConfigError)
            else f"{type(error).__name__}: {error}"
        )
        if isinstance(error, StorageError):
            text = str(error.strerror)
        self._publish(state=State.FAILED, failure=Failure(text, details, error))

    def _offer_snapshot(self) -> None:
        run = self._run
        if run is None:
            return
        counters = run.counters
        try:
            self.snapshots.offer(run.agent, run.config, run.spec, counters.step, counters.update)
        except Exception:  # out of memory, say: who looks on goes without, training goes on
            _log.exception("no snapshot could be made")

    def _offer_practice(self, event: Event) -> None:
        """Copy what an update has imagined with before its optimizers step, and what it learned from afterwards."""
        try:
            match event:
                case PhaseBegins("optimizers"):
                    run = self._training()
                    counters = run.counters
                    before = take_snapshot(run.agent, run.config, run.spec, counters.step, counters.update)
                    self.practice.prepare(before)
                case UpdateDone():
                    run = self._training()
                    assert run.practice is not None
                    self.practice.offer(run.practice, run.counters.update)
        except Exception:  # out of memory, say: who looks on goes without, training goes on
            _log.exception("no practice dreams could be copied")

    def _publish(self, **changes: Any) -> None:
        run = self._run
        if run is not None:
            changes |= {
                "step": run.counters.step,
                "update": run.counters.update,
                "prefill": run.prefilling,
                "steps_per_s": run.steps_speed.per_second,
                "updates_per_s": run.updates_speed.per_second,
                "seconds_left": run.seconds_left,
                "replay_episodes": len(run.store),
                "replay_steps": run.store.steps,
                "replay_bytes": run.store.cached_bytes,
                "replay_newest": run.store.newest,
                "saved": run.saved_at,
            }
            self._tell_notes(run)
        self.status.put(dataclasses.replace(self.status.get(), memory_bytes=self._memory_bytes(), **changes))
        self._offer_snapshot()

    def _tell_notes(self, run: Run) -> None:
        while run.notes:
            self._note(Mishap(run.notes.pop(0)))

    def _note(self, mishap: Mishap) -> None:
        _log.warning("%s\n%s", mishap.text, mishap.details)
        self.mishaps.append(mishap)

    def _memory_bytes(self) -> int:
        now = time.monotonic()
        if now - self._memory[0] > MEMORY_READ_SECONDS:
            self._memory = (now, psutil.Process().memory_info().rss)
        return self._memory[1]

    def _close(self) -> None:
        try:
            self._end_events()
            if self._run is not None:
                self._run.close()
        finally:
            self._publish(state=State.CLOSED)
            self._refuse_all()

    def _refuse_all(self) -> None:
        while True:
            try:
                _, future = self._commands.get_nowait()
            except queue.Empty:
                return
            if future.set_running_or_notify_cancel():
                future.set_exception(CommandRefusedError("The session is closed."))
