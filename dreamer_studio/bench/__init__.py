"""Measures this machine: updates and their phases, collecting, dreaming, and the hardware's limit."""

from dreamer_studio.bench.measuring import bench
from dreamer_studio.bench.report import BenchReport
from dreamer_studio.bench.updates import made_up_batch, time_updates

__all__ = ["BenchReport", "bench", "made_up_batch", "time_updates"]
