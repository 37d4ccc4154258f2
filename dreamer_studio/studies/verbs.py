"""The verbs of ``dreamer-studio study``. Each imports heavy modules only when needed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from dreamer_studio.system.streams import write_path

app = typer.Typer(help="Train many runs from one file: tasks x settings x seeds.", rich_markup_mode=None)

StudyArgument = Annotated[Path, typer.Argument(metavar="STUDY", help="Study file, or the folder of a study.")]
FolderOption = Annotated[
    Path | None,
    typer.Option("--folder", metavar="DIR", help="Folder of the runs; default: the study's name, beside its file."),
]


@app.command("new")
def new_study(
    path: Annotated[Path, typer.Argument(metavar="[PATH]", help="The new file.")] = Path("study.toml"),
) -> None:
    """Write an example of a study file, with comments."""
    from dreamer_studio.studies.example import write_example

    write_example(path)
    write_path(path)


@app.command("status")
def study_status(
    study: StudyArgument,
    folder: FolderOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Say how far the runs of a study are."""
    from dreamer_studio.studies.plan import Plan
    from dreamer_studio.studies.status import read_status
    from dreamer_studio.studies.study_folder import find_study
    from dreamer_studio.studies.table import as_text

    found = find_study(study, folder)
    status = read_status(Plan(found.study), found.folder)
    typer.echo(json.dumps(status.as_dict(), indent=2) if as_json else as_text(status))
