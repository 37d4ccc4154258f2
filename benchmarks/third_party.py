"""Install packages that register environments, each into its own virtual environment, and try our command with them.

    python -m benchmarks.third_party [--list] [--results FILE] [--films FOLDER] [--sheet PNG] [--steps 300] [NAME ...]

A virtual environment sees the packages of this interpreter, plus those that pip adds or replaces when it installs the
package together with our own requirements. The environments are kept in your user cache. Each task is trained for a few
steps and filmed. The results are written as JSON and printed as a table; results of other packages stay.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import logging
import platform
import re
import shlex
import sys
import sysconfig
import tempfile
import textwrap
import tomllib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Final

import imageio.v3 as iio
import numpy as np
import platformdirs
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from benchmarks.environments import InstallError, own_packages, python_with
from benchmarks.packages import PACKAGES, Package, named
from benchmarks.tried import ROOT, Place, Tried, film_name, try_task, untried

logger = logging.getLogger(__name__)

CACHE: Final = platformdirs.user_cache_path("dreamer-studio") / "third-party"
RESULTS: Final = ROOT / "docs" / "results" / "third-party.json"
MOST_LETTERS: Final = 200
"""Maximum length of a result in the table; the JSON has the whole text."""

SHEET_COLUMNS: Final = 6
SHEET_PIXELS: Final = 128
SHEET_LETTERS: Final = 21


def main() -> None:
    """Try the named packages, write the results, and print them all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="packages to try; default: all")
    parser.add_argument("--list", action="store_true", help="only list the packages and their tasks")
    parser.add_argument("--results", type=Path, default=RESULTS, help="JSON to write")
    parser.add_argument("--films", type=Path, default=CACHE / "films", help="folder for the films")
    parser.add_argument("--sheet", type=Path, help="a .png file for a frame of each film")
    parser.add_argument("--steps", type=int, default=300, help="environment steps of each training")
    options = parser.parse_args()
    try:
        packages = named(options.names)
    except ValueError as error:
        parser.error(str(error))
    if options.list:
        for package in packages:
            sys.stdout.write(f"{package.name:<22}{' '.join(package.tasks)}\n")
        return
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    options.films.mkdir(parents=True, exist_ok=True)
    results = _read(options.results)
    for package in packages:
        for tried in try_package(package, options.films, options.steps):
            logger.info("%s: %s", tried.task, tried.result())
            results[tried.package, tried.task] = tried
        _write(options.results, _in_order(results))
    sys.stdout.write(table(_in_order(results)))
    if options.sheet:
        iio.imwrite(options.sheet, _contact_sheet(_in_order(results), options.films))


def try_package(package: Package, films: Path, steps: int) -> list[Tried]:
    """Install a package and try each of its tasks."""
    home = CACHE / f"{package.name}-python-{sys.version_info.major}.{sys.version_info.minor}"
    try:
        python = python_with((*package.requirements, *_own_requirements()), home, sharing=True)
    except InstallError as error:
        reason = package.note or _error_line(str(error))
        return [dataclasses.replace(untried(package, task, steps), last_line=reason) for task in package.tasks]
    versions = _versions(package, own_packages(python))
    with tempfile.TemporaryDirectory() as scratch:
        place = Place(python, films, Path(scratch), steps)
        return [try_task(package, task, versions, place) for task in package.tasks]


def table(results: Iterable[Tried]) -> str:
    """Return the results in Markdown."""
    lines = ["| pip install | versions | task | sees | acts | result |", "|---|---|---|---|---|---|"]
    for tried in results:
        versions = ", ".join(f"{name} {version}" for name, version in tried.versions.items())
        install = f"`{shlex.join(tried.requirements)}`"
        result = textwrap.shorten(tried.result(), MOST_LETTERS, placeholder=" ...")
        cells = (install, versions, f"`{tried.task}`", tried.sees, tried.acts, result)
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _own_requirements() -> list[str]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return list(tomllib.load(file)["project"]["dependencies"])


def _error_line(said: str) -> str:
    errors = (line.removeprefix("ERROR: ") for line in said.splitlines() if line.startswith("ERROR: "))
    return next(errors, said)


def _versions(package: Package, own: str) -> dict[str, str]:
    here, there = _distributions(sysconfig.get_path("purelib")), _distributions(own)
    asked_for = {_plain(re.split(r"[^\w.-]", requirement)[0]) for requirement in package.requirements}
    replaced = {name for name in there.keys() & here.keys() if there[name] != here[name]}
    others = (asked_for & there.keys() | replaced) - {_plain(package.name)}
    return {name: (here | there)[name] for name in (_plain(package.name), *sorted(others))}


def _distributions(folder: str) -> dict[str, str]:
    return {_plain(each.name): each.version for each in metadata.distributions(path=[folder])}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _read(path: Path) -> dict[tuple[str, str], Tried]:
    tried = json.loads(path.read_text(encoding="utf-8"))["tried"] if path.exists() else []
    return {(each["package"], each["task"]): Tried(**each) for each in tried}


def _write(path: Path, results: list[Tried]) -> None:
    content = {
        "command": "python -m benchmarks.third_party",
        "system": platform.platform(),
        "python": platform.python_version(),
        "tried": [dataclasses.asdict(tried) for tried in results],
    }
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _in_order(results: dict[tuple[str, str], Tried]) -> list[Tried]:
    """Sort the results as in the list of packages, without tasks that are no longer in the list."""
    keys = [(package.name, task) for package in PACKAGES for task in package.tasks]
    return [results[key] for key in keys if key in results]


def _contact_sheet(results: list[Tried], films: Path) -> NDArray[np.uint8]:
    """Draw a frame from the middle of each film, with its name: uint8 (height, width, 3)."""
    shown = [tried for tried in results if tried.frames]
    height = SHEET_PIXELS + 14
    sheet = Image.new("RGB", (SHEET_COLUMNS * SHEET_PIXELS, -(-len(shown) // SHEET_COLUMNS) * height), "white")
    draw = ImageDraw.Draw(sheet)
    for number, tried in enumerate(shown):
        with np.load(films / f"{film_name(tried.package, tried.task)}.npz") as arrays:
            frame = Image.fromarray(arrays["real"][0, arrays["real"].shape[1] // 2])
        left, top = number % SHEET_COLUMNS * SHEET_PIXELS, number // SHEET_COLUMNS * height
        sheet.paste(frame.resize((SHEET_PIXELS, SHEET_PIXELS), Image.Resampling.NEAREST), (left, top))
        name = tried.task.rpartition(":")[2].partition("?")[0]
        draw.text((left + 2, top + SHEET_PIXELS), name[:SHEET_LETTERS], fill="black")
    return np.array(sheet)


if __name__ == "__main__":
    main()
