"""The tries of `try_remedies`, and the table of their results."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Settings = Mapping[str, Any]
Record = dict[str, Any]
BALANCED: Settings = {"prior_kl_scale": 1.0, "posterior_kl_scale": 0.1}
NORMED: Settings = {"norm_returns": True, "entropy_scale": 3e-4, "actor_lr": 1e-4}
TRIES: Mapping[str, Settings] = {
    "laptop-v1": {},
    "slow-target": {"slow_target": 0.98},
    "norm-returns": {"norm_returns": True, "actor_lr": 1e-4},
    "entropy": NORMED,
    "bounded": {**NORMED, "action_dist": "bounded_normal"},
    "balanced": BALANCED,
    "balanced-full": {"prior_kl_scale": 1.0, "posterior_kl_scale": 1.0},
    "symlog": {"symlog": True},
    "image-tenth": {"image_scale": 0.1},
    "norm-silu": {"layer_norm": True, "activation": "silu"},
    "imagine-4": {"imagine_every": 4},
    "together": {"slow_target": 0.98, **NORMED, **BALANCED},
    "together-bounded": {"slow_target": 0.98, **NORMED, **BALANCED, "action_dist": "bounded_normal"},
}
"""Names to settings that differ from the preset ``laptop-v1``: one change at a time, then together."""

CHECKS = ("actor at +-1", "value over received", "actions used")
"""The figures of `benchmarks.learning.checks` that the tries are compared by."""


def table(paths: Iterable[Path]) -> str:
    """Return the results as a table in Markdown, the best newest weights of a task first."""
    rows = [json.loads(path.read_text(encoding="utf-8")) | {"name": path.stem} for path in paths]
    rows.sort(key=lambda row: (row["task"], -(row.get("newest") or {}).get("mean", float("-inf"))))
    names = ("try", "task", "minutes", "steps", "updates", "newest", "best", "random", "last tests", *CHECKS, "failure")
    lines = ["| " + " | ".join(names) + " |", "|---" * len(names) + "|"]
    for row in rows:
        checks = row.get("checks", {})
        cells = [row["name"], row["task"], f"{row['minutes']:.0f}", row.get("step"), row.get("updates")]
        cells += [_spread(row.get(which)) for which in ("newest", "best", "random")]
        cells += [", ".join(f"{mean:.0f}" for _, mean, _ in row.get("tests", [])[-3:])]
        cells += [*(checks.get(name, "-") for name in CHECKS), row["failure"]]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def _spread(summary: Record | None) -> str:
    return "-" if not summary else f"{summary['mean']:.0f} +- {summary['deviation']:.0f} (n {summary['n']})"
