"""Make the finished example in assets/demo: ``python -m benchmarks.learning.demo RUN CHECKPOINT EPISODE...``.

The script copies from a run, at a checkpoint, everything that watching, dreaming and filming need: the configuration,
the weights, a few episodes, and a thinned log. It leaves out the states of the optimizers, which are twice as large as
the weights: the example is for watching, not for training.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

from safetensors.torch import save_file

from dreamer_studio.runs.best import TEST_FILE
from dreamer_studio.runs.checkpoint import load_checkpoint
from dreamer_studio.runs.folder import RunFolder

EACH_UPDATE = 40  # the log keeps one of so many updates


def main() -> None:
    """Replace the folder of the example."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learning.demo")
    parser.add_argument("run", type=Path)
    parser.add_argument("checkpoint", help="the checkpoint's folder name")
    parser.add_argument("episodes", type=int, nargs="+", help="episode numbers")
    parser.add_argument("--into", type=Path, default=Path("assets/demo"))
    options = parser.parse_args()
    run, demo = RunFolder(options.run), RunFolder(options.into)
    if demo.path.exists():
        shutil.rmtree(demo.path)
    source, target = run.checkpoints / options.checkpoint, demo.checkpoints / options.checkpoint
    target.mkdir(parents=True)
    demo.episodes.mkdir()
    shutil.copy(run.config_file, demo.config_file)
    state = load_checkpoint(source).state
    tensors = {"noise": load_checkpoint(source).tensors["noise"]}
    shutil.copy(source / "weights.safetensors", target)
    if (source / TEST_FILE).is_file():
        shutil.copy(source / TEST_FILE, target)
    save_file({}, target / "optimizers.safetensors")
    save_file(tensors, target / "state.safetensors")
    (target / "state.json").write_text(
        json.dumps(state | {"episodes": len(options.episodes)}, indent=2) + "\n", encoding="utf-8"
    )
    for number in options.episodes:
        (path,) = run.episodes.glob(f"episode-{number:06d}-*")
        shutil.copy(path, demo.episodes)
    counters = state["counters"]
    with demo.metrics_file.open("w", encoding="utf-8") as file:
        for line in run.metrics_file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            kept = row["kind"] != "update" or row["update"] % EACH_UPDATE == 0
            if kept and row["step"] <= counters["step"] and row["update"] <= counters["update"]:
                file.write(json.dumps(row, separators=(",", ":")) + "\n")
    for path in (path for path in demo.path.rglob("*") if path.is_file()):
        path.chmod(0o644)


if __name__ == "__main__":
    main()
