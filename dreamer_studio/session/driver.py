"""Drives a run: opens the run, asks for its events, and carries out commands."""

from __future__ import annotations

import contextlib
import logging
import time
import traceback
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

from dreamer_studio import __version__
from dreamer_studio.config import ConfigError
from dreamer_studio.envs import EnvError, Interruption, WaitInterruptedError
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.runs.counters import PART_NAMES, Part
from dreamer_studio.runs.errors import InputError, NoCheckpointError, RunTakenOverError, StorageError
from dreamer_studio.runs.last_failure import clear_failure, write_failure
from dreamer_studio.session.commands import MOST_UPDATES, CommandRefusedError
from dreamer_studio.session.pause_file import KeptPauseRules
from dreamer_studio.session.pause_rules import PauseRule
from dreamer_studio.session.publisher import Publisher
from dreamer_studio.session.run import Run
from dreamer_studio.session.slow_motion import SlowMotion
from dreamer_studio.session.status import State, TrainingFailure
from dreamer_studio.training.errors import HaltError
from dreamer_studio.training.events import Event, PhaseBegins, UpdateDone

if TYPE_CHECKING:  # the window is there before torch
    from dreamer_studio.training.trainer import Trainer
    from dreamer_studio.training.watching.watched_run import WatchedRun

RETRY_SECONDS = 3.0
"""Seconds between two attempts to write to or read from a disk that failed."""

IDLE_SECONDS = 0.1
"""Longest wait of a request for a snapshot while nothing runs."""

FOLLOW_SECONDS = 1.0
"""Seconds between two looks for another process's writes into a watched run."""

NOT_OPEN = "The training is not open; Start tries to open it."

_log = logging.getLogger(__name__)


