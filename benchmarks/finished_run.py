"""Leave a small finished run without training. Needs only the standard library, so that the program starts quickly.

    TEMPLATE=FILE python -I -S benchmarks/finished_run.py train --run FOLDER --set seed=N --set horizon=N

Takes the words of a training. The file has the configuration of a run as JSON; seed and horizon are replaced.
"""

import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path


def leave_run(run: Path, config: Mapping[str, object]) -> str:
    """Write a finished run, and return the name of its checkpoint."""
    saved = run / "checkpoints" / f"000000-step-{config['steps']}-update-1"
    saved.mkdir(parents=True)
    row = {"kind": "train", "step": config["steps"], "update": 1, "time": time.time(), "return": 0.0}
    (run / "config.json").write_text(json.dumps(config))
    (run / "metrics.jsonl").write_text(json.dumps(row) + "\n")
    for name in ("state.json", "weights.safetensors"):
        (saved / name).write_text("{}")
    return saved.name


def main() -> None:
    """Leave the run that the words of a training name."""
    words = sys.argv[2:]
    settings = dict(word.split("=") for word in words if "=" in word)
    template = json.loads(Path(os.environ["TEMPLATE"]).read_text())
    replaced = {name: int(settings[name]) for name in ("seed", "horizon")}
    leave_run(Path(words[words.index("--run") + 1]), template | replaced)


if __name__ == "__main__":
    main()
