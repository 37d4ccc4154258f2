"""Find out what is installed, what is missing, and which command fixes it."""

from __future__ import annotations

import platform
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import Any

from dreamer_studio import __version__
from dreamer_studio.config import DEFAULT_TASK
from dreamer_studio.system import libraries
from dreamer_studio.system.app_log import log_file
from dreamer_studio.system.packages import misfits, misfits_of, version_of

PACKAGES = ("torch", "numpy", "gymnasium", "dm_control", "mujoco", "PySide6-Essentials", "pyqtgraph", "imageio-ffmpeg")
QT_TIMEOUT = 60.0
_QT_PROBE = "from PySide6.QtWidgets import QApplication; QApplication([])"


@dataclass(frozen=True)
class Problem:
    """A fault, and the command that fixes it."""

    what: str
    mend: str


@dataclass(frozen=True)
class Report:
    """The findings of an examination.

    Attributes:
        versions: of the program, Python, the system and the main packages; "" for a missing package.
        devices: devices of torch, best first.
        cpu_capability: the instruction set that torch uses.
        gl_backend: the OpenGL backend with which MuJoCo rendered a frame; "" if none works.
        gl_renderer: the driver's name for its renderer.
        render_ms: milliseconds per frame of 64 x 64.
        can_train: whether the default task runs.
        can_show: whether a window can open.
        log: the program's log file; "" if there is no log.
        problems: everything that does not work.
    """

    versions: dict[str, str]
    devices: tuple[str, ...]
    cpu_capability: str
    gl_backend: str
    gl_renderer: str
    render_ms: float
    can_train: bool
    can_show: bool
    log: str
    problems: tuple[Problem, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the report as a dictionary for JSON."""
        return asdict(self)

    def as_text(self) -> str:
        """Return the report as lines of text."""
        lines = [f"{name:<20}{version or 'missing'}" for name, version in self.versions.items()]
        lines += [
            f"{'devices':<20}{', '.join(self.devices)}",
            f"{'CPU features used':<20}{self.cpu_capability}",
            f"{'OpenGL':<20}{self.gl_backend or 'none'} {self.gl_renderer} {self.render_ms:.1f} ms a frame",
            f"{'default task':<20}{'runs' if self.can_train else 'does not run'} ({DEFAULT_TASK})",
            f"{'window':<20}{'can be shown' if self.can_show else 'cannot be shown'}",
            f"{'log':<20}{self.log or 'off'}",
        ]
        for problem in self.problems:
            lines += [f"problem: {problem.what}", f"    fix: {problem.mend}"]
        return "\n".join(lines)


def examine() -> Report:
    """Try everything that training and the window need. This takes some seconds."""
    import torch  # noqa: PLC0415 - the other verbs of the command do not need torch

    from dreamer_studio.envs import broken_suites, probe_gl  # noqa: PLC0415

    gl = probe_gl()
    problems = [Problem(misfit.what, misfit.mend) for misfit in misfits()]
    train_problem = _try_default_task()
    if train_problem is not None and not misfits_of("dm_control"):  # misfits are reported above
        problems.append(train_problem)
    problems += [Problem(what, f"ask the author of {package}, or uninstall it") for what, package in broken_suites()]
    show_problem = _try_window()
    if show_problem is not None:
        problems.append(show_problem)
    devices = [
        kind for kind, here in (("cuda", torch.cuda.is_available()), ("mps", torch.backends.mps.is_available())) if here
    ]
    return Report(
        versions=versions(),
        devices=(*devices, "cpu"),
        cpu_capability=torch.backends.cpu.get_cpu_capability(),
        gl_backend=gl.backend,
        gl_renderer=gl.renderer,
        render_ms=round(gl.render_ms, 2),
        can_train=train_problem is None,
        can_show=show_problem is None,
        log=str(log_file() or ""),
        problems=tuple(problems),
    )


def versions() -> dict[str, str]:
    """Return the versions of the program, Python, the system and the main packages; "" for a missing package."""
    ours = {"dreamer-studio": __version__, "python": platform.python_version(), "system": platform.platform()}
    return ours | {package: version_of(package) for package in PACKAGES}


def _try_default_task() -> Problem | None:
    """Start the default task's environment and take a step."""
    import numpy as np  # noqa: PLC0415

    from dreamer_studio.envs import EnvError, EnvProcess  # noqa: PLC0415

    try:
        with EnvProcess(DEFAULT_TASK) as env:
            env.reset(0)
            env.step(np.zeros(env.spec.action_size, np.float32))
    except EnvError as error:
        return Problem(f"{DEFAULT_TASK} does not run: {error}", libraries.install_line())
    return None


def _try_window() -> Problem | None:
    """Make a Qt application in another process, because Qt ends its process if a library is missing."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", _QT_PROBE], capture_output=True, text=True, timeout=QT_TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        return Problem("no window can be opened: Qt does not answer", libraries.install_line())
    if done.returncode == 0:
        return None
    said = done.stderr.strip().splitlines()
    if any("could not connect to display" in line for line in said):
        mend = "xvfb-run -a dreamer-studio, or train without it: dreamer-studio train --task ..."
        return Problem("there is no screen for the window", mend)
    return Problem(f"no window can be opened: {said[0] if said else 'Qt ends the process'}", libraries.install_line())
