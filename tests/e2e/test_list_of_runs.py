"""The verb `runs` lists what lies in a folder, sound or not, without torch."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.support.command import COMMAND, PATIENCE
from tests.support.listed_runs import held_elsewhere, write_run


def runs(*arguments: str) -> str:
    done = subprocess.run([*COMMAND, "runs", *arguments], capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert done.stderr == ""
    return done.stdout


def test_that_runs_are_listed_as_json_and_as_a_table(tmp_path: Path) -> None:
    trained = write_run(tmp_path / "trained", tests=(3.0, 4.5), step=250)
    write_run(tmp_path / "done", steps=100, step=100)
    (write_run(tmp_path / "broken", step=50) / "config.json").write_text("{")
    with held_elsewhere(trained) as holder:
        listed: list[dict[str, Any]] = json.loads(runs("--json", "--root", str(tmp_path)))
        table = runs("--root", str(tmp_path))
    found = {entry["name"]: entry for entry in listed}
    wanted = ("name", "path", "task", "preset", "step", "state", "last_test")
    assert list(listed[0])[: len(wanted)] == list(wanted)
    values = {name: found["trained"][name] for name in wanted}
    assert values == {
        "name": "trained",
        "path": str(trained),
        "task": "gym:Pendulum-v1",
        "preset": "tiny",
        "step": 250,
        "state": "training here",
        "last_test": 4.5,
    }
    assert found["trained"]["process"] == holder.pid
    assert found["done"]["state"] == "finished" and found["done"]["last_test"] is None
    assert found["broken"]["state"] == "damaged" and "config.json" in found["broken"]["problem"]
    lines = table.splitlines()
    assert len(lines) == 4 and lines[0].split()[:3] == ["name", "task", "preset"]
    assert any("broken" in line and "cannot read the configuration" in line for line in lines)


def test_that_a_folder_without_runs_is_reported(tmp_path: Path) -> None:
    assert json.loads(runs("--json", "--root", str(tmp_path))) == []
    assert runs("--root", str(tmp_path)) == f"no runs in {tmp_path}\n"
