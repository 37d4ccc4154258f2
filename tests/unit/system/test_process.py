"""The memory settings of the process before torch is loaded."""

from __future__ import annotations

import subprocess
import sys

import pytest

FAULTS = """
import resource, sys, threading
from dreamer_studio.system.process import keep_freed_memory
if sys.argv[1] == "keep":
    assert keep_freed_memory()
import numpy as np

def use():
    for _ in range(12):
        np.ones(16 * 2**20)  # 128 MiB, freed at once

def count():
    use()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    use()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)

thread = threading.Thread(target=count)  # as training does: not the main thread
thread.start()
thread.join()
"""


PIECES = """
import psutil
from dreamer_studio.system.process import give_back_freed_memory, keep_freed_memory
assert keep_freed_memory()
pieces = [bytes(2**16) for _ in range(4000)]  # 250 MiB
del pieces[:-1]
before = psutil.Process().memory_info().rss
give_back_freed_memory()
print((before - psutil.Process().memory_info().rss) // 2**20)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="page faults of glibc")
def test_that_freed_memory_is_reused_without_asking_the_kernel() -> None:
    faults = {
        how: int(subprocess.run([sys.executable, "-c", FAULTS, how], capture_output=True, check=True).stdout)
        for how in ("keep", "default")
    }
    assert faults["keep"] < 100 < faults["default"]


@pytest.mark.skipif(sys.platform != "linux", reason="memory of glibc")
def test_that_freed_memory_is_given_back_on_request() -> None:
    told = subprocess.run([sys.executable, "-c", PIECES], capture_output=True, check=True)
    assert int(told.stdout) > 200
