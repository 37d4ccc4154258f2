"""The system libraries: set-up and program name the same missing ones."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dreamer_studio.system.libraries import install_line

SCRIPT = Path(__file__).parents[3] / ".ci" / "system-libraries"


@pytest.mark.skipif(sys.platform != "linux", reason="the set-up asks dpkg")
def test_that_the_set_up_lists_the_missing_libraries_that_the_program_names_and_knows_their_newer_names(
    tmp_path: Path,
) -> None:
    installed = {"libegl1", "libglib2.0-0t64"}
    answers = [f'if [ "$name" = {name} ]; then echo installed; fi' for name in installed]
    (tmp_path / "dpkg-query").write_text("\n".join(["#!/bin/sh", "for name; do", *answers, "done", "exit 1", ""]))
    (tmp_path / "apt-get").write_text("#!/bin/sh\n")
    for program in tmp_path.iterdir():
        program.chmod(0o755)
    said = subprocess.run(
        [SCRIPT, "check"],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stderr
    _, _, asked_for = said.strip().rpartition("install -y ")
    named = install_line().removeprefix("apt-get install ").split()
    assert asked_for.split() == [name for name in named if name not in ("libegl1", "libglib2.0-0")]
