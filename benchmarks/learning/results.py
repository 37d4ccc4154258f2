"""Summarize the results of a run: ``python -m benchmarks.learning.results RUN NAME [--into docs/results]``.

The script writes NAME.json (the run's whole configuration, wall clock, returns, tests and thinned losses, all from its
metrics.jsonl), NAME.svg (the returns, with the author's published mean and band if there are any) and NAME.png (an
open-loop strip from the newest checkpoint: 5 frames seen, then only the actions).
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from dreamer_studio.dreams.films import FilmRequest
from dreamer_studio.headless import evaluate_run, film_run
from dreamer_studio.published import published_curve
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.system.process import prepare_process

Row = dict[str, Any]
LOSSES = ("image_loss", "reward_loss", "kl", "actor_entropy", "imagined_value", "value_loss")
POINTS = 60
PAUSE_SECONDS = 120.0  # between two rows: a longer pause separates two sittings of a run
STRIP = FilmRequest("open-loop", 50, 5, 3, 0)


def main() -> int:
    """Write the three files."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learning.results")
    parser.add_argument("run", type=Path)
    parser.add_argument("name")
    parser.add_argument("--into", type=Path, default=Path("docs/results"))
    parser.add_argument("--episodes", type=int, default=10, help="evaluation episodes")
    options = parser.parse_args()
    result = summarize(options.run) | {"evaluation": evaluate_run(options.run, options.episodes)}
    options.into.mkdir(parents=True, exist_ok=True)
    path = options.into / f"{options.name}.json"
    path.write_text(json.dumps(result, separators=(",", ":")).replace('],"', '],\n"') + "\n", encoding="utf-8")
    draw(result, options.into / f"{options.name}.svg")
    film_run(options.run, STRIP, options.into / f"{options.name}.png", fps=20, scale=1, curves=False)
    print(path)  # noqa: T201
    return 0


def summarize(run: Path) -> dict[str, Any]:
    """Return the thinned log of `run`."""
    config = RunFolder(run).read()
    rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    updates = [row for row in rows if row["kind"] == "update"]
    return {
        "config": dataclasses.asdict(config),
        "environment_steps": rows[-1]["step"],
        "updates": rows[-1]["update"],
        "wall_clock_minutes": round(_working_seconds(rows) / 60, 1),
        "train": _returns(rows, "train"),
        "test": _returns(rows, "test"),
        "losses": {name: _thinned(updates, name) for name in LOSSES},
    }


def draw(result: dict[str, Any], path: Path) -> None:
    """Draw the returns over environment steps."""
    figure = Figure(figsize=(6.4, 3.4), layout="constrained")
    axes = figure.subplots()
    end = max(result["environment_steps"], 1)
    curve = published_curve(result["config"]["task"])
    if curve is not None and curve.step[0] < end:
        at = np.append(curve.step[curve.step < end], end)
        mean, std = (np.interp(at, curve.step, values) for values in (curve.mean, curve.std))
        axes.fill_between(at, mean - std, mean + std, color="0.85", label="published, mean and deviation")
        axes.plot(at, mean, color="0.5", linestyle="--")
    for name, color, marker in (("train", "#b36b00", ""), ("test", "#1b7f3b", "o")):
        if result[name]:
            steps, returns = zip(*result[name], strict=True)
            axes.plot(steps, returns, color=color, marker=marker, markersize=4, linewidth=1, label=name)
    axes.set(
        xlim=(0, end),
        xlabel="environment steps",
        ylabel="return",
        title=f"{result['config']['task']}, seed {result['config']['seed']}",
    )
    axes.legend(fontsize="small")
    figure.savefig(path, metadata={"Date": None})


def _working_seconds(rows: list[Row]) -> float:
    gaps = (later["time"] - earlier["time"] for earlier, later in itertools.pairwise(rows))
    return float(sum(gap for gap in gaps if gap < PAUSE_SECONDS))


def _returns(rows: list[Row], kind: str) -> list[tuple[int, float]]:
    return [(row["step"], round(row["return"], 1)) for row in rows if row["kind"] == kind]


def _thinned(updates: list[Row], name: str) -> list[tuple[int, float]]:
    """Return means over about `POINTS` stretches."""
    size = max(1, len(updates) // POINTS)
    stretches = [updates[at : at + size] for at in range(0, len(updates), size)]
    return [
        (stretch[-1]["step"], float(f"{sum(row[name] for row in stretch) / len(stretch):.4g}")) for stretch in stretches
    ]


if __name__ == "__main__":
    prepare_process()
    sys.exit(main())
