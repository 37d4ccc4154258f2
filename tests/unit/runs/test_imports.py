"""What the package of runs needs."""

import subprocess
import sys

import pytest

from dreamer_studio import runs

WITHOUT_TORCH = (
    "counters",
    "errors",
    "folder",
    "history",
    "line_file",
    "lock",
    "metrics_file",
    "planning",
    "rows",
    "storage",
)


@pytest.mark.parametrize("module", WITHOUT_TORCH)
def test_that_a_run_is_found_and_its_log_read_without_torch(module: str) -> None:
    heavy = "{'torch', 'tensorboard', 'safetensors', 'PySide6'}"
    code = f"import sys; import {runs.__name__}.{module}; print(*sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
