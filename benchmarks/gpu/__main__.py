"""Measure everything that depends on a GPU, and print one JSON object.

``python -m benchmarks.gpu --minutes 8`` takes the preset `paper` on CUDA. Each part runs in its own process with a
share of the time. If a part fails or takes too long, the report has its last output and its results so far, and the
other parts still run. ``--device cpu --preset tiny --minutes 8`` tries the script on a machine without a GPU.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks.gpu.parts import PARTS
from dreamer_studio.config import DEFAULT_TASK
from dreamer_studio.files import read_json_object

WORKING: Final = 0.8  # share of a part's limit to work in; the rest is for ending the part
GRACE_SECONDS: Final = 1.0
LAST_WORDS: Final = 2500
MOST_RESULT_BYTES: Final = 2**20


def main() -> int:
    """Measure the parts one after the other, and print the results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=8.0, help="for all parts together")
    parser.add_argument("--device", default="cuda", choices=("cuda", "cpu"))
    parser.add_argument("--preset", default="paper", choices=("paper", "laptop", "tiny"))
    parser.add_argument("--task", default=DEFAULT_TASK)
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="PART", help="only these parts")
    options = parser.parse_args()
    names = options.only or list(PARTS)
    arguments = ["--device", options.device, "--preset", options.preset, "--task", options.task]
    began, until = time.monotonic(), time.monotonic() + 60 * options.minutes
    found = {}
    for place, name in enumerate(names):
        share = PARTS[name].share / sum(PARTS[each].share for each in names[place:])
        found[name] = measure(name, arguments, share * max(0.0, until - time.monotonic()))
        sys.stderr.write(f"{name}: {found[name]['outcome']} after {found[name]['seconds']:.0f} s\n")
    report = {
        "command": " ".join(["python", "-m", "benchmarks.gpu", *sys.argv[1:]]),
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - began, 1),
        "parts": found,
    }
    sys.stdout.write(json.dumps(report, indent=2) + "\n")
    return 0 if all(part["outcome"] == "done" for part in found.values()) else 1


def measure(name: str, arguments: Sequence[str], limit: float) -> dict[str, Any]:
    """Run a part in its own process, for at most `limit` seconds.

    Returns:
        its outcome (done, failed, or ended because its time ran out), its seconds, its results (so far), and its last
        output, if there is any.
    """
    began = time.monotonic()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        out = Path(folder) / "results.json"
        command = [sys.executable, "-m", "benchmarks.gpu.child", name, *arguments]
        command += ["--seconds", str(WORKING * limit), "--out", str(out)]
        code, said = _run(command, limit, Path(folder))
        outcome = "ended, its time ran out" if code is None else "failed" if code else "done"
        result = {"outcome": outcome, "seconds": round(time.monotonic() - began, 1)}
        result["results"] = read_json_object(out, MOST_RESULT_BYTES)
    return {**result, "said": said[-LAST_WORDS:]} if said else result


def _run(command: Sequence[str], limit: float, cache: Path) -> tuple[int | None, str]:
    """Return the exit code, or None if the time ran out, and the output.

    Compiled code goes into a separate cache: a killed process leaves broken files, and the first update must compile.
    """
    own = {name: str(cache / name.lower()) for name in ("TORCHINDUCTOR_CACHE_DIR", "TRITON_CACHE_DIR")}
    process = subprocess.Popen(
        command,
        env=os.environ | own,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        said = process.communicate(timeout=limit)[0]
        return process.returncode, said
    except subprocess.TimeoutExpired:
        process.terminate()  # prints where its threads are
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)
        with contextlib.suppress(ProcessLookupError):  # all have ended
            os.killpg(process.pid, signal.SIGKILL)  # with the processes of its environments
        return None, process.communicate()[0]
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        raise


if __name__ == "__main__":
    raise SystemExit(main())
