"""The agents of checkpoints, kept for the next comparison."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from textwrap import shorten

import torch

from dreamer_studio.envs import EnvSpec
from dreamer_studio.runs.errors import InputError
from dreamer_studio.runs.trained_agent import TrainedAgent, load_agent_at
from dreamer_studio.session import Session
from dreamer_studio.viewing.compare.messages import Contestant

MOST_AGENTS = 6


class CheckpointAgents:
    """Loads the agents of checkpoints, and keeps the `MOST_AGENTS` most recently used ones."""

    def __init__(self, session: Session, device: torch.device) -> None:
        self._session = session
        self.device = device
        self._agents: OrderedDict[tuple[Path, int], TrainedAgent] = OrderedDict()

    def __len__(self) -> int:
        return len(self._agents)

    def load(self, contestant: Contestant) -> TrainedAgent:
        """Return the agent of a checkpoint, from memory or from its files.

        Raises:
            InputError, ConfigError, OSError: the checkpoint cannot be used.
        """
        key = contestant.path, contestant.path.stat().st_mtime_ns  # after going back, a training may reuse a name
        trained = self._agents.pop(key, None)
        if trained is None:
            trained = load_agent_at(contestant.path, self.device)
            self.check(trained, contestant.run)
        self._agents[key] = trained
        while len(self._agents) > MOST_AGENTS:
            self._agents.popitem(last=False)
        return trained

    def check(self, trained: TrainedAgent, run: str) -> None:
        """Refuse an agent whose actions differ from this run's, because it cannot follow the recorded actions.

        Raises:
            InputError: the agent's actions differ.
        """
        spec, theirs = self._session.status.get().spec, trained.spec
        if spec is not None and (theirs.action_kind, theirs.action_names) != (spec.action_kind, spec.action_names):
            raise InputError(
                f"{run} is of {theirs.task}, whose actions are {_actions(theirs)}; those of {spec.task} are "
                f"{_actions(spec)}. Choose a run with the same actions."
            )

    def forget(self, run: Path) -> None:
        """Drop the agents of a run folder."""
        for key in [key for key in self._agents if key[0].is_relative_to(run)]:
            del self._agents[key]


def _actions(spec: EnvSpec) -> str:
    return f"{spec.action_size} {spec.action_kind} ({shorten(', '.join(spec.action_names), 40, placeholder=' ...')})"
