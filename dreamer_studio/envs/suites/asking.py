"""Asks suites for their tasks and settings in separate processes, since only these may import suites."""

from collections.abc import Iterator
from typing import Final

from dreamer_studio.envs import gl, screen
from dreamer_studio.envs.errors import EnvError
from dreamer_studio.envs.interruption import Interruption
from dreamer_studio.envs.suites.gym.known import KNOWN, Package, is_installed
from dreamer_studio.envs.suites.registry import (
    BUILT_IN,
    find_suite,
    offer_of,
    offers,
    prefix_of,
    prefixes,
    tasks_of,
)
from dreamer_studio.envs.suites.suite import Setting, Suite, TaskInfo
from dreamer_studio.envs.worker import ask

PACKAGE_SECONDS: Final = 60.0
"""How long a package may take to import its suite, or to list its tasks."""


def list_tasks(timeout: float = 120.0, interruption: Interruption | None = None) -> tuple[TaskInfo, ...]:
    """List the tasks that are available here.

    The list has the tasks of the lesson, all tasks of the Control Suite, the newest version of each gymnasium
    environment that runs here or would run with one of our extras (the note names the missing extra), and the tasks of
    the suites of installed packages. A suite that cannot answer has one entry, whose note says why.

    Args:
        timeout: Seconds for the built-in suites together.
        interruption: Ends the wait, from any thread.

    Raises:
        EnvError: If the built-in suites cannot be asked.
        WaitInterruptedError: If `interruption` ended the wait.
    """
    built_in = ask("the list of tasks", timeout, _list_built_in, interruption=interruption)
    offered = [_list_offered(prefix, interruption) for prefix in prefixes() if prefix not in BUILT_IN]
    return (*built_in, *(info for infos in offered for info in infos))


def missing_packages() -> tuple[Package, ...]:
    """List the known packages of environments that are not installed."""
    return tuple(package for package in KNOWN if not is_installed(package.module))


def settings_of(task: str, interruption: Interruption | None = None) -> dict[str, Setting]:
    """Return the settings with which the suite of a task begins a new run; none for a suite that is not here.

    Raises:
        EnvError: If the suite cannot be asked; the message names its package.
        WaitInterruptedError: If `interruption` ended the wait.
    """
    prefix = prefix_of(task)
    if prefix in BUILT_IN:
        return BUILT_IN[prefix].settings
    offer = offer_of(prefix)
    return {} if offer is None else ask(offer.name, PACKAGE_SECONDS, _settings, prefix, interruption=interruption)


def broken_suites() -> Iterator[tuple[str, str]]:
    """Find broken suites of packages: import each in its own process.

    Yields:
        The fault, and the package.
    """
    for offer in offers():
        if offer.prefix in BUILT_IN:
            yield f'{offer.name} is ignored: "{offer.prefix}" is built in', offer.package
            continue
        try:
            ask(offer.name, PACKAGE_SECONDS, _settings, offer.prefix)
        except EnvError as error:
            yield str(error), offer.package


def _list_offered(prefix: str, interruption: Interruption | None) -> tuple[TaskInfo, ...]:
    try:
        return ask(f'the suite "{prefix}"', PACKAGE_SECONDS, _list_one, prefix, interruption=interruption)
    except EnvError as error:
        return (TaskInfo(f"{prefix}:<task>", str(error), str(error)),)


def _list_built_in() -> tuple[TaskInfo, ...]:
    """List the tasks of the built-in suites. In a child process only."""
    _prepare()
    return tuple(info for suite in BUILT_IN.values() for info in _list_or_say_why(suite))


def _list_or_say_why(suite: Suite) -> tuple[TaskInfo, ...]:
    try:
        return tasks_of(suite)
    except EnvError as error:
        return (TaskInfo(f"{suite.prefix}:{suite.form}", str(error), str(error)),)


def _list_one(prefix: str) -> tuple[TaskInfo, ...]:
    """List the tasks of a package's suite. In a child process only."""
    _prepare()
    return tasks_of(find_suite(prefix))


def _settings(prefix: str) -> dict[str, Setting]:
    """Return the settings of a package's suite. In a child process only."""
    _prepare()
    return find_suite(prefix).settings


def _prepare() -> None:
    """Prepare this process to import suites, which must neither render a frame nor open a window."""
    screen.draw_nowhere("dummy")
    gl.use_backend("disable")
