"""Dreamer Studio, in a process prepared as the command prepares its own, so that the times are those a user gets."""

from __future__ import annotations

from benchmarks.peers.protocol import Job, Peer, Sequences
from dreamer_studio.system.process import prepare_process


def build(job: Job, sequences: Sequences) -> Peer:
    """For the worker, which has not loaded torch yet."""
    prepare_process()
    from benchmarks.peers.our_update import Ours  # noqa: PLC0415  (loads torch)

    return Ours(job, sequences)
