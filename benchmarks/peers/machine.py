"""Describe the machine."""

from __future__ import annotations

import platform
from typing import Any

import psutil
import torch

from benchmarks.peers.measure import Group
from benchmarks.peers.protocol import Precision


def describe() -> dict[str, Any]:
    """Return processor, cores, memory and system, for the report."""
    return {
        "processor": torch.cpu.get_capabilities().get("cpu_name") or platform.processor(),
        "bfloat16_instructions": _bfloat16_instructions(),
        "cores": psutil.cpu_count(logical=False),
        "logical_cores": psutil.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def groups(precision: Precision | None) -> list[Group]:
    """Return the groups to compare, each with the default allocator and, with glibc, also with memory kept.

    Args:
        precision: the only precision to compare; None: float32, and bfloat16 if the processor has instructions for it.
    """
    precisions: tuple[Precision, ...] = ("float32", "bfloat16") if _bfloat16_instructions() else ("float32",)
    if precision is not None:
        precisions = (precision,)
    keeping = (False, True) if platform.libc_ver()[0] == "glibc" else (False,)
    return [Group(precision, keep_memory) for precision in precisions for keep_memory in keeping]


def _bfloat16_instructions() -> list[str]:
    capabilities = torch.cpu.get_capabilities()
    return [name for name in ("amx_bf16", "avx512_bf16") if capabilities.get(name)]
