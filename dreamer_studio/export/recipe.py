"""Recipes: how a film was made, so that the same run can dream from the same frame again.

A film carries its recipe as one JSON object. It may come from a stranger: its size and every value are checked, and
nothing in it is ever run or opened because the recipe says so.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Annotated, Any, Final, Literal

import numpy as np
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from dreamer_studio.texts import one_line

VERSION: Final = 1
MOST_BYTES: Final = 100_000
"""Most bytes of a recipe as text. ffmpeg gets the text as an argument; Linux limits it to 131,072 bytes."""

_MARK: Final = "dreamer_studio_recipe"
_SHOWN: Final = 200
_LONGEST_PATH: Final = 4096
_CHECKED: Final = ConfigDict(strict=True, allow_inf_nan=False, extra="ignore")

Name = Annotated[str, Field(max_length=500)]
Number = Annotated[int, Field(ge=-1, le=10**12)]
Count = Annotated[int, Field(ge=0, le=10**6)]
Value = bool | int | float | Name
Action = Annotated[tuple[float, ...], Field(max_length=1000)]


class RecipeError(ValueError):
    """A file has no recipe, or a damaged recipe; the message is one line."""


@dataclass(frozen=True, config=_CHECKED)
class Weights:
    """The weights that drew a film.

    Attributes:
        update: the update that produced them.
        step: environment steps until then; -1 if unknown.
        checkpoint: the name of the checkpoint that held them when the film was made; empty if there was none.
        run: the name of the run, if it is another run than the film's; else empty.
    """

    update: Number
    step: Number = -1
    checkpoint: Name = ""
    run: Name = ""


@dataclass(frozen=True, config=_CHECKED)
class Scene:
    """The frame from which a film dreams, and what happens from there.

    Attributes:
        episode: the number of the episode.
        frame: the row of the last frame that the model saw; 0 is the reset.
        context: number of frames that the model saw.
        length: dreamed steps.
        actor: who acts after the context, and after `actions`.
        seed: seed of the noise.
        running: whether the episode was still running; afterwards it is stored under the same number.
        watched: whether the episode was played only to watch the run, and so was never stored.
        file: the name of the scene's file, if the frames came from a file; else empty.
        test: the update whose weights played the test of the episode; -1 for an episode of the training. `watched` says
            that the window played this test, so that it was never stored.
        actions: the actions after the context; none if the actor gives them, or if they are left out.
        branch: the name of the branch; empty for the dream itself.
        edited: rows whose latents the user changed.
        shortened: whether the actions are left out because the recipe would be too long.
    """

    episode: Number
    frame: Number
    context: Annotated[int, Field(ge=1, le=10_000)]
    length: Annotated[int, Field(ge=0, le=10_000)]
    actor: Literal["recorded", "sample", "mode"]
    seed: Number
    running: bool = False
    watched: bool = False
    file: Name = ""
    actions: Annotated[tuple[Action, ...], Field(max_length=10_000)] = ()
    branch: Name = ""
    edited: Annotated[tuple[Number, ...], Field(max_length=10_000)] = ()
    shortened: bool = False
    test: Number = -1


@dataclass(frozen=True, config=_CHECKED)
class Sequences:
    """How a film draws sequences of stored episodes, as the command ``dream`` does.

    Attributes:
        count: number of sequences.
        length: number of frames.
        context: frames that the model saw first.
        seed: seed of the choice and of all noise.
        begins: the episode and the row at which each sequence begins.
    """

    count: Count
    length: Count
    context: Count
    seed: Number
    begins: Annotated[tuple[tuple[Number, Number], ...], Field(max_length=1000)] = ()


@dataclass(frozen=True, config=_CHECKED)
class Drawing:
    """How a film was drawn: the arguments of `export.write`, and the frames of the scene that it shows, from 1."""

    fps: Count = 0
    scale: Count = 0
    curves: bool = False
    colors: Name = ""
    first: Count = 0
    last: Count = 0


@dataclass(frozen=True, config=_CHECKED)
class Recipe:
    """How a film was made.

    Attributes:
        kind: the kind of film, such as "scene", "comparison", "last seconds", "imagined" or "open-loop".
        task: the run's task.
        preset: the run's preset.
        run: the name of the run folder.
        folder: where the run folder was, for a search; nothing is opened because a recipe names it.
        settings: the run's settings that differ from the preset.
        weights: what drew the film: one entry, or several of a comparison.
        scene: where the film dreams from; None if it has no single frame.
        sequences: how it draws stored episodes; None for films of the screen.
        drawing: how it was drawn.
        program: the version of the program.
    """

    kind: Name
    task: Name
    preset: Name = ""
    run: Name = ""
    folder: Annotated[str, Field(max_length=_LONGEST_PATH)] = ""
    settings: Annotated[dict[Name, Value], Field(max_length=500)] = Field(default_factory=dict)
    weights: Annotated[tuple[Weights, ...], Field(max_length=1000)] = ()
    scene: Scene | None = None
    sequences: Sequences | None = None
    drawing: Drawing = Field(default_factory=Drawing)
    program: Name = ""


_ADAPTER: TypeAdapter[Recipe] = TypeAdapter(Recipe)


def as_dict(recipe: Recipe) -> dict[str, Any]:
    """Return a recipe as values of JSON, with its version first."""
    return {_MARK: VERSION, **_ADAPTER.dump_python(recipe, mode="json", exclude_defaults=True)}


def as_text(recipe: Recipe, most: int = MOST_BYTES) -> str:
    """Write a recipe as JSON in ASCII, of at most `most` bytes; to fit, leave out actions, then all that is long."""
    for shorter in (lambda whole: whole, _without_actions, _shortest):
        text = json.dumps(as_dict(shorter(recipe)), separators=(",", ":"))
        if len(text) <= most:
            return text
    raise ValueError(f"a recipe of {len(text):,} bytes does not fit into {most:,}")


def from_text(text: str | bytes, name: str) -> Recipe:
    """Read a recipe.

    Args:
        text: the JSON.
        name: the file's name, for messages.

    Raises:
        RecipeError: the text is too long, is not JSON, is no recipe, or has a wrong value.
    """
    if len(text) > MOST_BYTES:
        raise RecipeError(f"{name} has a recipe of more than {MOST_BYTES:,} bytes.")
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RecipeError(f"The recipe of {name} is damaged: it is not JSON.") from error
    version = values.get(_MARK) if isinstance(values, dict) else None
    if type(version) is not int:
        raise RecipeError(f"{name} carries no recipe of Dreamer Studio.")
    if version != VERSION:
        raise RecipeError(f"{name} has a recipe of version {version}; this program reads version {VERSION}.")
    del values[_MARK]
    try:
        return _ADAPTER.validate_json(json.dumps(values))
    except (ValidationError, ValueError) as error:
        raise RecipeError(f"The recipe of {name} is damaged: {_reason(error)}.") from error


def is_recipe(text: str | bytes) -> bool:
    """Return whether a text looks like a recipe."""
    start = text[:_SHOWN]
    return _MARK in (start.decode("latin-1") if isinstance(start, bytes) else start)


def run_names(folder: Path) -> tuple[str, str]:
    """Return a recipe's `run` and `folder`. The home folder is written as ~, so that a film does not name its user."""
    absolute, home = folder.absolute(), Path.home()
    inside = absolute.is_relative_to(home)
    hint = str(PurePath("~", absolute.relative_to(home))) if inside else str(absolute)
    return absolute.name, hint if len(hint) <= _LONGEST_PATH else ""


def rounded(actions: Any) -> tuple[Action, ...]:
    """Return actions (n, A), float32, in the fewest digits that keep the numbers; no actions if any is not finite."""
    if not np.isfinite(actions).all():
        return ()
    return tuple(tuple(float(str(value)) for value in row) for row in actions)


def _without_actions(recipe: Recipe) -> Recipe:
    if recipe.scene is None or not recipe.scene.actions:
        return recipe
    return replace(recipe, scene=replace(recipe.scene, actions=(), shortened=True))


def _shortest(recipe: Recipe) -> Recipe:
    short = _without_actions(recipe)
    scene = short.scene and replace(short.scene, edited=short.scene.edited[:10])
    return replace(short, scene=scene, settings={}, weights=short.weights[:10], folder="")


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        return one_line(f"{place}: {first['msg'].lower()}")[:_SHOWN]
    return one_line(str(error))[:_SHOWN]
