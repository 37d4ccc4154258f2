"""Opens films: the run that a film's recipe names, and the same dream in that run."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog

from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.studio.shell.flow.paths import FILM_ENDINGS
from dreamer_studio.studio.shell.flow.questions import ask_to_open_elsewhere
from dreamer_studio.studio.shell.telling.outcomes import WARNING_SECONDS
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.viewing.role import Role

if TYPE_CHECKING:
    from dreamer_studio.export.recipe import Recipe
    from dreamer_studio.studio.dream.workspace import DreamWorkspace
    from dreamer_studio.studio.shell.run_view import RunView
    from dreamer_studio.viewing.scene.messages import SceneRequest

_SUBJECT: Final = "opened film"

OpenRun = Callable[[Path, Callable[["RunView"], object]], object]


class Films(QObject):
    """Opens the run of a film to watch it, and dreams as the film did.

    Args:
        window: the window.
        roots: returns the folders whose runs the user lists.
        known: returns further runs that the user has opened.
        open_run: opens a run without training it, and calls a function with the open run.
    """

    def __init__(
        self,
        window: StudioWindow,
        roots: Callable[[], Sequence[Path]],
        known: Callable[[], Sequence[Path]],
        open_run: OpenRun,
    ) -> None:
        super().__init__(window)
        self._window, self._roots, self._known, self._open_run = window, roots, known, open_run
        window.action_set.bind({"film.open": self.choose})

    def choose(self) -> None:
        """Ask for a film, and open it."""
        folder = ""
        if self._window.has_run:
            dreams = RunFolder(self._window.run.session.status.get().folder).dreams
            folder = str(dreams) if dreams.is_dir() else ""
        pattern = f"Films ({' '.join(f'*{ending}' for ending in FILM_ENDINGS)})"
        dialog = QFileDialog(self._window, "Open film", folder, pattern)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.open(Path(path)))
        dialog.open()

    def open(self, film: Path) -> None:
        """Dream again as a film did. Say why if that cannot be done."""
        from dreamer_studio.export.carriers import read_recipe  # noqa: PLC0415  (not needed for a page)
        from dreamer_studio.export.recipe import RecipeError  # noqa: PLC0415

        try:
            recipe = read_recipe(film)
        except RecipeError as error:
            self._warn(str(error))
            return
        if self._window.has_run and _is_of(self._window.run, recipe):
            self._dream(film, recipe, self._window.run)
            return
        folder = self._run_of(recipe, film)
        if folder is not None:
            self._open_run(folder, functools.partial(self._dream, film, recipe))

    def _run_of(self, recipe: Recipe, film: Path) -> Path | None:
        """Return the run of a film, after a question if the user does not list its folder."""
        from dreamer_studio.viewing.film.again import fits, runs_of  # noqa: PLC0415  (not needed for a page)

        runs = runs_of(recipe, film, self._roots(), self._known())
        if runs.folder is not None:
            return runs.folder
        elsewhere = runs.elsewhere
        if elsewhere is not None and ask_to_open_elsewhere(self._window, film, elsewhere):
            if fits(elsewhere, recipe):
                return elsewhere
            self._warn(f"{elsewhere} is not a run of {recipe.task}.")
        elif elsewhere is None:
            self._warn(
                f"{film.name} was made by the run {recipe.run!r} of {recipe.task}, which is in none of your folders. "
                "Open the run first, then drop the film again."
            )
        return None

    def _dream(self, film: Path, recipe: Recipe, run: RunView) -> None:
        from dreamer_studio.studio.dream.workspace import DreamWorkspace  # noqa: PLC0415  (loads plots)
        from dreamer_studio.viewing.film.again import request_for  # noqa: PLC0415

        status = run.session.status.get()
        try:
            request = request_for(recipe, film, status.folder, watching=status.watching)
        except ValueError as error:
            self._warn(str(error))
            return
        workspace = run.tabs.of(DreamWorkspace)
        workspace.dream_as_film(request)
        run.tabs.show_workspace(workspace)
        workspace.setFocus()
        _Report(film, recipe, request, workspace, run, self._window)

    def _warn(self, text: str) -> None:
        self._window.banners.show_message(Role.WARN, text, subject=_SUBJECT, seconds=WARNING_SECONDS)


class _Report(QObject):
    """Says how the dream differs from the film, once the dream is on show."""

    def __init__(
        self,
        film: Path,
        recipe: Recipe,
        request: SceneRequest,
        workspace: DreamWorkspace,
        run: RunView,
        window: StudioWindow,
    ) -> None:
        super().__init__(run)
        self._film, self._recipe, self._request = film, recipe, request
        self._workspace, self._window = workspace, window
        run.clock.timeout.connect(self._look)

    def _look(self) -> None:
        requests, shown = self._workspace.requests, self._workspace.branches.shown
        if shown is not None and shown.scene.request == self._request:
            self._tell(shown.scene.update)
        elif requests.awaited and requests.last == self._request:
            return
        self.deleteLater()  # the dream is on show, has failed (with a banner), or was replaced by another one

    def _tell(self, update: int) -> None:
        from dreamer_studio.viewing.film.again import differences  # noqa: PLC0415  (loaded by now)

        said = " ".join(differences(self._recipe, update))
        if said:
            said = f"This dream is not quite that of {self._film.name}. {said}"
            self._window.banners.show_message(Role.NEUTRAL, said, subject=_SUBJECT)
        else:
            self._window.banners.clear(_SUBJECT)
            self._window.say(f"The dream of {self._film.name}, with the same weights.")


def _is_of(run: RunView, recipe: Recipe) -> bool:
    """Return whether a film with this recipe shows a run."""
    status = run.session.status.get()
    return (status.folder.name, status.config.task) == (recipe.run, recipe.task)
