"""Dreams again as a film did, in the run that its recipe names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dreamer_studio.config import ConfigError
from dreamer_studio.export.recipe import Recipe, Scene
from dreamer_studio.runs.errors import InputError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.viewing.frame_ref import FrameRef, HeldOutTest
from dreamer_studio.viewing.scene.messages import SceneRequest

MOST_CONTEXT, MOST_LENGTH = 200, 2000


@dataclass(frozen=True)
class Runs:
    """The runs that a film may come from.

    Attributes:
        folder: the run to open at once: the user lists it, and it fits the recipe. None if there is no such run.
        elsewhere: if there is no such run, another folder that may hold it, by its path alone: only the user decides
            whether to read from there. None if there is no such folder.
    """

    folder: Path | None
    elsewhere: Path | None


def runs_of(recipe: Recipe, film: Path, roots: Sequence[Path], known: Iterable[Path]) -> Runs:
    """Find the run of a film by its name and task: around the film, where the recipe says, and in the listed folders.

    Args:
        recipe: the film's recipe.
        film: the film.
        roots: the folders whose runs the user lists.
        known: further runs that the user has opened.
    """
    listed, candidates = _Listed(roots, known), list(_candidates(recipe, film, roots))
    fitting = next((folder for folder in candidates if listed.has(folder) and fits(folder, recipe)), None)
    elsewhere = None if fitting else next((folder for folder in candidates if not listed.has(folder)), None)
    return Runs(fitting, elsewhere)


def fits(folder: Path, recipe: Recipe) -> bool:
    """Return whether a folder is a run of the recipe's task."""
    try:
        return RunFolder(folder).read().task == recipe.task
    except (InputError, ConfigError, OSError, ValueError):
        return False


def request_for(recipe: Recipe, film: Path, run: Path, *, watching: bool) -> SceneRequest:
    """Return the request that dreams as a film did.

    Args:
        recipe: the film's recipe.
        film: the film, beside which a scene's file may lie.
        run: the folder of the open run.
        watching: whether the run is only watched.

    Raises:
        ValueError: the frame is not available; the message says why.
    """
    scene = recipe.scene
    if scene is None:
        raise ValueError(f"{film.name} dreams from no single frame.")
    if scene.frame < 0 or scene.episode < 0:
        raise ValueError(f"{film.name} does not say from which frame it dreams.")
    return SceneRequest(
        _frame_of(scene, film, run, watching=watching),
        context=min(scene.context, MOST_CONTEXT),
        length=max(1, min(scene.length, MOST_LENGTH)),
        actor=scene.actor,
        seed=max(0, scene.seed),
        actions=scene.actions[:MOST_LENGTH],
    )


def differences(recipe: Recipe, update: int) -> list[str]:
    """Return sentences on how a dream with the weights of an update differs from the film's dream."""
    scene, said = recipe.scene, []
    updates = [one.update for one in recipe.weights]
    if len(updates) > 1:
        said.append(f"The film shows {len(updates)} checkpoints; this is update {update:,}.")
    elif updates and updates[0] != update:
        said.append(f"The film was made with update {updates[0]:,}; this is update {update:,}.")
    if scene is None:
        return said
    if recipe.sequences is not None or scene.branch:
        said.append("The noise is not the film's.")
    if scene.edited:
        said.append("Its changes of latents are left out.")
    if scene.shortened or recipe.kind == "last seconds":
        said.append("The film does not hold its actions.")
    return said


def _frame_of(scene: Scene, film: Path, run: Path, *, watching: bool) -> FrameRef:
    if scene.file:
        return FrameRef(False, scene.episode, scene.frame, str(_scene_file(scene.file, film, run)))
    if scene.watched and (scene.test >= 0 or not watching):
        purpose = "judge the model" if scene.test >= 0 else "watch the run"
        raise ValueError(f"{film.name} dreams from an episode that was played only to {purpose}, and not stored.")
    if scene.test >= 0:
        return FrameRef(False, scene.episode, scene.frame, test=HeldOutTest(scene.test))
    return FrameRef(scene.running and scene.watched == watching, scene.episode, scene.frame)


def _scene_file(name: str, film: Path, run: Path) -> Path:
    for folder in (film.parent, RunFolder(run).dreams):
        if _is_plain(name) and (folder / name).is_file():
            return folder / name
    raise ValueError(f"{film.name} dreams from {name!r}, which lies neither beside it nor in the run's dreams folder.")


def _candidates(recipe: Recipe, film: Path, roots: Sequence[Path]) -> Iterator[Path]:
    """Yield the folders that may be the run, without reading the disk."""
    if _is_plain(recipe.run):
        yield from (folder for folder in film.absolute().parents if folder.name == recipe.run)
    if (hint := _hint(recipe)) is not None:
        yield hint
    if _is_plain(recipe.run):
        yield from (root / recipe.run for root in roots)


def _hint(recipe: Recipe) -> Path | None:
    """Return the run folder that the recipe names, absolute and without `..`; do not read the disk."""
    try:
        folder = Path(recipe.folder).expanduser() if recipe.folder else None
    except RuntimeError:  # nobody's home folder
        return None
    if folder is None or not folder.is_absolute() or "\0" in recipe.folder:
        return None
    return Path(os.path.normpath(folder))


def _is_plain(name: str) -> bool:
    return bool(name) and name not in (".", "..") and not set(name) & set("/\\:\0")


class _Listed:
    """Knows by the text of a path whether the user lists a run; does not read the disk."""

    def __init__(self, roots: Sequence[Path], known: Iterable[Path]) -> None:
        self._roots = {os.path.normpath(root.absolute()) for root in roots}
        self._known = {os.path.normpath(folder.absolute()) for folder in known}

    def has(self, folder: Path) -> bool:
        """Return whether a folder is one of the runs that were open, or lies in a folder of runs."""
        path = Path(os.path.normpath(folder.absolute()))
        return str(path) in self._known or str(path.parent) in self._roots
