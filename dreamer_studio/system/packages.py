"""Packages that do not fit the requirements, and the commands that fix this."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

_OURS: Final = "dreamer-studio"
_CONTROL_SUITE: Final = "dm-control"
_NEVER_IMPORTED: Final = "labmaze"  # dm_control requires it, but the suite does not use it


@dataclass(frozen=True)
class Misfit:
    """A package that is missing, or has a version outside the range.

    Attributes:
        name: The package.
        versions: The range that satisfies every requirement here.
        installed: The version that is installed; "" for a missing package.
        alone: Whether pip must omit the package's own requirements, since it cannot install them here.
    """

    name: str
    versions: SpecifierSet
    installed: str
    alone: bool

    @property
    def what(self) -> str:
        """The fault in words."""
        if not self.installed:
            return f"{self.name} is not installed"
        return f"{self.name} {self.installed} is installed, but {self.name}{self.versions} is needed"

    @property
    def mend(self) -> str:
        """The command that installs a fitting version into this environment."""
        alone = " --no-deps" if self.alone else ""
        return f'{_install_command()}{alone} "{self.name}{self.versions}"'

    def __str__(self) -> str:
        return f"{self.what}: {self.mend}"


def misfits() -> tuple[Misfit, ...]:
    """Find every package that does not fit what this program and the installed dm_control require."""
    needs: dict[str, list[Requirement]] = {}
    for requirement in (*_required_by(_OURS), *_required_by(_CONTROL_SUITE)):
        needs.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return tuple(misfit for name, stated in needs.items() if (misfit := _misfit(name, stated)) is not None)


def misfits_of(package: str) -> tuple[Misfit, ...]:
    """Find the misfits among a package and its requirements, which can keep the package from working."""
    names = {canonicalize_name(name) for name in (package, *(need.name for need in _required_by(package)))}
    return tuple(misfit for misfit in misfits() if misfit.name in names)


def version_of(package: str) -> str:
    """Read the version of an installed package; "" for a missing one."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _required_by(distribution: str) -> Iterator[Requirement]:
    """List the requirements for this Python, always with dm_control: its marker only says who installs it."""
    if not version_of(distribution):
        return
    for requirement in map(Requirement, importlib.metadata.requires(distribution) or ()):
        name = canonicalize_name(requirement.name)
        if name == _CONTROL_SUITE or (_applies(requirement) and name != _NEVER_IMPORTED):
            yield requirement


def _applies(requirement: Requirement) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": ""})


def _misfit(name: str, requirements: list[Requirement]) -> Misfit | None:
    versions = SpecifierSet()
    for requirement in requirements:
        versions &= requirement.specifier
    installed = version_of(name)
    if installed and versions.contains(installed, prereleases=True):
        return None
    return Misfit(name, versions, installed, alone=not all(map(_applies, requirements)))


def _install_command() -> str:
    """Return the command that installs into this environment, which may lack pip if uv or pipx made it."""
    if importlib.util.find_spec("pip"):
        return f"{sys.executable} -m pip install"
    environment = Path(sys.prefix)
    if (environment / "pipx_metadata.json").is_file():
        return f"pipx runpip {environment.name} install"
    return f"uv pip install --python {sys.executable}"
