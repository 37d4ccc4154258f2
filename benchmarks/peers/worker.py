"""The worker: an implementation in a process, which makes an update for each line on its input."""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any, TextIO

import numpy as np

from benchmarks.peers.implementations import by_name
from benchmarks.peers.protocol import PARTS, Job, Peer, Sizes, Weights, make_sequences


def main() -> None:
    """Build the peer described by the first argument, describe it, and answer every line with a time."""
    answers = _keep_stdout()
    job = _read_job(sys.argv[1])
    peer = _build(job)
    before = peer.weights()
    counts = {part: sum(weight.size for weight in before[part]) for part in PARTS}
    _say(answers, {**peer.about(), "parameters": counts})
    for number, seconds in enumerate(_timed_updates(peer)):
        if number == 0:
            _check_that_all_learnt(before, peer.weights())
        _say(answers, {"update_s": seconds})


def _timed_updates(peer: Peer) -> Iterator[float]:
    for _ in sys.stdin:
        start = time.perf_counter()
        peer.update()
        yield time.perf_counter() - start


def _check_that_all_learnt(before: Weights, after: Weights) -> None:
    for part in PARTS:
        pairs = list(zip(before[part], after[part], strict=True))
        if not any(np.any(old != new) for old, new in pairs):
            raise RuntimeError(f"the update left the weights of {part} unchanged")
        if not all(np.isfinite(new).all() for _, new in pairs):
            raise RuntimeError(f"the update made weights of {part} that are not finite")


def _build(job: Job) -> Peer:
    """Build the peer. Only this function imports its packages, because each peer has its own environment."""
    module = importlib.import_module(by_name(job.implementation).module)
    peer: Peer = module.build(job, make_sequences(job.sizes))
    return peer


def _read_job(text: str) -> Job:
    values = json.loads(text)
    return Job(**{**values, "sizes": Sizes(**values["sizes"])})


def _keep_stdout() -> TextIO:
    """Return the parent's pipe; from here on, libraries print to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def _say(answers: TextIO, message: dict[str, Any]) -> None:
    answers.write(json.dumps(message) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
