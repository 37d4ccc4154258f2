"""Which remedies pay? Train named settings for some minutes each.

``python -m benchmarks.learning.try_remedies FOLDER`` trains the tries of `tries.TRIES` (or of ``--tries FILE``, a JSON
object of names to settings) on one task, one after the other, and then plays and checks each. ``--minutes`` is training
time, with tests, without evaluation and checks. Start a stopped script again with the same arguments, and it picks up
where it left off. Finished tries are not repeated; with more minutes they train on.

FOLDER/TASK/NAME-seed-S is the run, and NAME-seed-S.json beside it has:

- ``settings``, ``command`` (of this script), ``train`` (the same training as a command), ``commit``, ``threads``;
- ``minutes``, and ``processor_minutes`` of this process and of the environment's, which tell how much of the machine
  the try got; ``load`` is the machine's load average at the end of each session;
- ``step``, ``updates``, ``skipped`` updates, ``failure`` (why the training stopped by itself, or empty);
- ``random``: mean, deviation and n of the returns of random play, from the prefill;
- ``tests``: step, mean and n of each test; ``newest`` and ``best``: mean, deviation and n of an evaluation;
- ``checks``: what `benchmarks.learning.checks` finds, and from it ``actor at +-1``, ``value over received`` and
  ``actions used``, the open loop's error with another sequence's actions over that with the true ones.

``--table`` prints the results as a table and trains nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import torch

from benchmarks.learning.checks import check
from benchmarks.learning.tries import TRIES, Record, Settings, table
from benchmarks.learning.usual import means_of_tests
from dreamer_studio.config import Config, setting_text, with_overrides
from dreamer_studio.envs import build_config
from dreamer_studio.files import write_json
from dreamer_studio.headless import evaluate_run
from dreamer_studio.runs.errors import CheckpointError, InputError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.system.process import prepare_process
from dreamer_studio.training.cores import all_cores
from dreamer_studio.training.errors import HaltError
from dreamer_studio.training.opening import open_trainer

MOST_STEPS = 10**7
"""More environment steps than any try reaches: the minutes end a try."""

NOTE_SECONDS = 10.0
"""Seconds between two notes of the time spent, and so the most that a killed script loses."""


@dataclass(frozen=True)
class Try:
    """One named setting on a task.

    Attributes:
        folder: the run folder.
        record: path of the results.
        settings: those that differ from the preset.
        config: of the run.
    """

    folder: Path
    record: Path
    settings: Settings
    config: Config


def main() -> int:
    """Train, evaluate and check each try, or print the table."""
    options = _options()
    if options.table:
        sys.stdout.write(table(options.folder.glob("*/*.json")) + "\n")
        return 0
    tries = TRIES if options.tries is None else json.loads(options.tries.read_text(encoding="utf-8"))
    chosen = options.only or list(tries)
    unknown = [name for name in chosen if name not in tries]
    if unknown:
        raise SystemExit(f"no try {unknown[0]!r}; there are {', '.join(tries)}")
    for name in chosen:
        one = make_try(options.folder, options.task, name, tries[name], options.preset, options.seed, options.threads)
        run_try(one, options.minutes, options.episodes)
        sys.stdout.write(table([one.record]) + "\n")
        sys.stdout.flush()
    return 0


def make_try(
    folder: Path, task: str, name: str, settings: Settings, preset: str, seed: int, threads: int | None
) -> Try:
    """Return a try with its paths and its configuration; `threads` None leaves the preset's spare cores."""
    place = folder / task.replace(":", "-")
    cores = {} if threads is None else {"spare_cores": max(0, all_cores() - threads)}
    config = build_config(task, preset, {"seed": seed, "steps": MOST_STEPS, **cores, **settings})
    return Try(place / f"{name}-seed-{seed}", place / f"{name}-seed-{seed}.json", settings, config)


def run_try(one: Try, minutes: float, episodes: int) -> None:
    """Train a try for the rest of its minutes, then evaluate and check it; do nothing for a finished try."""
    record = _begun(one)
    if record["minutes"] < minutes and not record["failure"]:
        _train(one, record, minutes)
    if "checks" in record:
        return
    record.update(_log_figures(one.folder))
    try:
        if not record["updates"]:
            raise InputError("the training ended before its first update")
        for which in ("newest", "best"):
            record[which] = _evaluation(one.folder, episodes, which)
        record["checks"] = _short_checks(check(one.folder))
    except InputError as error:
        record["checks"] = {"failure": str(error)}
    write_json(one.record, record)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learning.try_remedies")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--task", default="dmc:cartpole-balance")
    parser.add_argument("--tries", type=Path, help="a JSON file of names to settings, in place of the built-in tries")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="the tries to make, in this order")
    parser.add_argument("--preset", default="laptop-v1")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=30.0, help="training time of each")
    parser.add_argument("--threads", type=int, help="threads of the networks; default: the preset's")
    parser.add_argument("--episodes", type=int, default=10, help="of each evaluation")
    parser.add_argument("--table", action="store_true", help="print the results in FOLDER and train nothing")
    return parser.parse_args()


