"""The command. `--help` says what it can do."""

from __future__ import annotations

import json
import logging
import shlex
import sys
from pathlib import Path
from typing import Annotated

import platformdirs
import typer

from benchmarks.peers.environments import python_of
from benchmarks.peers.implementations import DEFAULT_NAMES, by_name
from benchmarks.peers.machine import describe, groups
from benchmarks.peers.measure import measure_group
from benchmarks.peers.protocol import PAPER, QUICK, Precision
from benchmarks.peers.report import Report

_CACHE = platformdirs.user_cache_path("dreamer-studio") / "peers"


def main(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="A tiny batch, to check that everything works.")] = False,
    compiled: Annotated[bool, typer.Option("--compile", help="Add sheeprl with torch.compile (minutes).")] = False,
    only: Annotated[list[str] | None, typer.Option(help="Only this implementation; may be repeated.")] = None,
    precision: Annotated[
        Precision | None, typer.Option(help="Only this precision; default: all that the processor supports.")
    ] = None,
    warmups: Annotated[int, typer.Option(min=0, help="Warm-up updates per implementation, not counted.")] = 1,
    rounds: Annotated[int, typer.Option(min=1, help="Counted updates per implementation.")] = 3,
    cache: Annotated[Path, typer.Option(help="Folder of the peers' environments.")] = _CACHE,
) -> None:
    """Time a whole DreamerV1 update of ours and of others, side by side on this machine.

    The peers are installed from PyPI into separate environments, which are kept; the first run takes minutes.
    """
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        wanted = [by_name(name) for name in only or DEFAULT_NAMES]
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if compiled:
        wanted.append(by_name("sheeprl-compiled"))
    pythons = {implementation.name: python_of(implementation, cache) for implementation in wanted}
    sizes = QUICK if quick else PAPER
    rows = [
        row
        for group in groups(precision)
        for row in measure_group(pythons, group, sizes, warmups=warmups, rounds=rounds)
    ]
    command = shlex.join(["python", "-m", "benchmarks.peers", *sys.argv[1:]])
    report = Report(command, describe(), sizes, rows)
    typer.echo(json.dumps(report.values(), indent=2) if as_json else report.markdown(), nl=as_json)
    if any(row.error is not None for row in rows):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
