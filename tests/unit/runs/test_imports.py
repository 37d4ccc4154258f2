"""The imports of the package `runs`."""

import subprocess
import sys

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


def test_that_a_run_is_found_and_its_log_read_without_torch() -> None:
    heavy = "{'torch', 'tensorboard', 'safetensors', 'PySide6'}"
    modules = ", ".join(f"{runs.__name__}.{module}" for module in WITHOUT_TORCH)
    code = f"import sys, {modules}; print(*sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
