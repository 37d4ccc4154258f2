"""Dreamer Studio in a process prepared like the command's, so the times are those of a user."""

from __future__ import annotations

from benchmarks.peers.protocol import Job, Peer, Sequences
from dreamer_studio.system.process import prepare_process


def build(job: Job, sequences: Sequences) -> Peer:
    """Build the peer. The worker has not loaded torch yet."""
    prepare_process()
    from benchmarks.peers.our_update import Ours  # noqa: PLC0415  (loads torch)

    return Ours(job, sequences)
