"""Settings that switch every remedy on."""

from __future__ import annotations

from typing import Any

ALL_REMEDIES: dict[str, Any] = {
    "slow_target": 0.5,
    "norm_returns": True,
    "entropy_scale": 1e-3,
    "action_dist": "bounded_normal",
    "prior_kl_scale": 1.0,
    "posterior_kl_scale": 0.1,
    "symlog": True,
    "image_scale": 0.5,
    "activation": "silu",
    "layer_norm": True,
    "imagine_every": 2,
    "decode_every": 2,
}
