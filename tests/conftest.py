"""Sets what every test relies on: few and quiet threads before torch is imported, no user log, signals that end."""

import os
import signal
import sys

# Spinning OpenMP threads make everything ten times slower where other processes share the cores; and the tests'
# networks are so small that one thread is the fastest.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

os.environ["DREAMER_STUDIO_LOG"] = ""

# nohup, and whatever else starts tests in the background, may have switched hangups off for all its children.
if sys.platform != "win32":
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
