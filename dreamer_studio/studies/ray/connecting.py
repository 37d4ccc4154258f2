"""Starts Ray on this machine, or joins a cluster."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import ray
from ray.exceptions import AuthenticationError

from dreamer_studio.studies.local.capacity import capacity, memory_of_runs
from dreamer_studio.studies.plan import Plan
from dreamer_studio.studies.ray.address import AUTO
from dreamer_studio.studies.ray.needs import GL, needs_of, too_large
from dreamer_studio.studies.study import StudyError
from dreamer_studio.texts import one_line

_STORE_BYTES: Final = 100 * 2**20  # a trial puts nothing into Ray's memory for objects
_TOKEN: Final = "copy ~/.ray/auth_token from the machine on which the cluster was started, or set RAY_AUTH_TOKEN"


@contextlib.contextmanager
def connected(plan: Plan, address: str | None) -> Iterator[str]:
    """Connect to Ray inside the block. Yield a sentence about the machines.

    Args:
        plan: decides how many runs train at once here.
        address: ``HOST:PORT`` of a cluster, or ``auto``; None to start Ray on this machine. Then Ray listens on
            127.0.0.1 only.

    Raises:
        StudyError: the cluster cannot be joined, or the study needs GPUs that are not here.
    """
    logging.getLogger("ray").setLevel(logging.ERROR)
    logging.getLogger("ray.tune").setLevel(logging.CRITICAL)  # each failed run has its line already
    quiet: dict[str, object] = {"include_dashboard": False, "log_to_driver": False, "logging_level": logging.ERROR}
    if address is None:
        room = capacity(plan, None)
        ray.init(
            address="local",
            num_cpus=room.at_once * plan.study.cpus,
            num_gpus=len(set(room.devices)),
            resources={GL: plan.study.ray.gl_contexts},
            object_store_memory=_STORE_BYTES,
            _memory=room.at_once * memory_of_runs(plan),
            _node_ip_address="127.0.0.1",
            **quiet,
        )
    else:
        _join(address, quiet)
    # Ray writes the logs of lost machines to standard output.
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        try:
            yield _machines(plan)
        finally:
            ray.shutdown()


def _join(address: str, options: dict[str, object]) -> None:
    try:
        ray.init(address=address, **{**options, "include_dashboard": None})
    except (AuthenticationError, ConnectionError, RuntimeError, ValueError, OSError) as error:
        here = "ray start --head" if address == AUTO else f"ray start --address {address}"
        raise StudyError(
            f"{address} refused this machine. Its token may differ: {_TOKEN}. If the tokens are the same, start Ray on "
            f"this machine too: {here} ({one_line(str(error)).partition('. ')[0]})"
        ) from error


def _machines(plan: Plan) -> str:
    nodes = [node for node in ray.nodes() if node["Alive"]]
    has = ray.cluster_resources()
    parts = [f"{len(nodes):,} machine{'' if len(nodes) == 1 else 's'}", f"{has.get('CPU', 0):g} cores"]
    if has.get("GPU"):
        parts.append(f"{has['GPU']:g} GPUs")
    problem = too_large(needs_of(plan, has), [node["Resources"] for node in nodes])
    return "; ".join(filter(None, (", ".join(parts), problem)))
