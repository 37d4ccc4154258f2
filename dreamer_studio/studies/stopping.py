"""Stops a study from another process, with a word in its folder that its launchers look for."""

from __future__ import annotations

import contextlib
import platform
import re
import sys
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

from dreamer_studio.files import UnfitFileError, read_small, write_whole
from dreamer_studio.library.trainings import stop_training
from dreamer_studio.runs.errors import InputError
from dreamer_studio.runs.lock import Holder, RunLock, find_holder
from dreamer_studio.studies.plan import Plan
from dreamer_studio.studies.progress_reader import ProgressReader
from dreamer_studio.studies.ray.launch_file import read_launch
from dreamer_studio.studies.study import StudyError
from dreamer_studio.studies.study_folder import StudyFolder

_MOST_BYTES = 100


def stop_word(folder: StudyFolder) -> str:
    """Return the word in the study's folder that changes with each request to stop; empty if there is none."""
    with contextlib.suppress(OSError, UnfitFileError):
        return read_small(folder.stop_file, _MOST_BYTES).decode(errors="replace")
    return ""


@contextlib.contextmanager
def only_launcher(folder: StudyFolder, host: str) -> Iterator[None]:
    """Hold the place of the only process that may start runs of a study on a machine.

    Raises:
        StudyError: another process has the place.
        OSError: the folder cannot be written.
    """
    place = folder.runners / re.sub(r"[^A-Za-z0-9_.-]+", "-", host or "here")
    place.mkdir(parents=True, exist_ok=True)
    lock = RunLock(place)
    try:
        lock.acquire()
    except InputError as error:
        raise StudyError(
            f"{folder.path} is being run by {find_holder(place) or 'another process'}: dreamer-studio study status "
            "shows its progress, study stop ends it"
        ) from error
    try:
        yield
    finally:
        lock.release()


def request_stop(plan: Plan, folder: StudyFolder) -> Iterator[str]:
    """Ask all processes that train runs of a study to save and end. Yield a sentence for each.

    The launchers of all machines see the request. A training on this machine whose launcher was killed gets a signal.

    Raises:
        StudyError: the request cannot be written.
    """
    if not folder.path.is_dir():
        yield f"{folder.path} does not exist: no run of the study is in training"
        return
    try:
        write_whole(folder.stop_file, uuid.uuid4().hex.encode(), own=uuid.uuid4().hex)
    except OSError as error:
        raise StudyError(f"{folder.path} cannot be written: {error.strerror or error}") from error
    launchers = list(_launchers(folder))
    for launcher in launchers:
        yield f"{launcher} {_reaction(launcher)}"
    if launchers and not read_launch(folder).done:
        return  # Ray ends its trials, on any machine
    told = bool(launchers)
    for sentence in _stop_orphans(plan, folder, launchers):
        told = True
        yield sentence
    if not told:
        yield "no run of the study is in training"


def _reaction(launcher: Holder) -> str:
    """Return what a launcher does once the study is asked to stop."""
    if not launcher.here:
        return "is asked to end its runs, if it is still alive"
    if sys.platform == "win32":
        return "starts no more runs; Ctrl+C in its terminal ends the trainings"
    return "ends its runs as soon as they are saved"


def _launchers(folder: StudyFolder) -> Iterator[Holder]:
    """Yield the processes that start runs of a study."""
    with contextlib.suppress(FileNotFoundError):
        for place in sorted(folder.runners.iterdir()):
            with contextlib.suppress(UnfitFileError, OSError):
                holder = find_holder(place)
                if holder is not None and (holder.held is not False or not holder.here):
                    yield holder


def _stop_orphans(plan: Plan, folder: StudyFolder, launchers: Sequence[Holder]) -> Iterator[str]:
    """Ask trainings that no launcher will end; yield a sentence for each."""
    ours = {launcher.pid for launcher in launchers if launcher.here}
    hosts = {launcher.host for launcher in launchers}
    begun, reader = folder.begun(), ProgressReader(folder)
    for run in plan:
        if run.name not in begun:
            continue
        path, host = folder.run(run.name), reader.run(run).host
        if host is None or (host in hosts and not _is_orphan(path, ours)):
            continue
        if host != platform.node():
            yield f"{run.name} is being trained on {host}, not by study run: stop it there"
            continue
        try:
            yield stop_training(path)
        except InputError as error:
            yield str(error)


def _is_orphan(run: Path, launchers: set[int]) -> bool:
    """Return whether a process of this machine trains the run, and none of the launchers has started it."""
    holder = find_holder(run)
    if holder is None or not holder.here:
        return False
    with contextlib.suppress(psutil.Error):
        return psutil.Process(holder.pid).ppid() not in launchers
    return False
