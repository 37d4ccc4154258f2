"""The command with standard streams that are files, closed, full, unread, or in an ASCII encoding."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dreamer_studio.runs.checkpoint_names import list_checkpoints
from tests.support.command import COMMAND, PATIENCE

TASK = "gym:tests.support.faulty:Chatty-v0"
TRAIN = ["train", "--task", TASK, "--preset", "tiny", "--set", "prefill=20", "--set", "eval_every=50", "--steps"]
LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  (.*)")


@pytest.fixture
def unread() -> Iterator[int]:
    """Yield the end of a pipe whose other end is closed, as after `head`."""
    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)


@pytest.mark.parametrize(
    "arguments", [["presets"], ["presets", "--json"], ["tasks"], ["--help"], ["--version"]], ids=str
)
def test_that_a_closed_output_pipe_ends_the_command_silently_with_exit_code_141(
    arguments: list[str], unread: int
) -> None:
    done = subprocess.run(
        [*COMMAND, *arguments], stdout=unread, stderr=subprocess.PIPE, text=True, timeout=PATIENCE, check=False
    )
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_that_a_full_output_is_reported_in_one_line(tmp_path: Path) -> None:
    for arguments in (["presets"], ["--help"]):
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [*COMMAND, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, timeout=PATIENCE, check=False
            )
        line = "dreamer-studio: standard output cannot be written: No space left on device\n"
        assert (done.returncode, done.stderr) == (2, line)


def test_that_a_training_with_closed_streams_trains_and_no_printed_text_lands_in_a_file_of_the_run(
    tmp_path: Path,
) -> None:
    closing = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"]
    run = tmp_path / "run"
    done = subprocess.run([*closing, *COMMAND, *TRAIN, "60", "--run", str(run)], timeout=PATIENCE, check=False)
    assert done.returncode == 0
    assert len(list_checkpoints(run / "checkpoints")) == 2
    greeting = "\N{LATIN SMALL LETTER U WITH DIAERESIS}\n".encode()
    assert not [path for path in run.rglob("*") if path.is_file() and path.read_bytes().startswith(greeting)]


def test_that_a_training_with_an_unread_stderr_goes_on_and_prints_its_checkpoint_under_an_ascii_encoding(
    tmp_path: Path, unread: int
) -> None:
    run = tmp_path / "\N{LATIN CAPITAL LETTER U WITH DIAERESIS}n\N{LATIN SMALL LETTER I WITH DIAERESIS}code"
    done = subprocess.run(
        [*COMMAND, *TRAIN, "60", "--run", str(run)],
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        stdout=subprocess.PIPE,
        stderr=unread,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0
    assert done.stdout == os.fsencode(list_checkpoints(run / "checkpoints")[-1]) + b"\n"


def test_that_output_into_a_file_is_plain_lines_with_the_time(tmp_path: Path) -> None:
    run, log = tmp_path / "run", tmp_path / "log.txt"
    with log.open("w") as file:
        command = [*COMMAND, *TRAIN, "100", "--run", str(run)]
        environment = os.environ | {"FORCE_COLOR": "1"}
        done = subprocess.run(
            command, env=environment, stdout=file, stderr=subprocess.STDOUT, timeout=PATIENCE, check=False
        )
    assert done.returncode == 0
    written = log.read_text()
    assert "\x1b" not in written and "\r" not in written
    told = [match[1] for line in written.splitlines() if (match := LINE.fullmatch(line))]
    assert told[0].startswith(f"{TASK} (tiny) on cpu, in {run}; step ")
    assert {"test: return", "checkpoint at update"} <= {re.sub(r" -?[\d.]+", "", line) for line in told[1:-1]}
    assert re.match(r"step 100 of 100 \(100%\), update \d+, return .* steps/s", told[-1])
    assert written.endswith(f"\n{list_checkpoints(run / 'checkpoints')[-1]}\n")
