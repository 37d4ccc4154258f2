"""Writes ``status.json`` while a trainer has a run open: at every change of its state, and every 10 seconds."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from dataclasses import dataclass

from dreamer_studio.files import write_json
from dreamer_studio.runs.errors import RunTakenOverError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.lease import status
from dreamer_studio.runs.lease.fence import Fence
from dreamer_studio.runs.lease.owner import Owner
from dreamer_studio.runs.lease.status import MOST_ERROR, RunStatus, TrainerState, as_json
from dreamer_studio.texts import one_line

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Said:
    """A trainer's report about itself, with the attributes of `RunStatus`."""

    state: TrainerState = TrainerState.STARTING
    step: int = 0
    steps: int = 0
    update: int = 0
    error: str = ""


class Heartbeat:
    """Gives the signs of life of a trainer, in a thread of its own.

    The thread also beats while the trainer computes, waits for an environment or is paused, so only a process that is
    dead, suspended or cut off from the disk falls silent. The thread reads none of the training's numbers and waits for
    none of its locks. An error of the disk skips a beat. The thread ends by itself once another trainer has taken over.
    """

    def __init__(self, folder: RunFolder, owner: Owner, fence: Fence) -> None:
        self._folder, self._owner, self._fence = folder, owner, fence
        self._said, self._said_at = Said(), time.monotonic()
        self._written = self._stopped = False
        self._news = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Write the first sign of life, and begin to beat."""
        self._write(held=True)
        self._thread.start()

    def say(self, said: Said) -> None:
        """Take the trainer's newest report. Returns at once: the thread writes."""
        changed = (said.state, said.error) != (self._said.state, self._said.error)
        self._said, self._said_at = said, time.monotonic()
        if changed:
            self._news.set()

    def stop(self, error: str = "") -> None:
        """Stop beating, and write how the trainer ended: as it last reported, else failed or stopped.

        Args:
            error: why the run could not be opened; empty if it could.
        """
        self._stopped = True
        self._news.set()
        self._thread.join()
        said = self._said
        error = error or said.error
        if error or not said.state.over:
            state = TrainerState.FAILED if error else TrainerState.STOPPED
            self._said = Said(state, said.step, said.steps, said.update, error)
        self._write(held=False)

    def _beat(self) -> None:
        while not self._fence.lost:
            self._news.wait(status.BEAT_SECONDS)
            if self._stopped:
                return
            self._news.clear()
            self._write(held=True)

    def _write(self, *, held: bool) -> None:
        content, own = as_json(self._status(held=held)), f".{self._fence.number}"
        try:
            write_json(self._folder.status_file, content, own=own, synced=False, check=self._fence.check)
            self._written = True
        except RunTakenOverError as error:
            _log.info("no sign of life: %s", error)
        except OSError as error:
            _log.info("no new status: %s", error)
            if self._written:  # a full disk still lets us renew the time of the old file
                with contextlib.suppress(RunTakenOverError, OSError):
                    self._fence.check()
                    os.utime(self._folder.status_file)

    def _status(self, *, held: bool) -> RunStatus:
        said = self._said
        return RunStatus(
            owner=self._owner,
            fence=self._fence.number,
            state=said.state,
            held=held,
            step=said.step,
            steps=said.steps,
            update=said.update,
            error=one_line(said.error)[:MOST_ERROR],
            still_for=time.monotonic() - self._said_at,
            time=time.time(),
            silent_for=0.0,
        )
