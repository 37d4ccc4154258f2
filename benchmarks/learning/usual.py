"""Collect losses and tests of our own runs over their steps: ``python -m benchmarks.learning.usual``.

The script reads the results in docs/results and writes ``assets/usual_progress.json``: for each run its settings, and
its image loss, KL and tests over environment steps. The window compares a run with those of the same task, preset and
settings. Then the script prints the table from which the help texts of the window take their ranges.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "docs" / "results"
TABLE = ROOT / "assets" / "usual_progress.json"
PRINTED = ("image_loss", "kl", "reward_loss", "actor_entropy", "imagined_value", "value_loss")
AT_STEPS = (5_000, 30_000, 105_000)

Result = dict[str, Any]


def main() -> None:
    """Write the table, and print the ranges."""
    results = read_results()
    lines = ",\n".join(json.dumps(usual_run(name, result), separators=(",", ":")) for name, result in results.items())
    TABLE.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    told = [str(TABLE.relative_to(ROOT)), ranges(results)]
    told += [f"{loss} at {AT_STEPS[-1]:,} steps, preset laptop: {at_the_end(results, loss)}" for loss in PRINTED]
    sys.stdout.write("\n".join(told) + "\n")


def read_results() -> dict[str, Result]:
    """Return the results of all our runs by name, sorted."""
    found = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(RESULTS.glob("*.json"))}
    return {name: result for name, result in found.items() if "losses" in result}


def usual_run(name: str, result: Result) -> Result:
    """Return the entries of a run that the window needs."""
    return {
        "name": name,
        "settings": result["config"],
        "image_loss": result["losses"]["image_loss"],
        "kl": result["losses"]["kl"],
        "test": means_of_tests(result["test"]),
    }


def means_of_tests(tests: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """Return the mean return of each test; a test may have several episodes."""
    by_step: dict[int, list[float]] = defaultdict(list)
    for step, value in tests:
        by_step[step].append(value)
    return [(step, round(sum(values) / len(values), 1)) for step, values in sorted(by_step.items())]


def ranges(results: dict[str, Result]) -> str:
    """Return a table in Markdown of the losses of each run near some steps, each a mean over about 1,700 steps."""
    rows = ["| run | preset | " + " | ".join(PRINTED) + " |", "|---|---|" + "---|" * len(PRINTED)]
    for name, result in results.items():
        cells = (" / ".join(near(result["losses"][loss], step) for step in AT_STEPS) for loss in PRINTED)
        rows.append(f"| {name} | {result['config']['preset']} | {' | '.join(cells)} |")
    return "\n".join(rows)


def at_the_end(results: dict[str, Result], loss: str) -> str:
    """Return the final losses of the `laptop` runs of 105,000 steps, ascending, in the words of the help texts."""
    ends: dict[str, list[float]] = defaultdict(list)
    for result in results.values():
        config = result["config"]
        if config["preset"] == "laptop" and result["environment_steps"] == AT_STEPS[-1]:
            ends[config["task"].split(":")[1]].append(result["losses"][loss][-1][1])
    ordered = sorted((sorted(values), task) for task, values in ends.items())
    return ", ".join(f"{' and '.join(map(_short, values))} ({task})" for values, task in ordered)


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.2g}"


def near(points: list[tuple[int, float]], step: int) -> str:
    """Return the value at the point nearest to a step, or a dash if the run ended earlier."""
    nearest, value = min(points, key=lambda point: abs(point[0] - step))
    return f"{value:g}" if abs(nearest - step) < 5_000 else "-"


if __name__ == "__main__":
    main()
