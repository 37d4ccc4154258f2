"""Tells the user about the safety bound, which cuts the episodes of a task without a time limit."""

from __future__ import annotations

from collections.abc import Iterator

from dreamer_studio.envs import EnvSpec
from dreamer_studio.training.events import EpisodeEnded, Recovered


def warning(spec: EnvSpec) -> str:
    """Return a warning that only the safety bound limits episodes; empty if there is another limit."""
    if spec.limit_source != "safety bound":
        return ""
    return (
        f"Neither {spec.task} nor time_limit sets a time limit: an episode that does not end by itself is cut after "
        f"{spec.time_limit:,} environment steps"
    )


class SafetyBound:
    """Explains the first episode that the safety bound cuts."""

    def __init__(self, spec: EnvSpec) -> None:
        self._spec = spec
        self._told = False

    def tell(self, ended: EpisodeEnded) -> Iterator[EpisodeEnded | Recovered]:
        """Yield the end of an episode, and after the first cut by the safety bound an explanation."""
        yield ended
        if self._spec.limit_source == "safety bound" and ended.end == "cut" and not self._told:
            self._told = True
            yield Recovered(
                f"An episode was cut at the safety bound of {self._spec.time_limit:,} environment steps: "
                f"{self._spec.task} may never end an episode by itself. A new run with --set time_limit=N cuts its "
                "episodes after N environment steps."
            )
