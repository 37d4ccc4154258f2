"""A part of the measurement in its own process: ``python -m benchmarks.gpu.child PART ...``."""

from __future__ import annotations

import argparse
import faulthandler
import signal
import time
from pathlib import Path

import psutil

from benchmarks.gpu.order import Order
from benchmarks.gpu.parts import PARTS
from dreamer_studio.system.process import prepare_process
from dreamer_studio.training.cores import leave_cores
from dreamer_studio.training.opening import choose_device


def main() -> int:
    """Measure one part, and write its results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu.child")
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--device", required=True)
    parser.add_argument("--preset", required=True)
    parser.add_argument("--task", required=True)
    parser.add_argument("--seconds", type=float, required=True, help="from the start of this process")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    prepare_process()
    faulthandler.register(signal.SIGTERM, chain=True)  # prints where each thread is
    device = choose_device(options.device)
    part = PARTS[options.part].load()
    spent = time.time() - psutil.Process().create_time()  # loading torch takes seconds
    order = Order(device.type, options.preset, options.task, max(1.0, options.seconds - spent), options.out)
    leave_cores(order.config().spare_cores)
    order.tell(part(order))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
