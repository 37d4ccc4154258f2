"""Makes gymnasium environments with the arguments that each accepts. In environment processes only."""

import contextlib
import difflib
import inspect
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import gymnasium
from gymnasium.envs.registration import EnvSpec as Registration
from gymnasium.envs.registration import load_env_creator

from dreamer_studio.arrays import FRAME_SIZE
from dreamer_studio.envs.errors import EnvUnavailableError
from dreamer_studio.envs.suites.gym import old_gym
from dreamer_studio.envs.suites.gym.signatures import COLLECTING, parameters_of

SIZES: Final = (("width", "height"), ("render_width", "render_height"))
"""What constructors call the size of their frames."""

MODE: Final = "render_mode"
_GYMNASIUMS_OWN: Final = ("max_episode_steps", "disable_env_checker")


@dataclass(frozen=True)
class Creator:
    """The class or function that makes an environment, and the arguments that it accepts.

    Attributes:
        make: A class or a function.
        defaults: The names of known arguments, with their defaults; `inspect.Parameter.empty` for none.
        required: Names that have no default.
        takes_others: Whether it may accept arguments of other names.
    """

    make: Any
    defaults: Mapping[str, object]
    required: tuple[str, ...]
    takes_others: bool

    @classmethod
    def of(cls, task: str, registration: Registration) -> "Creator":
        """Load what a registration names.

        Raises:
            EnvUnavailableError: If it names nothing for a single environment, or what it needs is not installed.
        """
        entry = registration.entry_point
        if entry is None:
            raise EnvUnavailableError(f"{task} is registered for many environments in one (gymnasium.make_vec) only")
        with says_what_is_missing(task):
            make = load_env_creator(entry) if isinstance(entry, str) else entry
        defaults: dict[str, object] = {}
        required: tuple[str, ...] = ()
        takes_others = True
        # A constructor passes arguments that it does not name to the constructor of its base class.
        constructors: list[Any] = [each.__init__ for each in make.__mro__] if inspect.isclass(make) else [make]
        for constructor in constructors:
            parameters = {} if constructor is object.__init__ else parameters_of(constructor)
            named = {name: each.default for name, each in parameters.items() if each.kind not in COLLECTING}
            if constructor is constructors[0]:
                required = tuple(name for name, default in named.items() if default is inspect.Parameter.empty)
            defaults = named | defaults
            if not any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters.values()):
                takes_others = constructor is not constructors[0]  # the first constructor may read others itself
                break
        return cls(make, defaults, required, takes_others)

    @property
    def modes(self) -> tuple[str, ...]:
        """Return the declared render modes."""
        metadata = getattr(self.make, "metadata", None)
        return tuple(metadata.get("render_modes") or ()) if isinstance(metadata, Mapping) else ()


@contextlib.contextmanager
def says_what_is_missing(task: str) -> Iterator[None]:
    """Turn a failing import inside into a refusal.

    Raises:
        EnvUnavailableError: If the import needs something that is not installed.
    """
    try:
        yield
    except (gymnasium.error.DependencyNotInstalled, ModuleNotFoundError) as error:
        raise not_installed(task, error) from error
    except ImportError as error:
        if "shared object file" not in str(error):  # otherwise a mistake in the environment
            raise
        raise not_installed(task, error) from error


def not_installed(task: str, error: Exception) -> EnvUnavailableError:
    """Build the refusal for an import that failed."""
    return EnvUnavailableError(f"{task} needs something that is not installed: {error}")


def make(task: str, registration: Registration, creator: Creator, arguments: Mapping[str, object]) -> Any:
    """Make an environment that draws images where it can.

    Args:
        task: What errors call it.
        registration: What to make.
        creator: What the registration names.
        arguments: Its own arguments, which take precedence over the choices made here.

    Raises:
        EnvUnavailableError: If something is not installed, or an argument is missing or not taken.
    """
    _check_arguments(task, creator, registration, arguments)
    with says_what_is_missing(task):
        try:
            return _make(creator, registration, dict(arguments))
        except TypeError as error:
            unknown = re.search(r"unexpected keyword argument '(\w+)'", str(error))
            if unknown is not None and unknown[1] in arguments:
                raise _not_taken(task, creator, unknown[1]) from error
            if "gymnasium.Env" not in str(error):  # gymnasium's words for something that is no Env
                raise
            return old_gym.adapted(task, creator.make, registration, arguments)


