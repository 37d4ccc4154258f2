"""The file in a run folder that keeps the rules that pause the training."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Final

from dreamer_studio.files import UnfitFileError, read_small, write_whole
from dreamer_studio.session.pause_rules import MOST_RULES, PauseRule
from dreamer_studio.texts import reason_of

MOST_BYTES: Final = 2**14


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


def write_pause_rules(rules: tuple[PauseRule, ...], path: Path) -> None:
    """Write the rules of a run; without rules, remove the file.

    Raises:
        OSError: If the file cannot be written; the old one is unchanged.
    """
    if not rules:
        path.unlink(missing_ok=True)
        return
    content = {"pause_when": [dataclasses.asdict(rule) for rule in rules]}
    write_whole(path, (json.dumps(content, indent=2) + "\n").encode())
