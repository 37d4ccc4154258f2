"""Describes the machine: the doctor's findings, and the GPU."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from benchmarks.gpu.order import Order
from dreamer_studio.doctor import examine


def measure(order: Order) -> Mapping[str, Any]:
    """Return the doctor's report and the properties of the GPU."""
    found = {"doctor": examine().as_dict(), "cuda": torch.version.cuda, "gpu": None}
    if order.place.type == "cuda":
        properties = torch.cuda.get_device_properties(order.place)
        found["gpu"] = {
            "name": properties.name,
            "capability": f"{properties.major}.{properties.minor}",
            "memory_bytes": properties.total_memory,
            "processors": properties.multi_processor_count,
            "bfloat16": torch.cuda.is_bf16_supported(including_emulation=False),
            "cudnn": torch.backends.cudnn.version(),  # type: ignore[no-untyped-call]
        }
    return found
