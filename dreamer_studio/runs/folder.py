"""The folder of a run: which file lies where, and whether a folder is a run."""

from __future__ import annotations

import contextlib
import itertools
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from dreamer_studio.config import MOST_CONFIG_BYTES, Config, ConfigError, read_config
from dreamer_studio.files import UNFINISHED
from dreamer_studio.runs.errors import RunError
from dreamer_studio.runs.lock import FILE as LOCK_FILE

CONFIG_FILE = "config.json"
STATUS_FILE = "status.json"
FENCES = "fences"
_DEEPEST = 3  # folders between a file of a checkpoint and its run


@dataclass(frozen=True)
class RunFolder:
    """Paths inside a run folder."""

    path: Path

    @property
    def config_file(self) -> Path:
        """All hyper-parameters, JSON."""
        return self.path / CONFIG_FILE

    @property
    def metrics_file(self) -> Path:
        """The log, one JSON object a line."""
        return self.path / "metrics.jsonl"

    @property
    def tensorboard(self) -> Path:
        """TensorBoard events."""
        return self.path / "tensorboard"

    @property
    def episodes(self) -> Path:
        """One file for each episode."""
        return self.path / "episodes"

    @property
    def tests(self) -> Path:
        """The episodes of the newest tests; absent until the first test."""
        return self.path / "tests"

    @property
    def judgments(self) -> Path:
        """One file for each judgment of Trust; absent until the first."""
        return self.path / "trust"

    @property
    def checkpoints(self) -> Path:
        """One folder for each checkpoint."""
        return self.path / "checkpoints"

    @property
    def dreams(self) -> Path:
        """Exported images and films."""
        return self.path / "dreams"

    @property
    def latest_image(self) -> Path:
        """The newest frame at the newest checkpoint, beside its reconstruction, PNG; absent until then."""
        return self.path / "latest.png"

    @property
    def output_file(self) -> Path:
        """Output of a training that continued without a window; absent until then."""
        return self.path / "train.log"

    @property
    def bookmarks(self) -> Path:
        """Bookmarked frames, JSON; absent until a bookmark is set."""
        return self.path / "bookmarks.json"

    @property
    def hard_moments(self) -> Path:
        """Frames that the training got far more wrong than usual, JSON; absent until there is one."""
        return self.path / "hard_moments.json"

    @property
    def removed_moments(self) -> Path:
        """Which hard moments the user removed, JSON; absent until the first is removed."""
        return self.path / "hard_moments_removed.json"

    @property
    def pause_rules(self) -> Path:
        """Rules that pause the training, JSON; absent while there are none."""
        return self.path / "pause_when.json"

    @property
    def failure_file(self) -> Path:
        """Why the training stopped by itself, JSON; absent while nothing is wrong."""
        return self.path / "failure.json"

    @property
    def label_file(self) -> Path:
        """The user's name and note for the run, JSON; absent until there is one."""
        return self.path / "label.json"

    @property
    def fences(self) -> Path:
        """A small file for each of the newest trainers, named by its number."""
        return self.path / FENCES

    @property
    def status_file(self) -> Path:
        """What the newest trainer does, and its last sign of life, JSON."""
        return self.path / STATUS_FILE

    def exists(self) -> bool:
        """Return whether a run was begun here.

        Raises:
            RunError: the path is a file, a folder with other contents, or inside a run.
        """
        if self.config_file.is_file():
            return True
        self._refuse_part_of_a_run()
        if self.path.is_file():
            raise RunError(f"{self.path} is a file, not a run folder")
        if self.path.is_dir() and any(not _from_a_beginning(path) for path in self.path.iterdir()):
            raise RunError(f"{self.path} is not a run (it has no config.json) and is not empty")
        return False

    def read(self) -> Config:
        """Read the configuration of the run.

        Raises:
            RunError: there is no run here, or a part of it is a link, which could lead anywhere on the disk.
            ConfigError: its configuration is damaged.
        """
        if not self.config_file.is_file():
            self._refuse_part_of_a_run()
            if not self.path.exists():
                raise RunError(f"there is no folder {self.path}")
            raise RunError(f"{self.path} is not a run: it has no config.json")
        self.check_links()
        return read_config(self.config_file)

    def _refuse_part_of_a_run(self) -> None:
        """Raise a `RunError` that names the run if the path lies inside one."""
        for above in self.path.absolute().parents[:_DEEPEST]:
            config_file = above / CONFIG_FILE
            with contextlib.suppress(ConfigError):  # another program's
                if config_file.is_file() and read_config(config_file):
                    raise RunError(f"{self.path} is inside a run: did you mean {above}?")

    def check_links(self) -> None:
        """Refuse a run that contains links: they would lead writes out of the run folder.

        Raises:
            RunError: a part is a link; the message says what to do.
        """
        written = (
            self.latest_image,
            self.bookmarks,
            self.pause_rules,
            self.output_file,
            self.failure_file,
            self.label_file,
        )
        files = (
            self.config_file,
            self.metrics_file,
            self.hard_moments,
            self.removed_moments,
            self.status_file,
            *written,
        )
        made = (self.tensorboard, self.episodes, self.tests, self.judgments, self.checkpoints, self.dreams)
        folders = (self.fences, *made)
        for part in (*files, self.path / LOCK_FILE, *folders):
            if part.is_symlink():
                raise RunError(
                    f"{part} is a link that leads out of the run: put what it leads to in its place (the run folder "
                    "itself may be a link)"
                )

    def clear_unfinished(self) -> None:
        """Remove the unfinished files of a killed process. Only for the newest trainer of the run.

        If another trainer lost the run in the middle of a write, that write then fails because its file is gone.
        """
        unfinished = f"*{UNFINISHED}"
        places = (
            (self.path, unfinished),
            (self.episodes, unfinished),
            (self.tests, f"*/{unfinished}"),
            (self.judgments, unfinished),
            (self.dreams, f"{unfinished}.*"),  # a film keeps its ending
        )
        for folder, pattern in places:
            for path in folder.glob(pattern):
                path.unlink(missing_ok=True)
        for path in self.checkpoints.glob(f".{unfinished}"):
            shutil.rmtree(path, ignore_errors=True)

    def make(self) -> None:
        """Make the folders that are missing."""
        for folder in (self.episodes, self.checkpoints, self.dreams):
            folder.mkdir(parents=True, exist_ok=True)


