"""A process above a training on a node. It lets the training save and end as soon as nobody wants it any more.

    python -m dreamer_studio.studies.ray.keeper COMMAND...

Ray kills the children of a worker together with it, and a killed worker cannot ask anybody for anything. So the keeper
leaves the worker's family, and notices by the end of its standard input that the worker has closed it or has died.
It writes the exit code of the training to standard output, and the training writes to standard error.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from typing import Final, NoReturn

SAVE_SECONDS: Final = 120.0
"""How long a training may save before it is killed."""


def main() -> NoReturn:
    """Keep the training whose command the arguments are, and end when it has ended."""
    if hasattr(os, "fork") and os.fork():
        os._exit(0)  # the other process has no parent among Ray's
    training = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=sys.stderr, stderr=sys.stderr)
    threading.Thread(target=_end_with_input, args=(training,), daemon=True).start()
    code = training.wait()
    with contextlib.suppress(OSError):  # the worker has gone
        os.write(1, str(code).encode())
    os._exit(0)


def _end_with_input(training: subprocess.Popen[bytes]) -> None:
    """Ask the training to save and end, at the latest when standard input ends; kill it if it does not."""
    while os.read(0, 1024):
        training.send_signal(signal.SIGTERM)
    training.send_signal(signal.SIGTERM)
    try:
        training.wait(SAVE_SECONDS)
    except subprocess.TimeoutExpired:
        training.kill()


if __name__ == "__main__":
    main()