def _begun(one: Try) -> Record:
    """Return the record so far, or a new one."""
    if one.record.exists():
        found: Record = json.loads(one.record.read_text(encoding="utf-8"))
        return found
    one.record.parent.mkdir(parents=True, exist_ok=True)
    changes = {"seed": one.config.seed, "spare_cores": one.config.spare_cores, **one.settings}
    sets = " ".join(f"--set {name}={setting_text(value)}" for name, value in changes.items())
    return {
        "task": one.config.task,
        "settings": dict(one.settings),
        "command": f"python -m benchmarks.learning.try_remedies {' '.join(sys.argv[1:])}",
        "train": f"train --task {one.config.task} --preset {one.config.preset} {sets}",
        "commit": _commit(),
        "threads": max(1, all_cores() - one.config.spare_cores),
        "minutes": 0.0,
        "processor_minutes": 0.0,
        "load": [],
        "failure": "",
    }


def _train(one: Try, record: Record, minutes: float) -> None:
    """Train until `minutes` in all, note the time spent every few seconds, and note a failure."""
    record.pop("checks", None)
    folder = RunFolder(one.folder)
    config = with_overrides(folder.read(), {"spare_cores": one.config.spare_cores}) if folder.exists() else one.config
    began, worked = time.monotonic(), processor_seconds()
    before, worked_before = record["minutes"], record["processor_minutes"]
    trainer = open_trainer(folder, config, torch.device("cpu"))
    noted = began
    try:
        for _ in trainer.run():
            now = time.monotonic()
            record["minutes"] = before + (now - began) / 60
            if now - noted > NOTE_SECONDS:
                record["processor_minutes"] = worked_before + (processor_seconds() - worked) / 60
                write_json(one.record, record)
                noted = now
            if record["minutes"] >= minutes:
                break
        trainer.save()
    except HaltError as error:
        record["failure"] = str(error)
    finally:
        record["processor_minutes"] = worked_before + (processor_seconds() - worked) / 60
        record["load"].append(round(os.getloadavg()[0], 1))
        trainer.close()
        write_json(one.record, record)


def processor_seconds() -> float:
    """Return the processor time of this process and of its running child processes."""
    me = psutil.Process()
    total = 0.0
    for process in (me, *me.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.Error:
            continue
        total += times.user + times.system
    return total


def _log_figures(folder: Path) -> Record:
    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    tests = [(row["step"], row["return"]) for row in rows if row["kind"] == "test"]
    counts = {step: sum(at == step for at, _ in tests) for step, _ in tests}
    return {
        "step": rows[-1]["step"] if rows else 0,
        "updates": rows[-1]["update"] if rows else 0,
        "skipped": sum(row["kind"] == "skipped" for row in rows),
        "random": _summary([row["return"] for row in rows if row["kind"] == "prefill"]),
        "tests": [(step, mean, counts[step]) for step, mean in means_of_tests(tests)],
    }


def _evaluation(folder: Path, episodes: int, which: str) -> Record | None:
    """Evaluate the weights of a checkpoint; None if the run has no best checkpoint yet."""
    try:
        played = evaluate_run(folder, episodes, checkpoint=which)
    except CheckpointError:
        raise
    except InputError:
        if which == "best":
            return None
        raise
    return {"step": played["step"], "update": played["update"], **(_summary(played["returns"]) or {})}


def _summary(returns: list[float]) -> Record | None:
    if not returns:
        return None
    return {
        "mean": round(statistics.fmean(returns), 1),
        "deviation": round(statistics.pstdev(returns), 1),
        "n": len(returns),
    }


def _short_checks(found: dict[str, Any]) -> Record:
    """Add the three figures that the tries are compared by."""
    actor, value, loop = found["actor"], found["value"], found["open_loop"]
    received = value["mean received"]
    farthest = list(loop["true"])[-1]
    return {
        **found,
        "actor at +-1": actor.get("share of the mode beyond 0.99", "choices"),
        "value over received": round(value["mean estimate"] / received, 2) if received else "nothing received",
        "actions used": round(loop["another's"][farthest] / loop["true"][farthest], 2),
    }


def _commit() -> str:
    try:
        return subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parent,
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


if __name__ == "__main__":
    prepare_process()
    sys.exit(main())
