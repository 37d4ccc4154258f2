"""The number format that the networks compute in while learning. Weights, states, losses and optimizers are float32."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from dreamer_studio.config import Precision

FAST_BFLOAT16 = ("amx_bf16", "avx512_bf16")
"""Instruction sets with bfloat16. Without one of them bfloat16 is emulated, hundreds of times slower than float32."""


def choose_precision(wanted: Precision, device: torch.device) -> torch.dtype:
    """Return the format to compute in; "auto" means bfloat16 if the device is made for it."""
    if wanted == "auto":
        return torch.bfloat16 if has_fast_bfloat16(device) else torch.float32
    return torch.bfloat16 if wanted == "bfloat16" else torch.float32


def has_fast_bfloat16(device: torch.device) -> bool:
    """Return whether the device multiplies matrices of bfloat16 faster than those of float32."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type != "cpu":
        return False
    capabilities: dict[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()  # not in older releases
    return any(capabilities.get(name) for name in FAST_BFLOAT16)


def computing_in(dtype: torch.dtype, device: torch.device) -> torch.autocast:
    """Compute matrix products and convolutions in `dtype` inside a `with`, which converts each weight once."""
    return torch.autocast(device.type, dtype=dtype, enabled=dtype != torch.float32)


def product_dtype(x: Tensor) -> torch.dtype:
    """Return the format of products of `x`: inside a `with computing_in` the format there, else that of `x`."""
    device = x.device.type
    return torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else x.dtype
