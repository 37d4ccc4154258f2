"""Keeps the rules that pause a training in a file of its run."""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from dreamer_studio.files import UnfitFileError, read_small, write_json
from dreamer_studio.runs.errors import RunTakenOverError
from dreamer_studio.session.pause_rules import MOST_RULES, PauseRule, PauseRules, RuleFired
from dreamer_studio.session.run import Run
from dreamer_studio.texts import reason_of
from dreamer_studio.training.events import Event

MOST_BYTES: Final = 2**14

_log = logging.getLogger(__name__)


class PauseFileError(Exception):
    """A file that holds no rules; the message names it and says why."""


def read_pause_rules(path: Path) -> tuple[PauseRule, ...]:
    """Read the rules of a run; none if there is no file.

    Raises:
        PauseFileError: If the file holds something else, or is not an ordinary file.
        OSError: If the disk cannot be read now.
    """
    try:
        content = json.loads(read_small(path, MOST_BYTES))
        rules = tuple(PauseRule(**each) for each in content["pause_when"])
    except FileNotFoundError:
        return ()
    except UnfitFileError as error:
        raise PauseFileError(str(error)) from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise PauseFileError(f"{path.name} cannot be read: {reason_of(error)}") from error
    if len(rules) > MOST_RULES:
        raise PauseFileError(f"{path.name} has {len(rules)} rules, and at most {MOST_RULES} are allowed")
    return rules


def write_pause_rules(rules: tuple[PauseRule, ...], path: Path, check: Callable[[], None] = lambda: None) -> None:
    """Write the rules of a run; without rules, remove the file. `check` as in `write_whole`.

    Raises:
        OSError: If the file cannot be written; the old one is unchanged.
    """
    if not rules:
        check()
        path.unlink(missing_ok=True)
        return
    content = {"pause_when": [dataclasses.asdict(rule) for rule in rules]}
    write_json(path, content, check=check)


class KeptPauseRules:
    """The rules of a training, and their file. One thread uses them."""

    def __init__(self) -> None:
        self._rules = PauseRules()

    @property
    def rules(self) -> tuple[PauseRule, ...]:
        """Return the rules that have not fired."""
        return self._rules.rules

    def read(self, run: Run) -> None:
        """Use the rules in the folder of a run. Rules that cannot be read become a note of the run."""
        try:
            self._rules.set(read_pause_rules(run.folder.pause_rules))
        except (PauseFileError, OSError) as error:
            run.notes.append(f"No rule pauses this training: {error}")

    def set(self, rules: Sequence[PauseRule], run: Run) -> None:
        """Replace the rules, and write them.

        Raises:
            ValueError: there are too many.
            OSError: they cannot be written; the rules stay as they were.
            RunTakenOverError: another trainer took over; the rules stay as they were.
        """
        before = self.rules
        self._rules.set(rules)
        try:
            write_pause_rules(self.rules, run.folder.pause_rules, run.hold.check)
        except (OSError, RunTakenOverError):
            self._rules.set(before)
            raise

    def look(self, event: Event, run: Run) -> tuple[RuleFired, ...]:
        """Look at an event of a run, and return the rules that fire. They end here, and the file keeps the others."""
        fired = self._rules.look(event, run.counters.step)
        if fired:
            _log.info("paused: %s", "; ".join(map(str, fired)))
            try:
                write_pause_rules(self.rules, run.folder.pause_rules, run.hold.check)
            except (OSError, RunTakenOverError) as error:
                run.notes.append(f"The rule that fired will apply again after a resume: {error}")
        return fired
