"""The label of a run: the user's name and note, in a separate file beside the configuration."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path

from dreamer_studio.files import read_json_object, write_json
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.texts import one_line

MOST_NAME = 200
MOST_NOTE = 10_000
_MOST_BYTES = 2**17


@dataclass(frozen=True)
class Label:
    """The user's name and note for a run. An empty name stands for the folder's name."""

    name: str = ""
    note: str = ""


def read_label(folder: Path) -> Label:
    """Read the label of a run. A missing file, or a file that is no label, gives an empty label."""
    content = read_json_object(RunFolder(folder).label_file, _MOST_BYTES)
    name, note = content.get("name", ""), content.get("note", "")
    return Label(
        one_line(name)[:MOST_NAME] if isinstance(name, str) else "", note[:MOST_NOTE] if isinstance(note, str) else ""
    )


def write_label(folder: Path, label: Label) -> None:
    """Write the label of a run, also of one in training: no trainer reads or writes this file.

    Raises:
        OSError: the file cannot be written; the old one is unchanged.
    """
    label = Label(one_line(label.name)[:MOST_NAME], label.note.strip()[:MOST_NOTE])
    write_json(RunFolder(folder).label_file, asdict(label), own=f".{os.getpid()}")
