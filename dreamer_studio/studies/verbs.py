"""The verbs of ``dreamer-studio study``. Each imports heavy modules only when needed."""

from __future__ import annotations

import contextlib
import enum
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dreamer_studio.system.streams import OutputError, write_path

if TYPE_CHECKING:
    from dreamer_studio.studies.launching import Launcher
    from dreamer_studio.studies.plan import Plan
    from dreamer_studio.studies.study_folder import FoundStudy

app = typer.Typer(help="Train many runs from one file: tasks x settings x seeds.", rich_markup_mode=None)


class Place(enum.StrEnum):
    """Where a study is trained."""

    LOCAL = "local"
    RAY = "ray"
    PRINT = "print"
    SLURM = "slurm"


StudyArgument = Annotated[Path, typer.Argument(metavar="STUDY", help="Study file, or the folder of a study.")]
FolderOption = Annotated[
    Path | None,
    typer.Option(
        "--folder", metavar="DIR", help="Folder of the runs; default: named after the study, beside its file."
    ),
]


@app.command("new")
def new_study(
    path: Annotated[Path, typer.Argument(metavar="[PATH]", help="The new file.")] = Path("study.toml"),
    task: Annotated[str | None, typer.Option(help="Write a study of this task, named like the file.")] = None,
    preset: Annotated[str, typer.Option(help="With --task: the preset of all runs.")] = "laptop",
    seeds: Annotated[str, typer.Option(help="With --task: the seeds, such as 0-4 or '1 2 3'.")] = "0-2",
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="With --task: a setting of all runs.")
    ] = None,
    cpus: Annotated[int, typer.Option(metavar="N", help="With --task: processor cores of a run.")] = 1,
    gpus: Annotated[float, typer.Option(metavar="PART", help="With --task: part of a GPU for a run.")] = 0.0,
) -> None:
    """Write an example of a study file, with comments; with --task, a study of several seeds."""
    if task is None:
        from dreamer_studio.studies.example import write_example

        if settings:
            raise typer.BadParameter("--set needs --task")
        write_example(path)
    else:
        from dreamer_studio.studies.seeds import parse_seeds
        from dreamer_studio.studies.writing import SUFFIX, seeds_study, write_study

        if path.suffix != SUFFIX:
            raise typer.BadParameter(f"{path}: the name of a study's file ends with {SUFFIX}")
        try:
            listed = parse_seeds(seeds)
        except ValueError as error:
            raise typer.BadParameter(f"--seeds: {error}") from error
        values = _parse_settings(settings or [])
        study = seeds_study(path.stem, task=task, preset=preset, seeds=listed, settings=values, cpus=cpus, gpus=gpus)
        write_study(path.parent, study)
    write_path(path)


@app.command("status")
def study_status(
    study: StudyArgument,
    folder: FolderOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Show the progress of a study's runs."""
    from dreamer_studio.studies.plan import Plan
    from dreamer_studio.studies.progress_reader import ProgressReader
    from dreamer_studio.studies.study_folder import find_study
    from dreamer_studio.studies.table import as_text

    found = find_study(study, folder)
    progress = ProgressReader(found.folder).study(Plan(found.study))
    typer.echo(json.dumps(progress.as_dict(), indent=2) if as_json else as_text(progress))


@app.command("run")
def run_study(
    study: StudyArgument,
    on: Annotated[
        Place,
        typer.Option("--on", help="local: here; ray: on a Ray cluster; print: print commands; slurm: print a script."),
    ] = Place.LOCAL,
    folder: FolderOption = None,
    at_once: Annotated[
        int | None,
        typer.Option(min=1, max=1024, metavar="N", help="Most runs at once; default: as the machine allows."),
    ] = None,
    runs: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="The number of runs, for a study with more than 200.")
    ] = None,
    address: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="The Ray cluster to join; default: start Ray here.")
    ] = None,
) -> None:
    """Train the runs that are not finished. A second call continues where the first one ended."""
    from dreamer_studio.studies.agreement import agree
    from dreamer_studio.studies.checking import check_folder
    from dreamer_studio.studies.plan import Plan
    from dreamer_studio.studies.study_folder import find_study

    if at_once is not None and on is not Place.LOCAL:
        raise typer.BadParameter("--at-once belongs to --on local")
    if address is not None and on is not Place.RAY:
        raise typer.BadParameter("--address belongs to --on ray")
    found = find_study(study, folder)
    agree(found, found.study.run_count, runs)
    plan = Plan(found.study)
    plan.check_names()
    check_folder(found, plan)
    if on in {Place.PRINT, Place.SLURM}:
        _print_commands(found, plan, on)
        return
    raise typer.Exit(_train(found, plan, _launcher(on, at_once, address)))


@app.command("stop")
def stop_study(study: StudyArgument, folder: FolderOption = None) -> None:
    """Let the trainings of a study save and end."""
    from dreamer_studio.studies.plan import Plan
    from dreamer_studio.studies.stopping import request_stop
    from dreamer_studio.studies.study_folder import find_study

    found = find_study(study, folder)
    for sentence in request_stop(Plan(found.study), found.folder):
        typer.echo(sentence)


def _parse_settings(settings: list[str]) -> dict[str, Any]:
    """Return the values of settings given as key=value.

    Raises:
        ConfigError: an unknown setting, or a value that it cannot have.
        typer.BadParameter: a text without an equals sign.
    """
    from dreamer_studio.config import ConfigError, parse_setting

    values = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals:
            raise typer.BadParameter(f"--set takes key=value, not {setting!r}")
        try:
            values[name] = parse_setting(name, text)
        except ConfigError as error:
            raise ConfigError(f"{name}: {error}") from error
    return values


def _launcher(on: Place, at_once: int | None, address: str | None) -> Launcher:
    """Return the launcher for a place."""
    if on is Place.RAY:
        from dreamer_studio.studies.ray.entrance import ray_launcher

        return ray_launcher(address)
    from dreamer_studio.studies.local.launcher import LocalLauncher

    return LocalLauncher(at_once)


def _train(found: FoundStudy, plan: Plan, launcher: Launcher) -> int:
    """Train the runs, and return the exit code."""
    from dreamer_studio.studies.table import outcome_text

    found.folder.keep(found.text)
    outcome = launcher.launch(plan, found.folder, _tell)
    code = outcome.exit_code
    with contextlib.suppress(*[OutputError] if code else []):  # the exit code matters more than lost output
        typer.echo(outcome_text(outcome, found.folder.path))
    return code


def _print_commands(found: FoundStudy, plan: Plan, on: Place) -> None:
    """Print the commands of the runs that are neither finished nor in training."""
    from dreamer_studio.studies.printing import USUAL_ARRAY, command_line, missing_jobs, slurm_script

    array, count = [], 0
    for job in missing_jobs(plan, found.folder):
        count += 1
        if on is Place.PRINT:
            typer.echo(command_line(job))
        else:
            array.append(job)
    if array:
        typer.echo("\n".join(slurm_script(array, found.study, Path.cwd())))
    if count < len(plan):
        _tell(f"left out {len(plan) - count:,} of {len(plan):,} runs, which are finished or in training")
    if len(array) > USUAL_ARRAY:
        _tell(f"{len(array):,} jobs: SLURM usually takes {USUAL_ARRAY:,} in an array; ask for its MaxArraySize")


def _tell(line: str) -> None:
    with contextlib.suppress(OSError):  # the terminal is gone; the trainings continue
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
