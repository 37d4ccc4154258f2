"""Decides how many runs of a study train at once on this machine."""

from __future__ import annotations

import itertools
import math
import os
import subprocess
import sys
from dataclasses import dataclass

import psutil

from dreamer_studio.config import Config
from dreamer_studio.studies.plan import Plan
from dreamer_studio.studies.study import Study, StudyError

PROCESSES_BYTES = 600 * 2**20
"""Memory of the smallest training and its environment; `bench` measured 523 MiB with the preset tiny."""

FRAME_BYTES = 20_000
"""Memory of an update on a CPU for each frame of a batch and each channel of the first convolution.

The sum with `PROCESSES_BYTES` lies above what `bench` measured for laptop (603 MiB) and paper (1,816 MiB).
"""

ROW_BYTES = 12_400
"""Memory of an agent step in the replay: an image of 64 x 64, and a few numbers."""

LIST_SECONDS = 20.0
_ASKED = 200


@dataclass(frozen=True)
class Capacity:
    """The number of runs that train at once.

    Attributes:
        at_once: the number, at least 1.
        reason: the limit in words.
        devices: value of ``CUDA_VISIBLE_DEVICES`` for each place of a run on a GPU; empty without GPUs.
    """

    at_once: int
    reason: str
    devices: tuple[str, ...] = ()


def capacity(plan: Plan, at_once: int | None = None) -> Capacity:
    """Return how many runs train at once, from the cores, the free memory and the GPUs of this machine.

    Args:
        plan: the runs; the first ones serve to estimate the memory of each.
        at_once: the number that the user chose; None to choose.

    Raises:
        StudyError: the study needs GPUs and there are none.
    """
    study = plan.study
    devices = _places(study) if study.gpus else ()
    if at_once is not None:
        return Capacity(at_once, "as you chose", devices)
    cores = usable_cores()
    free, need = psutil.virtual_memory().available, memory_of_runs(plan)
    limits = {
        f"{cores} cores, {study.cpus} for each run": cores // study.cpus,
        f"{free / 2**30:.1f} GiB of free memory, about {need / 2**30:.1f} for each run": free // need,
    }
    if devices:
        limits[f"room for {len(devices)} on the GPUs"] = len(devices)
    reason = min(limits, key=limits.__getitem__)
    return Capacity(max(1, limits[reason]), reason, devices)


def usable_cores() -> int:
    """Return the number of cores that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory_of_runs(plan: Plan) -> int:
    """Return an upper bound of the memory in bytes for each run of a study, computed from the first runs."""
    return max(memory_need(run.config) for run in itertools.islice(plan, _ASKED))


def memory_need(config: Config) -> int:
    """Return a rough upper bound of the memory in bytes that a training needs with a full replay."""
    update = FRAME_BYTES * config.batch_size * config.batch_length * config.cnn_depth
    replay = min(config.replay_ram_mb * 2**20, config.steps // config.action_repeat * ROW_BYTES)
    return PROCESSES_BYTES + update + replay


def _places(study: Study) -> tuple[str, ...]:
    """Return the GPU of each run that trains at once, in turns."""
    if sys.platform == "darwin":
        return ("",) * math.floor(1 / study.gpus)
    gpus = _gpus()
    if not gpus:
        seen = "nvidia-smi finds no GPU here" if _chosen() is None else "CUDA_VISIBLE_DEVICES names no GPU"
        raise StudyError(f"the study has gpus = {study.gpus:g}, but {seen}: write gpus = 0")
    return tuple(gpus) * math.floor(1 / study.gpus)


def _chosen() -> list[str] | None:
    """Return the GPUs in ``CUDA_VISIBLE_DEVICES``, up to a number below 0 as CUDA does; None if the user chose none."""
    value = os.environ.get("CUDA_VISIBLE_DEVICES")
    if value is None:
        return None
    names = (each.strip() for each in value.split(",") if each.strip())
    return list(itertools.takewhile(lambda name: not name.startswith("-"), names))


def _gpus() -> list[str]:
    """Return the GPUs that this process may use, as ``CUDA_VISIBLE_DEVICES`` names them."""
    chosen = _chosen()
    if chosen is not None:
        return chosen
    try:
        listed = subprocess.run(
            ["nvidia-smi", "--list-gpus"], capture_output=True, text=True, check=True, timeout=LIST_SECONDS
        )
    except (OSError, subprocess.SubprocessError):
        return []
    return [str(number) for number, line in enumerate(listed.stdout.splitlines()) if line.startswith("GPU ")]
