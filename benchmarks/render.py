"""Time a 64 x 64 frame of the Control Suite, and measure what `render_quality=fast` changes.

    python -m benchmarks.render [--json] [--tasks dmc:walker-walk ...] [--frames 40]

For each task and OpenGL backend, a process draws every state three times in turn: with dm_control's `physics.render`,
as `full` and as `fast`. So other load affects all three equally. The first frames are left out, because drivers compile
their shaders then. Standard error names the backends that cannot render on this machine.
"""

import argparse
import dataclasses
import json
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from dreamer_studio.arrays import FRAME_SIZE
from dreamer_studio.envs import EnvError
from dreamer_studio.envs.gl import use_backend
from dreamer_studio.envs.suites.dmc.names import parse_dmc_name
from dreamer_studio.envs.worker import ask

TASKS: Final = (
    "dmc:acrobot-swingup",
    "dmc:ball_in_cup-catch",
    "dmc:cartpole-balance",
    "dmc:cheetah-run",
    "dmc:finger-spin",
    "dmc:hopper-hop",
    "dmc:humanoid-walk",
    "dmc:point_mass-easy",
    "dmc:quadruped-walk",
    "dmc:walker-walk",
)
BACKENDS: Final = ("egl", "osmesa") if sys.platform == "linux" else ("glfw",)
WARM_UP: Final = 3
TIMEOUT: Final = 600.0


@dataclasses.dataclass(frozen=True)
class Row:
    """The measurements of a task drawn in one quality.

    Attributes:
        task: The task's name.
        backend: ``egl``, ``osmesa`` or ``glfw``.
        quality: ``full``, ``fast``, or ``dm_control`` for `physics.render`.
        median_ms, min_ms, max_ms: Milliseconds per frame.
        cpu_ms: Median processor time of all threads, which other programs disturb less.
        mean_difference: Mean absolute difference from dm_control's pixels, from 0 to 255, over all frames.
        worst_frame: The same for the frame that differs most.
    """

    task: str
    backend: str
    quality: str
    median_ms: float
    min_ms: float
    max_ms: float
    cpu_ms: float
    mean_difference: float
    worst_frame: float


@dataclasses.dataclass(frozen=True, eq=False)
class _Draw:
    ms: float
    cpu_ms: float
    frame: NDArray[np.uint8]


def main() -> None:
    """Measure and write a table or JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.render")
    parser.add_argument("--json", action="store_true", help="JSON instead of a table")
    parser.add_argument("--tasks", nargs="+", default=TASKS, metavar="TASK", help="tasks such as dmc:walker-walk")
    parser.add_argument("--frames", type=int, default=40, help="frames to time per task; at most an episode")
    arguments = parser.parse_args()
    rows: list[Row] = []
    for backend in BACKENDS:
        for task in arguments.tasks:
            try:
                rows += ask(f"{task} with {backend}", TIMEOUT, measure, backend, task, arguments.frames)
            except EnvError as error:
                Console(stderr=True).print(str(error), markup=False)
    if arguments.json:
        sys.stdout.write(json.dumps([dataclasses.asdict(row) for row in rows], indent=2) + "\n")
    else:
        for backend in BACKENDS:
            Console().print(_table(backend, [row for row in rows if row.backend == backend]))


def measure(backend: str, task: str, frames: int) -> list[Row]:
    """Draw the first states of an episode in each quality. Run this in a separate process, since it binds OpenGL."""
    use_backend(backend)
    from dm_control import suite  # noqa: PLC0415  (binds OpenGL)

    from dreamer_studio.envs.suites.dmc import simulator as dmc  # noqa: PLC0415  (binds OpenGL)

    full, fast = dmc.load(task, "full"), dmc.load(task, "fast")
    domain, name = parse_dmc_name(task)
    plain = suite.load(domain, name, task_kwargs={"random": dmc.MODEL_SEED})
    draw_plainly = partial(plain.physics.render, FRAME_SIZE, FRAME_SIZE, camera_id=dmc.CAMERAS.get(domain, 0))
    ways: dict[str, Callable[[], NDArray[np.uint8]]] = {
        "dm_control": draw_plainly,
        "full": full.simulator.image,
        "fast": fast.simulator.image,
    }
    draws: dict[str, list[_Draw]] = {way: [] for way in ways}

    plain.task.random.seed(0)
    plain.reset()
    full.simulator.reset(0)
    fast.simulator.reset(0)
    chance = np.random.default_rng(0)
    for _ in range(WARM_UP + frames):
        for way, draw in ways.items():
            draws[way].append(_timed(draw))
        action = chance.uniform(-1.0, 1.0, len(full.actions.names)).astype(np.float32)
        plain.step(full.actions.native(action))
        full.simulator.step(action)
        fast.simulator.step(action)
    timed = {way: those[WARM_UP:] for way, those in draws.items()}
    return [_row(task, backend, way, those, timed["dm_control"]) for way, those in timed.items()]


def _timed(draw: Callable[[], NDArray[np.uint8]]) -> _Draw:
    wall, cpu = time.perf_counter(), time.process_time()
    frame = draw()
    return _Draw(1000.0 * (time.perf_counter() - wall), 1000.0 * (time.process_time() - cpu), frame)


def _row(task: str, backend: str, quality: str, draws: list[_Draw], reference: list[_Draw]) -> Row:
    times = [draw.ms for draw in draws]
    differences = [
        float(np.abs(draw.frame.astype(int) - plain.frame).mean()) for draw, plain in zip(draws, reference, strict=True)
    ]
    return Row(
        task=task,
        backend=backend,
        quality=quality,
        median_ms=statistics.median(times),
        min_ms=min(times),
        max_ms=max(times),
        cpu_ms=statistics.median(draw.cpu_ms for draw in draws),
        mean_difference=statistics.fmean(differences),
        worst_frame=max(differences),
    )


def _table(backend: str, rows: list[Row]) -> Table:
    title = f"{backend}: milliseconds, and difference from dm_control of 255"
    table = Table("task", "quality", title=title, box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for heading in ("median", "min-max", "CPU", "mean", "worst"):
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(
            row.task,
            row.quality,
            f"{row.median_ms:.1f}",
            f"{row.min_ms:.1f}-{row.max_ms:.1f}",
            f"{row.cpu_ms:.1f}",
            f"{row.mean_difference:.3f}",
            f"{row.worst_frame:.3f}",
            end_section=row.quality == "fast",
        )
    return table


if __name__ == "__main__":
    main()
