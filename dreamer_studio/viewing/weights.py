"""The newest weights, as an agent for the workers."""

from __future__ import annotations

from dreamer_studio.dreamer.agent import Agent
from dreamer_studio.dreamer.fast import agent_of_weights
from dreamer_studio.session import Session, Snapshot
from dreamer_studio.viewing.throttle import Throttle

SNAPSHOT_SECONDS = 0.5  # between requests for newer weights


class LatestAgent:
    """Asks the session for snapshots now and then, and loads their weights on demand.

    Attributes:
        agent: the agent with the newest weights; None before the first update.
        snapshot: the snapshot with the agent's weights.
    """

    def __init__(self, session: Session, *, lasting: bool = False) -> None:
        """Begin with no agent.

        Args:
            session: the source of the snapshots.
            lasting: whether each snapshot gets its own agent, so that older agents stay unchanged. Otherwise the
                weights of one agent change, which takes less time.
        """
        self._session = session
        self._lasting = lasting
        self._due = Throttle(SNAPSHOT_SECONDS)
        self.agent: Agent | None = None
        self.snapshot: Snapshot | None = None

    @property
    def update(self) -> int:
        """Return the update of the weights, or -1 before the first."""
        return self.snapshot.update if self.snapshot is not None else -1

    def refresh(self) -> None:
        """Load the newest weights, and ask for newer ones."""
        box = self._session.snapshots
        if self._due():
            box.request()
        latest = box.latest
        if latest is None or latest.update == 0:  # nothing learned, or the training undid what it had learned
            self.agent = self.snapshot = None
            return
        if latest is self.snapshot:
            return
        if self.agent is None or self._lasting:
            self.agent = agent_of(latest)
        else:
            self.agent.load_state_dict(latest.weights, assign=True)
        self.snapshot = latest


def agent_of(snapshot: Snapshot) -> Agent:
    """Make an agent with the weights of a snapshot."""
    spec = snapshot.spec
    return agent_of_weights(snapshot.config, spec.action_size, spec.action_kind, snapshot.weights)
