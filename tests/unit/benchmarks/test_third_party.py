import subprocess
import sys
import zipfile
from pathlib import Path

import platformdirs
import pytest

from benchmarks.environments import InstallError, python_with
from benchmarks.packages import Package
from benchmarks.third_party import table
from benchmarks.tried import Place, Tried, try_task


def test_that_an_environment_has_its_own_packages_before_those_that_it_shares(tmp_path: Path) -> None:
    wheel = tmp_path / "platformdirs-99-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("platformdirs.py", "version = 'its own'\n")
        file.writestr("platformdirs-99.dist-info/METADATA", "Metadata-Version: 2.1\nName: platformdirs\nVersion: 99\n")
        file.writestr("platformdirs-99.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        file.writestr("platformdirs-99.dist-info/RECORD", "")
    python = python_with([str(wheel)], tmp_path / "home", sharing=True)

    told = subprocess.run(
        [python, "-c", "import platformdirs, psutil; print(platformdirs.version)"],
        capture_output=True,
        check=True,
        text=True,
    )

    assert told.stdout == "its own\n"
    assert platformdirs.__version__ != "99"


def test_that_a_failed_installation_carries_the_message_of_pip(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match="no-such-file"):
        python_with([str(tmp_path / "no-such-file.whl")], tmp_path / "home")


@pytest.mark.skipif(sys.platform == "win32", reason="its interpreter is a shell script")
def test_that_a_process_that_is_left_behind_is_named(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\nsleep 60 &\necho "dreamer-studio: no" >&2\nexit 2\n')
    python.chmod(0o755)

    tried = try_task(
        Package("any", ("any",), ("gym:Any-v0",)), "gym:Any-v0", {"any": "1"}, Place(python, tmp_path, tmp_path, 1)
    )

    assert tried.result() == "exit 2: no; left behind: sleep"


def test_that_the_table_shows_failures_and_black_films() -> None:
    failed = Tried("any", ["any|other"], {}, "gym:Any-v0", "", last_line="no wheel")
    black = Tried("any", ["any"], {"any": "1"}, "gym:Any-v0", "", exit_code=0, updates=3, seconds=2.0, frames=9)

    lines = table([failed, black]).splitlines()

    assert lines[2] == "| `'any\\|other'` |  | `gym:Any-v0` |  |  | not installed: no wheel |"
    assert lines[3].endswith("| trains: 3 updates in 2 s; all frames are black |")