class RunDriver:
    """Changes the state of a session; each method is called between two events of the run, by one thread.

    The methods that answer a command return a line that says what was done, and raise `CommandRefusedError` or what
    went wrong. All but `open` and `start` need an open run.

    Attributes:
        run: the open run; None before it is open, if it could not be opened, and after another trainer took
            over.
        awaits: whether the run to watch opens with its first checkpoint, which its trainer has yet to write.
    """

    def __init__(
        self, opener: Callable[[], Run], publisher: Publisher, interruption: Interruption, *, paused: bool
    ) -> None:
        """Begin without an open run.

        Args:
            opener: opens the run.
            publisher: shows what happens.
            interruption: ends waits for the environments, which got it from the opener.
            paused: whether an opened run waits for `Start`.
        """
        self._opener = opener
        self._publisher = publisher
        self._interruption = interruption
        self._start_paused = paused
        self._events: Iterator[Event] | None = None
        self._updates_left = 0  # until the pause; 0: train on
        self._part: tuple[Part, int] | None = None  # the part in training, and the update that ends this
        self._slow = SlowMotion()
        self._retry_at = 0.0
        self._follow_at = 0.0
        self._rules = KeptPauseRules()
        self.run: Run | None = None
        self.awaits = False

    @property
    def may_advance(self) -> bool:
        """Return whether to ask the run for its next event now."""
        state = self._publisher.state
        if state is State.RUNNING:
            return not self._slow.seconds_left
        return state is State.WAITING and time.monotonic() >= self._retry_at

    @property
    def seconds_to_wait(self) -> float:
        """Return how long to wait for a command before the next look at the run; 0 if its next event is due."""
        if self.may_advance:
            return 0.0
        return min(IDLE_SECONDS, self._slow.seconds_left or IDLE_SECONDS)

    def open(self) -> None:
        """Open the run; a failure is a state."""
        self.awaits = False
        try:
            run = self.run = self._opener()
        except WaitInterruptedError:
            return  # a command interrupted the work and is on the way
        except NoCheckpointError as error:
            self.awaits = self._publisher.take_awaited()
            if not self.awaits:
                self._fail(error)
            return
        except Exception as error:
            self._fail(error)
            return
        self._publisher.take_over(run)
        _log.info(
            "dreamer-studio %s: %s (%s) at update %d, on %s, in %s",
            __version__,
            run.config.task,
            run.config.preset,
            run.counters.update,
            run.device,
            run.folder.path,
        )
        if run.learns:
            self._rules.read(run)
            self._publish(pause_rules=self._rules.rules)
        self._keep_failure(None)
        self._publisher.publish_opened(run, State.PAUSED if self._start_paused else State.RUNNING)

    def advance(self) -> None:
        """Continue to the next event and report it."""
        assert self.run is not None
        if self._events is None:
            self._events = self.run.run() if self._part is None else self._training().train_part(*self._part)
        try:
            event = next(self._events)
        except StopIteration:
            state = State.FINISHED if self._part is None else State.PAUSED
            self._end_events()
            self._publish(state=state)
        except WaitInterruptedError:
            self._events = None
            self.run.close_environments()
        except StorageError as error:  # nothing is lost, and only the disk has to change
            self._events = None
            self._wait_for_disk(error)
        except HaltError as error:
            self._end_events()
            _log.error("%s\n%s", error, error.details)
            self._publish(
                state=State.PAUSED, failure=TrainingFailure(str(error), error.details, error.with_traceback(None))
            )
        except Exception as error:
            self._end_events()
            self.run.close_environments()
            self._fail(error)
        else:
            self._report(event)

    def follow(self) -> None:
        """Take in another process's writes into a watched run, at most once a second, in any state.

        A run without a checkpoint is opened with the first one.
        """
        if time.monotonic() < self._follow_at:
            return
        if self.run is None:
            if self.awaits:
                self.open()
        elif not self.run.learns:
            watched = cast("WatchedRun", self.run)
            try:
                self._publisher.take_followed(watched, watched.follow())
            except Exception:  # playing continues
                _log.exception("the run cannot be followed")
        self._follow_at = time.monotonic() + FOLLOW_SECONDS

    def notice_takeover(self) -> None:
        """Fail and close the run if another trainer took over, even while paused."""
        if self.run is None or not self.run.hold.lost:
            return
        try:
            self.run.hold.check()
        except RunTakenOverError as error:
            self._fail(error)

    def start(self) -> str:
        """Continue, and first open the run if that failed before."""
        if self.run is None:
            self._publish(state=State.OPENING, failure=None)
            self.open()
        if self.run is None:
            raise CommandRefusedError(NOT_OPEN)
        self._leave_part()
        self._updates_left = 0
        return self._go()

    def make_updates(self, updates: int, part: Part | None) -> str:
        """Continue until some more updates are done, or train only one part in as many extra updates."""
        trainer = self._training()
        if not 1 <= updates <= MOST_UPDATES:
            raise CommandRefusedError(f"1 to {MOST_UPDATES:,} updates can be made at once, not {updates:,}.")
        if part is not None:
            return self._train_part(trainer, part, updates)
        self._leave_part()
        self._go()
        self._updates_left = updates
        return f"Running until {'one more update is' if updates == 1 else f'{updates:,} more updates are'} done"

    def slow_down(self, milliseconds: int) -> str:
        """Wait at the beginning of each phase from now on, or no longer."""
        try:
            self._slow.set(milliseconds)
        except ValueError as error:
            raise CommandRefusedError(str(error)) from error
        self._publish(slow_ms=milliseconds)
        return f"Slow motion: {milliseconds:,} ms before each phase" if milliseconds else "Full speed"

    def pause(self) -> str:
        """Hold between two events."""
        if self._publisher.state not in {State.RUNNING, State.WAITING}:
            raise CommandRefusedError("Nothing is running.")
        self._publish(state=State.PAUSED, failure=None)
        return "Paused"

    def set_pause_rules(self, rules: tuple[PauseRule, ...]) -> str:
        """Replace the rules that pause the training, and keep them in the run's folder.

        Raises:
            CommandRefusedError: there are too many, or the run is only watched.
            OSError: they cannot be written; the rules stay as they were.
        """
        trainer = self._training()
        try:
            self._rules.set(rules, trainer)
        except ValueError as error:
            raise CommandRefusedError(str(error)) from error
        self._publish(pause_rules=self._rules.rules)
        if not rules:
            return "No rule pauses the training"
        return f"Pauses when {' or when '.join(map(str, self._rules.rules))}"

    def stop(self) -> str:
        """Save, and end the environments."""
        answer = self.save_and_end()
        self._publish(state=State.STOPPED, failure=None, paused_by=())
        return answer

    def save(self) -> str:
        """Write a checkpoint."""
        trainer = self._training()
        trainer.save()
        self._publish()
        return f"Checkpoint saved at update {trainer.counters.update}"

    def change_setting(self, name: str, value: object) -> str:
        """Change a setting of the training.

        Raises:
            ConfigError: there is no such setting, the value is out of range, or it cannot change in mid-run.
        """
        trainer = self._training()
        row = trainer.change(name, value)
        if row is None:
            return f"{name} is already {getattr(trainer.config, name)}"
        goes_on = trainer.counters.step < trainer.config.steps or trainer.updates_due > 0
        finished = self._publisher.state is State.FINISHED
        changes: dict[str, Any] = {"state": State.PAUSED} if finished and goes_on else {}
        self._publish(config=trainer.config, **changes)
        return f"{name} {row['before']} \N{RIGHTWARDS ARROW} {row['after']}, from the next update on"

    def go_back(self) -> str:
        """Open the run again from its newest checkpoint, as after a crash, and pause."""
        from dreamer_studio.training.opening import open_trainer  # noqa: PLC0415  (needs torch)

        trainer = self._training()
        if not list_checkpoints(trainer.folder.checkpoints):
            raise CommandRefusedError("There is no checkpoint yet to go back to.")
        self._end_events()
        trainer.close()
        self.run = None
        folder, config, device = trainer.folder, trainer.config, trainer.device
        # Start tries it again if it fails.
        self._opener = lambda: open_trainer(folder, config, device, self._interruption, going_back=True)
        try:
            run = self.run = self._opener()
        except Exception as error:
            self._fail(error)
            raise
        self._publisher.take_over(run)
        self._publish(state=State.PAUSED, failure=None)
        return f"Back at update {run.counters.update}; Resume continues from there"

    def save_and_end(self) -> str:
        """Save, end the environments, and drop an unfinished update, which will be made again."""
        assert self.run is not None
        self._end_events()
        self.run.close_environments()
        if not self.run.learns:
            return "Stopped"
        try:
            self._training().save()
        except Exception as error:
            self._fail(error)
            raise
        if self._publisher.state is State.WAITING:  # what it waited for is done
            self._publish(state=State.STOPPED, failure=None)
        return f"Stopped; checkpoint saved at update {self.run.counters.update}"

    def close(self) -> None:
        """End the run, without a checkpoint."""
        self._end_events()
        if self.run is not None:
            self.run.close()

    def _train_part(self, trainer: Trainer, part: Part, updates: int) -> str:
        if self._publisher.state is not State.PAUSED:
            raise CommandRefusedError("A single part can be trained only while the training is paused.")
        if trainer.prefilling:
            raise CommandRefusedError("Nothing is learned in the prefill, and no single part either.")
        self._end_events()
        self._part = part, trainer.counters.update + updates
        self._go()
        how_many = "one extra update" if updates == 1 else f"{updates:,} extra updates"
        return f"Training only the {PART_NAMES[part]} for {how_many}; the run's records say so"

    def _leave_part(self) -> None:
        """End the training of a single part, if a pause interrupted it."""
        if self._part is not None:
            self._end_events()

    def _go(self) -> str:
        run = self.run
        assert run is not None
        if self._publisher.state is State.FINISHED:
            raise CommandRefusedError("All environment steps of this run are done.")
        run.steps_speed.restart()
        run.updates_speed.restart()
        self._publish(state=State.RUNNING, failure=None, paused_by=())
        return "Training" if run.learns else "Playing"

    def _training(self) -> Trainer:
        """Return the run.

        Raises:
            CommandRefusedError: the run is only watched.
        """
        run = self.run
        assert run is not None
        if not run.learns:
            raise CommandRefusedError("This run is only watched: nothing in it is learned or written.")
        return cast("Trainer", run)

    def _report(self, event: Event) -> None:
        assert self.run is not None
        changes: dict[str, Any] = {}
        if self._publisher.state is State.WAITING and not isinstance(event, PhaseBegins):  # something was done
            changes.update(state=State.RUNNING, failure=None)
        self._slow.look(event)
        if isinstance(event, UpdateDone) and self._updates_left:
            self._updates_left -= 1
            if not self._updates_left:
                changes["state"] = State.PAUSED
        if fired := self._rules.look(event, self.run):
            self._updates_left = 0
            changes |= {"state": State.PAUSED, "pause_rules": self._rules.rules, "paused_by": fired}
        self._publisher.report(self.run, event, **changes)

    def _wait_for_disk(self, error: StorageError) -> None:
        self._retry_at = time.monotonic() + RETRY_SECONDS
        status = self._publisher.status.get()
        if status.state is State.WAITING and status.failure is not None and status.failure.text == str(error.strerror):
            return  # as before
        _log.warning("waiting for the disk: %s", error)
        self._publish(state=State.WAITING, failure=TrainingFailure(str(error.strerror), "", error))

    def _fail(self, error: Exception) -> None:
        if isinstance(error, RunTakenOverError):
            self._let_go()
        _log.error("the training failed", exc_info=error)
        details = getattr(error, "details", "") or "".join(traceback.format_exception(error))
        says_all = isinstance(error, HaltError | InputError | EnvError | ConfigError)
        text = str(error) if says_all else f"{type(error).__name__}: {error}"
        if isinstance(error, StorageError):
            text = str(error.strerror)
        self._publish(state=State.FAILED, failure=TrainingFailure(text, details, error))

    def _let_go(self) -> None:
        """Close a run that another trainer took over, without writing. Start opens the run again if possible."""
        self._end_events()
        run, self.run = self.run, None
        if run is not None:
            run.close()

    def _end_events(self) -> None:
        events, self._events = self._events, None
        self._updates_left, self._part = 0, None
        if events is not None and hasattr(events, "close"):
            events.close()

    def _publish(self, **changes: Any) -> None:
        if "failure" in changes and changes.get("state") is not State.WAITING:
            self._keep_failure(changes["failure"])
        self._publisher.publish(self.run, **changes)

    def _keep_failure(self, failure: TrainingFailure | None) -> None:
        """Keep for the list of runs why an open training stopped, or forget the reason once the training continues."""
        run = self.run
        if run is None or not run.learns:
            return
        with contextlib.suppress(RunTakenOverError):
            if failure is None:
                clear_failure(run.folder, run.hold.check)
            else:
                write_failure(run.folder, failure.text, run.hold.check)