def size_offered(
    creator: Creator, registration: Registration, arguments: Mapping[str, object], *, draws_worlds: bool
) -> tuple[str, ...]:
    """Name the two arguments for the size of an environment's frames, if they are larger than needed.

    Args:
        creator: What makes the environment.
        registration: Of the environment.
        arguments: What the user gives; a size that is given is left alone.
        draws_worlds: Whether a camera draws the frames, as in MuJoCo's environments. Elsewhere width and height may be
            the size of a maze or of a game's field.

    Returns:
        The names of width and height, or nothing.
    """
    defaults = {**creator.defaults, **registration.kwargs}
    for size in SIZES if draws_worlds else SIZES[1:]:
        values = [defaults.get(name) for name in size]
        if all(isinstance(value, int) and value > FRAME_SIZE for value in values):
            return () if arguments.keys() & set(size) else size
    return ()


def _make(creator: Creator, registration: Registration, arguments: dict[str, object]) -> Any:
    """Make the environment with rendered arrays, or without them if it refuses."""
    mode = _mode(creator)
    if not mode or MODE in arguments:
        return _made(registration, arguments)
    try:
        return _made(registration, {MODE: mode, **arguments})
    except Exception as error:
        guessed = _may_be_about_mode(error, creator)
        if not guessed and not _is_about_mode(error):
            raise
        refused = error
    try:
        return _made(registration, arguments)
    except Exception:
        if guessed:
            raise refused from None
        raise


def _made(registration: Registration, arguments: dict[str, Any]) -> Any:
    # Gymnasium warns of habits that this package handles, or refuses itself.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return gymnasium.make(registration, disable_env_checker=True, **arguments)


def _mode(creator: Creator) -> str:
    """Choose the render mode to ask for; empty for none."""
    if MODE not in creator.defaults and not creator.takes_others:
        return ""
    drawing = [mode for mode in creator.modes if "rgb_array" in mode]
    if "rgb_array" in drawing or not creator.modes:
        return "rgb_array"
    return drawing[0] if drawing else ""


def _is_about_mode(error: Exception) -> bool:
    return f"argument '{MODE}'" in str(error) or "render mode" in str(error)


def _may_be_about_mode(error: Exception, creator: Creator) -> bool:
    """Judge whether an error may be about the render mode without naming it; only if nothing declares that mode."""
    if MODE not in creator.defaults:
        return isinstance(error, TypeError) and not _is_about_mode(error)
    return isinstance(error, AssertionError) and "rgb_array" not in creator.modes


def _check_arguments(task: str, creator: Creator, registration: Registration, arguments: Mapping[str, object]) -> None:
    given = {*arguments, *registration.kwargs}
    missing = [name for name in creator.required if name not in given and name != MODE]
    if missing:
        line = f"{task}{'&' if '?' in task else '?'}{'&'.join(f'{name}=VALUE' for name in missing)}"
        raise EnvUnavailableError(f"{task} needs {' and '.join(missing)}: write {line}")
    if creator.takes_others:
        return
    for name in arguments:
        if name not in creator.defaults and name not in _GYMNASIUMS_OWN:
            raise _not_taken(task, creator, name)


def _not_taken(task: str, creator: Creator, name: str) -> EnvUnavailableError:
    near = difflib.get_close_matches(name, creator.defaults, n=1, cutoff=0.5)
    takes = ", ".join(each for each in creator.defaults if each != MODE) or "none"
    hint = f"did you mean {near[0]}?" if near else f"it takes {takes}"
    return EnvUnavailableError(f"{task} takes no argument {name}; {hint}")
