"""The resources that a trial needs from its machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from dreamer_studio.studies.local.capacity import memory_of_runs
from dreamer_studio.studies.plan import Plan
from dreamer_studio.texts import size_words

GL: Final = "gl"
"""Name of the resource that counts the OpenGL contexts of a machine."""


def needs_of(plan: Plan, cluster: Mapping[str, float]) -> dict[str, float]:
    """Return the resources of a trial by the names that Ray gives them in a cluster.

    Args:
        plan: the study.
        cluster: resources of the whole cluster. A trial needs an OpenGL context where machines count them.
    """
    needs: dict[str, float] = {"CPU": plan.study.cpus, "memory": memory_of_runs(plan)}
    if plan.study.gpus:
        needs["GPU"] = plan.study.gpus
    if GL in cluster:
        needs[GL] = 1
    return needs


def too_large(needs: Mapping[str, float], machines: Iterable[Mapping[str, float]]) -> str:
    """Return a sentence if no machine is large enough for a run, since Ray would silently wait for such a machine."""
    if any(all(has.get(name, 0) >= amount for name, amount in needs.items()) for has in machines):
        return ""
    words = [f"{needs['CPU']:g} cores", f"{size_words(needs['memory'])} of memory"]
    words += [f"{needs[name]:g} {name}" for name in ("GPU", GL) if name in needs]
    return f"no machine is large enough for a run ({', '.join(words)}): runs start when such a machine joins"
