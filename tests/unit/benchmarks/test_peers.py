import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from benchmarks.peers.environments import pinned_requirements
from benchmarks.peers.implementations import by_name
from benchmarks.peers.measure import Group, Row, WorkerError, measure_group, worker
from benchmarks.peers.protocol import PARTS, QUICK, Job, Sizes
from benchmarks.peers.report import Report

FLOAT32 = Group("float32", keep_memory=False)
PYTHON = Path(sys.executable)

PREPARING = """
import sys
from dreamer_studio.system import process

process.prepare_process = lambda: print("prepared", "with" if "torch" in sys.modules else "before", "torch")
from benchmarks.peers import ours
from benchmarks.peers.protocol import QUICK, Job, make_sequences

ours.build(Job("ours", "float32", QUICK), make_sequences(QUICK))
"""


def test_that_our_update_is_timed_at_the_authors_sizes() -> None:
    (row,) = measure_group({"ours": PYTHON}, FLOAT32, QUICK, warmups=1, rounds=2)

    assert row.error is None
    assert len(row.warmup_s) == 1
    assert len(row.update_s) == 2
    assert min(row.update_s) > 0
    # The author's sizes: whoever has other counts is not measured at the same work.
    assert row.about["parameters"] == dict(zip(PARTS, (5_296_820, 578_412, 413_601), strict=True))


def test_that_our_process_is_prepared_as_the_command_prepares_its_own() -> None:
    told = subprocess.run([PYTHON, "-c", PREPARING], capture_output=True, check=True, text=True)

    assert told.stdout == "prepared before torch\n"


def test_that_torch_peers_get_our_version_of_torch_and_the_others_none() -> None:
    torch = "torch==" + metadata.version("torch").partition("+")[0]

    assert pinned_requirements(by_name("sheeprl")) == ["sheeprl==0.8.4", torch]
    assert not any(each.startswith("torch") for each in pinned_requirements(by_name("tensorflow")))


def test_that_a_worker_that_cannot_start_says_why() -> None:
    with (
        pytest.raises(WorkerError, match="no implementation 'nobody'"),
        worker(PYTHON, Job("nobody", "float32", Sizes(2, 2, 2)), {}),
    ):
        pass


def test_that_implementations_take_turns_with_the_settings_of_their_group(tmp_path: Path) -> None:
    turns = tmp_path / "turns"
    pythons = {name: _stand_in(tmp_path / name, turns) for name in ("ours", "torchrl")}
    group = Group("float32", keep_memory=True)

    rows = measure_group(pythons, group, QUICK, warmups=1, rounds=2)

    assert turns.read_text().split() == ["ours:0:PASSIVE", "torchrl:0:PASSIVE"] * 3
    assert [(row.warmup_s, row.update_s) for row in rows] == [([1.5], [1.5, 1.5])] * 2


def test_that_a_peer_is_timed_only_in_its_precisions_and_with_its_environment_variables(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    answer = "read -r line; echo '{\"update_s\": 1.5}'; read -r line"
    python = _script(tmp_path / "python", f"echo $TF_ENABLE_ONEDNN_OPTS > {seen}; echo '{{}}'; {answer}")

    (row,) = measure_group({"tensorflow": python}, FLOAT32, QUICK, warmups=0, rounds=1)
    assert row.update_s == [1.5]
    assert seen.read_text() == "1\n"

    assert measure_group({"tensorflow": python}, Group("bfloat16", keep_memory=False), QUICK, warmups=0, rounds=1) == []


def test_that_a_failing_peer_is_reported_and_the_others_are_timed(tmp_path: Path) -> None:
    broken = _script(tmp_path / "broken", "echo 'not today' >&2; exit 3")
    pythons = {"torchrl": broken, "ours": _stand_in(tmp_path / "ours", tmp_path / "turns")}

    failed, ours = measure_group(pythons, FLOAT32, QUICK, warmups=0, rounds=1)

    assert failed.error == "not today"
    assert ours.update_s == [1.5]


def test_that_the_report_compares_within_a_group() -> None:
    kept = Group("float32", keep_memory=True)
    rows = [
        Row("ours", FLOAT32, _about(), [9.0], [2.0, 1.0, 3.0]),
        Row("torchrl", FLOAT32, _about(), [9.0], [5.0, 8.0, 4.0]),
        Row("ours", kept, _about(), [9.0], [1.0, 1.0, 1.0]),
        Row("torchrl", kept, error="out of memory"),
    ]
    report = Report("python -m benchmarks.peers", _machine(), QUICK, rows)

    values = json.loads(json.dumps(report.values()))
    assert [row.get("ratio_to_ours") for row in values["rows"]] == [1.0, 2.5, 1.0, None]
    markdown = report.markdown()
    assert "| float32 | torchrl 0.14.1 | 5 | 4 to 8 | 2.50 | 9 |" in markdown
    assert "| float32, memory kept | torchrl 0.14.1 | left out: out of memory |" in markdown
    assert "not counted: 1, counted: 3" in markdown
    assert "MALLOC_MMAP_MAX_=0" in markdown


def _stand_in(path: Path, turns: Path) -> Path:
    """A worker that notes each of its turns and what it was started with, and says that an update took 1.5 s."""
    note = f'echo "{path.name}:$MALLOC_MMAP_MAX_:$OMP_WAIT_POLICY" >> "{turns}"'
    return _script(path, f"echo '{{}}'; while read -r line; do {note}; echo '{{\"update_s\": 1.5}}'; done")


def _script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def _about() -> dict[str, object]:
    return {"threads": 2, "versions": {"torch": "2"}, "parameters": {"model": 1, "actor": 1, "value": 1}}


def _machine() -> dict[str, object]:
    return {"processor": "a processor", "bfloat16_instructions": [], "cores": 2, "memory_gib": 4.0, "system": "one"}
