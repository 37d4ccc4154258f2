import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dreamer_studio.envs import EnvProcess
from tests.support.environment_processes import FAULTY, ROOT, no_process_left

__all__ = ["no_process_left"]


@pytest.fixture(scope="module")
def faulty(no_process_left: None) -> Iterator[EnvProcess]:
    with EnvProcess(FAULTY, step_timeout=10.0) as env:
        yield env


@pytest.fixture
def run_script(tmp_path: Path) -> Callable[[str], str]:
    """Runs a script in a Python of its own and gives what it prints."""

    def run(source: str) -> str:
        script = tmp_path / "script.py"
        script.write_text(source)
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, script], env=environment, stdout=subprocess.PIPE, check=False, timeout=60
        )
        return done.stdout.decode()

    return run
