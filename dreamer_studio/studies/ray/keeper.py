"""A process above a training on a node. It asks the training to save and end once the worker is gone.

    python -m dreamer_studio.studies.ray.keeper COMMAND...

Ray kills a worker's children together with the worker, and a killed worker cannot ask its training to save. So the
keeper detaches from the worker. Its standard input ends when the worker closes it or dies. The keeper writes the exit
code of the training to standard output; the training itself writes to standard error.
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
"""How long a training may take to save before the keeper kills it."""


def main() -> NoReturn:
    """Run the training whose command is in the arguments, and end after it."""
    if hasattr(os, "fork") and os.fork():
        os._exit(0)  # the other process then has no parent among Ray's processes
    training = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=sys.stderr, stderr=sys.stderr)
    threading.Thread(target=_end_with_input, args=(training,), daemon=True).start()
    code = training.wait()
    with contextlib.suppress(OSError):  # the worker is gone
        os.write(1, str(code).encode())
    os._exit(0)


def _end_with_input(training: subprocess.Popen[bytes]) -> None:
    """Ask the training to save and end when standard input ends. Kill it if it takes longer than `SAVE_SECONDS`."""
    os.read(0, 1)  # nobody writes, so this returns at the end
    training.send_signal(signal.SIGTERM)
    try:
        training.wait(SAVE_SECONDS)
    except subprocess.TimeoutExpired:
        training.kill()


if __name__ == "__main__":
    main()
