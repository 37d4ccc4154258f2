"""The processes that environments run in, and the environment that fails on request."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]
FAULTY = "gym:tests.support.faulty:Faulty-v0"


def environment_processes() -> set[int]:
    """Return the ids of spawned children that still exist, zombies included."""
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
    """Fail if a module's tests leave an environment process behind."""
    before = environment_processes()
    yield
    assert environment_processes() <= before
