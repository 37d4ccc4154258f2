"""For every test: the numbers' threads kept few and quiet, before torch is imported; and no line in the user's log."""

import os

# Spinning OpenMP threads make everything ten times slower where other processes share the cores; and the tests'
# networks are so small that one thread is the fastest.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

os.environ["DREAMER_STUDIO_LOG"] = ""
