"""Reports trainings and studies without a window to the user: handed over, begun, stopped, or failed."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from dreamer_studio.files import UnfitFileError
from dreamer_studio.library.trainings import stop_training
from dreamer_studio.runs.errors import InputError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.studio.shell.flow.detached import Detached, DetachedTrainings
from dreamer_studio.studio.shell.window import ClosedRun, StudioWindow
from dreamer_studio.viewing.role import Role

if TYPE_CHECKING:
    from dreamer_studio.session import Status
    from dreamer_studio.viewing.new_run.new_study import NewStudy


class WithoutWindow(QObject):
    """Starts and stops trainings without a window, and reports them in this window.

    Args:
        window: shows what was done.
        device: where trainings compute: "auto", "cpu", "cuda" or "mps".
    """

    def __init__(self, window: StudioWindow, device: str) -> None:
        super().__init__(window)
        self._window, self._device = window, device
        self._trainings = DetachedTrainings(self)
        self._trainings.failed.connect(self._tell_failed)
        self._studies: list[Detached] = []

    def hand_over(self, closed: ClosedRun) -> str:
        """Let a closed run train without a window. Return the sentence that the command writes on the terminal."""
        status = closed.status
        try:
            detached = self._trainings.start(status.folder, status.config, self._device)
        except OSError as error:
            self._warn(f"{status.folder.name} is saved but does not train: {error}.")
            return resume_words(status, self._device)
        said = f"{status.folder.name} trains on without a window, as process {detached.process.pid}"
        if not closed.leaving:
            self._window.say(f"{said}. Its output is in {detached.output}.")
        return f"{said}. To watch it: {_command(status, self._device)} --watch"

    def train_study(self, new: NewStudy) -> Path | None:
        """Train a study in the background. Return its folder, or None after a banner says why it does not train."""
        name = new.study.name
        try:
            found = new.write()
            self._studies.append(self._trainings.start_study(found))
        except (InputError, OSError) as error:
            self._warn(f"The study {name} cannot be trained: {error}.")
            return None
        self._window.say(
            f"{new.study.run_count} runs of the study {name} train in the background, also after this window is "
            "closed. To stop them, right-click one of them in the list."
        )
        return found.folder.path

    @property
    def farewell(self) -> str:
        """Return a line for each study that still trains: how to stop it."""
        going = [each.folder for each in self._studies if each.process.poll() is None]
        return "\n".join(
            f"The study {folder.name} trains on in the background. To stop it: "
            f"{shlex.join(['dreamer-studio', 'study', 'stop', str(folder)])}"
            for folder in dict.fromkeys(going)
        )

    def stop(self, folder: Path) -> None:
        """Ask the process that trains a run without a window to save and end."""
        try:
            self._window.say(f"{stop_training(folder)}.")
        except (InputError, UnfitFileError, OSError) as error:
            self._warn(f"{error}.")

    def _tell_failed(self, ended: Detached, reason: str) -> None:
        name = ended.folder.name
        if ended in self._studies:
            said = reason.strip().removeprefix("dreamer-studio: ")
            text = f"The study {name} ended before all its runs were finished: {said}"
            self._window.banners.show_message(Role.ERROR, text, f"The output is in {ended.output}")
        else:
            self._window.banners.show_message(Role.ERROR, f"{name} does not train without a window: {reason}")

    def _warn(self, text: str) -> None:
        self._window.banners.show_message(Role.WARN, text)


def resume_words(status: Status, device: str) -> str:
    """Return a sentence with the command that resumes a run on a device; empty if there is nothing to resume."""
    if status.watching or not RunFolder(status.folder).config_file.is_file():
        return ""
    return f"To resume: {_command(status, device)}"


def _command(status: Status, device: str) -> str:
    from dreamer_studio.runs.planning import resume_line  # noqa: PLC0415  (not needed for a page)

    return resume_line(status.folder, status.config, device=device)
