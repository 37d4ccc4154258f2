"""Waits for the newest weights of a run."""

from __future__ import annotations

import time
from collections.abc import Generator

from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.session import Session, Snapshot
from dreamer_studio.viewing.weights import LatestAgent
from dreamer_studio.viewing.worker import CannotAnswerError

NEWER_SECONDS = 2.0
"""Longest wait for newer weights than those known so far."""

FIRST_SECONDS = 30.0
"""Longest wait for the first weights of a run that has learned: a busy machine takes seconds to copy them."""

NO_WEIGHTS = "The model has not learned yet: the first update comes after the prefill."
LATE_WEIGHTS = "The weights have not arrived yet. Press Judge now to ask again."
WAITS = "waits for the newest weights"


def newest_agent(weights: LatestAgent, session: Session) -> Generator[str, None, tuple[Agent, Snapshot]]:
    """Return an agent with the newest weights. Yield while waiting.

    Raises:
        CannotAnswerError: there are no weights yet, or they do not come.
    """
    before, began = weights.snapshot, time.monotonic()
    while True:
        weights.refresh()
        agent, snapshot = weights.agent, weights.snapshot
        stale = snapshot is before and session.status.get().update != weights.update
        waited = time.monotonic() - began
        if agent is not None and snapshot is not None and (not stale or waited > NEWER_SECONDS):
            return agent, snapshot
        if agent is None and session.status.get().update == 0:
            raise CannotAnswerError(NO_WEIGHTS)
        if agent is None and waited > FIRST_SECONDS:
            raise CannotAnswerError(LATE_WEIGHTS)
        time.sleep(0.01)
        yield WAITS
