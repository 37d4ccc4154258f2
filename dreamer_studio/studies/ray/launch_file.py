"""The file about the newest launch on Ray. Reading the file does not need Ray."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dreamer_studio import __version__
from dreamer_studio.files import read_json_object, write_json
from dreamer_studio.studies.plan import Plan
from dreamer_studio.studies.study_folder import StudyFolder

_MOST_BYTES: Final = 2**26


@dataclass(frozen=True)
class Launch:
    """What a launch keeps in the study's folder beside Tune's own state.

    Attributes:
        path: its file.
        plan: the hash from `hash_of`.
        done: whether all trials have ended.
        early: runs that ASHA stopped, in this launch and before.
    """

    path: Path
    plan: str = ""
    done: bool = True
    early: frozenset[str] = frozenset()

    def write(self) -> None:
        """Write the file, whole or not at all."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_json(self.path, {"plan": self.plan, "done": self.done, "early": sorted(self.early)}, own=str(os.getpid()))


def read_launch(folder: StudyFolder) -> Launch:
    """Return the newest launch of a study, or an empty one."""
    path = folder.ray / "launch.json"
    found = read_json_object(path, _MOST_BYTES)
    early = found.get("early")
    names = frozenset(map(str, early)) if isinstance(early, list) else frozenset[str]()
    return Launch(path, str(found.get("plan", "")), found.get("done") is not False, names)


def hash_of(plan: Plan, ray_version: str) -> str:
    """Return a hash that changes with everything on which the state of Tune depends.

    Tune keeps objects of this program and of Ray, and the options and needs of the trials.
    """
    study = plan.study
    lines = [f"{__version__} {ray_version} {study.cpus} {study.gpus} {study.ray}"]
    lines += [f"{run.name} {run.steps}" for run in plan]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
