"""The available suites: the built-in ones, and those that installed packages offer.

A package offers a suite by an entry point in the group `GROUP`: its name is the prefix, its object a `Suite`. The
program reads the metadata only; the object is imported in processes of its own.
"""

import importlib.metadata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dreamer_studio.envs.errors import EnvError, EnvUnavailableError, in_words
from dreamer_studio.envs.simulator import LoadedTask
from dreamer_studio.envs.suites import dmc, gym, lesson
from dreamer_studio.envs.suites.suite import BuiltInSuite, Suite, TaskInfo, check_prefix
from dreamer_studio.envs.wrappers import EnvOptions
from dreamer_studio.texts import one_line

GROUP: Final = "dreamer_studio.suites"

BUILT_IN: Final[Mapping[str, BuiltInSuite]] = {suite.prefix: suite for suite in (lesson.SUITE, dmc.SUITE, gym.SUITE)}


@dataclass(frozen=True)
class Offer:
    """A suite that an installed package offers, as its metadata says.

    Attributes:
        prefix: The suite's prefix.
        package: The package and its version, e.g. ``toy-suite 0.1``.
        point: The entry point, not loaded.
    """

    prefix: str
    package: str
    point: importlib.metadata.EntryPoint

    @property
    def name(self) -> str:
        """Return the suite in words."""
        return f'the suite "{self.prefix}" of the package {self.package}'


def offers() -> tuple[Offer, ...]:
    """List the suites that installed packages offer, broken ones included."""
    points = importlib.metadata.entry_points(group=GROUP)
    return tuple(sorted((Offer(point.name, _package(point), point) for point in points), key=lambda offer: offer.name))


def offer_of(prefix: str) -> Offer | None:
    """Find the package that offers a suite; None if no package does.

    Raises:
        EnvUnavailableError: If several packages do.
    """
    found = [offer for offer in offers() if offer.prefix == prefix]
    if len(found) > 1:
        packages = " and ".join(offer.package for offer in found)
        raise EnvUnavailableError(f'the packages {packages} both offer a suite "{prefix}": uninstall all but one')
    return found[0] if found else None


def prefixes() -> tuple[str, ...]:
    """List the prefixes of all suites, the built-in ones first."""
    return (*BUILT_IN, *dict.fromkeys(offer.prefix for offer in offers() if offer.prefix not in BUILT_IN))


def prefix_of(task: str) -> str:
    """Return the part of a task before the colon."""
    return task.partition(":")[0]


def package_of(task: str) -> str:
    """Return the package and version that the suite of a task comes from; empty for a built-in one."""
    prefix = prefix_of(task)
    offer = None if prefix in BUILT_IN else offer_of(prefix)
    return "" if offer is None else offer.package


def find_suite(prefix: str) -> Suite:
    """Find a suite, and import it if a package offers it. In environment processes only.

    Raises:
        EnvUnavailableError: If there is none, or if it is broken; the message names its package.
    """
    if prefix in BUILT_IN:
        return BUILT_IN[prefix]
    offer = offer_of(prefix)
    if offer is None:
        raise EnvUnavailableError(f'no installed package offers a suite "{prefix}"')
    try:
        check_prefix(prefix)
        found = offer.point.load()
    except (Exception, SystemExit) as error:
        raise EnvUnavailableError(f"{offer.name} cannot be imported: {one_line(in_words(error))}") from error
    if not isinstance(found, Suite):
        raise EnvUnavailableError(f"{offer.name}: {offer.point.value} is a {type(found).__name__}, not a Suite")
    if found.prefix != prefix:
        raise EnvUnavailableError(f'{offer.name} calls itself "{found.prefix}": both must be the same')
    return found


def load_task(suite: Suite, task: str, options: EnvOptions) -> LoadedTask:
    """Load a task of a suite. In environment processes only.

    Raises:
        EnvError: If the task is unknown or cannot run, or if the suite returns something else.
    """
    loaded = suite.load(task, options)
    if not isinstance(loaded, LoadedTask):
        package = package_of(task)
        raise EnvUnavailableError(f"{task}: load() of {package} returns a {type(loaded).__name__}, not a LoadedTask")
    return loaded


def tasks_of(suite: Suite) -> tuple[TaskInfo, ...]:
    """List the tasks of a suite. In environment processes only.

    Raises:
        EnvError: If the suite cannot be used here, if it fails, or if it lists something else.
    """
    package = package_of(f"{suite.prefix}:")
    try:
        found = tuple(suite.list())
    except EnvError:
        raise
    except Exception as error:
        raise EnvUnavailableError(f"list() of {package} failed: {one_line(in_words(error))}") from error
    for info in found:
        if not isinstance(info, TaskInfo) or not str(info.task).startswith(f"{suite.prefix}:"):
            text = f"{info!r:.80}"
            raise EnvUnavailableError(
                f"list() of {package} gives {text}, which is not a TaskInfo of {suite.prefix}:<task>"
            )
    return found


def _package(point: importlib.metadata.EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist is not None else point.module
