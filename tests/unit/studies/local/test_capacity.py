"""The number of runs that train at once."""

from __future__ import annotations

import sys
from collections import namedtuple
from pathlib import Path

import psutil
import pytest

from dreamer_studio.studies.local import capacity as module
from dreamer_studio.studies.local.capacity import capacity
from dreamer_studio.studies.plan import Plan
from dreamer_studio.studies.study import StudyError
from dreamer_studio.studies.study_file import parse_study
from tests.support.studies import STUDY

Memory = namedtuple("Memory", "available")


def plan(**keys: float) -> Plan:
    return Plan(parse_study("".join(f"{name} = {value}\n" for name, value in keys.items()) + STUDY, "x.toml"))


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretend to have 8 cores and 64 GiB of free memory."""
    monkeypatch.setattr(module, "usable_cores", lambda: 8)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: Memory(64 * 2**30))


def test_that_cores_and_memory_limit_the_runs_that_train_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert capacity(plan(cpus=2)).at_once == 4
    assert capacity(plan(cpus=2)).reason == "8 cores, 2 for each run"
    assert capacity(plan(cpus=16)).at_once == 1
    assert capacity(plan(cpus=16), at_once=3).at_once == 3
    monkeypatch.setattr(psutil, "virtual_memory", lambda: Memory(2 * 2**30))
    assert capacity(plan()).at_once == 3
    assert capacity(plan()).reason.startswith("2.0 GiB of free memory, about 0.6 for each run")


@pytest.mark.skipif(sys.platform != "linux", reason="needs a shell script, and no Metal")
def test_that_runs_share_the_gpus_in_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listing = tmp_path / "nvidia-smi"
    listing.write_text("#!/bin/sh\necho 'GPU 0: a (UUID: x)'\necho 'GPU 1: b (UUID: y)'\n")
    listing.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    found = capacity(plan(gpus=0.4))
    assert (found.at_once, found.devices, found.reason) == (4, ("0", "1", "0", "1"), "room for 4 on the GPUs")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3,GPU-y")
    assert capacity(plan(gpus=1)).devices == ("3", "GPU-y")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")  # hides all GPUs
    with pytest.raises(StudyError, match="but CUDA_VISIBLE_DEVICES names no GPU: write gpus = 0"):
        capacity(plan(gpus=1))
