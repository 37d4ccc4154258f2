import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from dreamer_studio.envs import EnvProcess

ROOT = Path(__file__).parents[3]
FAULTY = "gym:tests.unit.envs.faulty:Faulty-v0"


def environment_processes() -> set[int]:
    """Gives the ids of spawned children that have not gone, zombies included."""
    children = psutil.Process().children(recursive=True)
    return {child.pid for child in children if "spawn_main" in " ".join(_command(child))}


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.ZombieProcess:
        return ["spawn_main"]
    except psutil.NoSuchProcess:
        return []


@pytest.fixture(scope="module", autouse=True)
def no_process_left() -> Iterator[None]:
    """Fails if a module's tests leave an environment process behind."""
    before = environment_processes()
    yield
    assert environment_processes() <= before


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