MOST_NAME = 80
"""Characters of the task in a folder's name, at most."""


def _from_a_beginning(path: Path) -> bool:
    """Return whether the path is left over from a run that ended before it wrote its configuration."""
    if path.name == FENCES:
        return path.is_dir() and not path.is_symlink()
    if path.name == STATUS_FILE or (path.suffix == UNFINISHED and path.name.startswith((STATUS_FILE, ".clock."))):
        return path.is_file() and not path.is_symlink()
    ours = path.name in {LOCK_FILE, CONFIG_FILE + UNFINISHED} and path.is_file() and not path.is_symlink()
    return ours and path.stat().st_size <= MOST_CONFIG_BYTES


def new_run_folder(base: Path, task: str, preset: str) -> RunFolder:
    """Name the first free folder under `base` for a run of a task and a preset, such as ``walker-walk-laptop-3``.

    Characters that a shell or a file system refuses become dashes, and a long name is cut.
    """
    name = re.sub(r"[^\w.=,+]+", "-", task.partition(":")[2]).strip("-.")[:MOST_NAME]
    numbered = (base / f"{name}-{preset}-{number}" for number in itertools.count(1))
    return RunFolder(next(path for path in numbered if not path.exists()))


def claim_run_folder(wanted: RunFolder) -> RunFolder:
    """Make the folder that `new_run_folder` named, or the next free one if another process took that name.

    Raises:
        OSError: it cannot be made.
    """
    name, _, first = wanted.path.name.rpartition("-")
    wanted.path.parent.mkdir(parents=True, exist_ok=True)
    for number in itertools.count(int(first)):
        path = wanted.path.with_name(f"{name}-{number}")
        with contextlib.suppress(FileExistsError):
            path.mkdir()  # only one process can make it
            return RunFolder(path)
    raise AssertionError("numbers do not end")
