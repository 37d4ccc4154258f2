"""Films dropped on the window: the run that made them is watched, and dreams the same again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from dreamer_studio.export import write
from dreamer_studio.export.recipe import Recipe, Scene, Weights, run_names
from dreamer_studio.studio.dream.workspace import DreamWorkspace
from dreamer_studio.studio.film.export_dialog import ExportDialog
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.scene.messages import FILM_ACTS, SceneRequest
from dreamer_studio.viewing.scene.messages import Scene as Dream
from tests.support.films import make_film
from tests.support.flow import Front, made_request, open_front
from tests.support.studio import PATIENCE_MS
from tests.support.watching import answer_question

SCENE = Scene(2, 20, 5, 9, "sample", 4, actions=((0.5,), (-1.0,), (0.25,)))
UPDATE = 5  # of a made run


@pytest.fixture
def front(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Front]:
    """Yield a window on its start page, with a separate folder of runs."""
    (tmp_path / "runs").mkdir()
    front = open_front(theme, qtbot, tmp_path / "runs")
    yield front
    front.leave()


def make(film: Path, run: Path, scene: Scene = SCENE, update: int = UPDATE) -> Path:
    """Write a film of a made run."""
    name, hint = run_names(run)
    weights = (Weights(update, 180),)
    recipe = Recipe("scene", "gym:Pendulum-v1", "tiny", name, hint, weights=weights, scene=scene)
    write(replace(make_film("imagined", count=1, length=2), recipe=recipe), film, scale=1)
    return film


def dream_of(front: Front) -> Dream:
    """Wait for a dream with the actions of a film, and for the report."""
    workspace = front.window.run.tabs.of(DreamWorkspace)
    front.bot.waitUntil(
        lambda: workspace.branches.shown is not None and workspace.branches.shown.scene.request.actions != (),
        timeout=PATIENCE_MS,
    )
    assert workspace.branches.shown is not None and workspace.isVisible()
    return workspace.branches.shown.scene


@pytest.mark.parametrize("ending", [".gif", ".webp", ".png", ".npz", ".mp4"])
def test_that_a_dropped_film_opens_its_run_to_watch_and_dreams_with_its_actions(
    front: Front, tmp_path: Path, opened_runs: list[tuple[Path, bool]], ending: str
) -> None:
    run = tmp_path / "runs" / "swing"
    made_request(run)
    front.drop(make(tmp_path / f"film{ending}", run))
    front.wait_until_open(run)
    dream = dream_of(front)
    assert opened_runs == [(run, True)]
    assert dream.origin == FrameRef(False, 2, 20)
    assert (dream.context, len(dream.columns), dream.request.seed) == (5, 14, 4)
    assert dream.columns.action[5:8, 0].tolist() == [0.5, -1.0, 0.25]
    assert dream.acts_at(7) == FILM_ACTS and dream.acts_at(8) == "the policy acts (sample)"
    front.bot.waitUntil(lambda: front.window.controls.viewing_horizon == 9, timeout=PATIENCE_MS)
    assert not front.banners


def test_that_a_film_of_the_run_on_show_dreams_there_and_other_weights_are_named(
    front: Front, tmp_path: Path, opened_runs: list[tuple[Path, bool]]
) -> None:
    run = tmp_path / "runs" / "swing"
    front.open_made(run, paused=True)
    front.drop(make(tmp_path / "film.gif", run, update=99))
    dream_of(front)
    front.bot.waitUntil(lambda: bool(front.banners), timeout=PATIENCE_MS)
    assert front.banners == [
        f"This dream is not quite that of film.gif. The film was made with update 99; this is update {UPDATE}."
    ]
    assert not opened_runs and front.status.folder == run


def test_that_a_run_outside_of_the_folders_of_runs_is_opened_only_after_a_question(
    front: Front, tmp_path: Path, opened_runs: list[tuple[Path, bool]]
) -> None:
    run = tmp_path / "elsewhere" / "swing"
    made_request(run)
    film = make(tmp_path / "film.gif", run)
    asked = answer_question("Cancel")
    front.drop(film)
    assert asked == ["Open the run that this film names?"] and not opened_runs and not front.window.has_run
    answer_question("Watch it")
    front.drop(film)
    front.wait_until_open(run)
    assert opened_runs == [(run, True)]
    dream_of(front)


def test_that_a_film_whose_run_is_gone_damaged_or_of_another_program_is_one_line(
    front: Front, tmp_path: Path, opened_runs: list[tuple[Path, bool]]
) -> None:
    film, missing = make(tmp_path / "film.gif", tmp_path / "runs" / "swing"), tmp_path / "missing.mp4"
    front.drop(film)
    assert front.banners == [
        "film.gif was made by the run 'swing' of gym:Pendulum-v1, which is in none of your folders. "
        "Open the run first, then drop the film again."
    ]
    film.write_bytes(film.read_bytes().replace(b'"tiny"', b'"ti\x01y"'))
    write(make_film("imagined", count=1, length=2), tmp_path / "other.png", scale=1)
    for path, line in (
        (film, "The recipe of film.gif is damaged: it is not JSON."),
        (tmp_path / "other.png", "other.png carries no recipe of Dreamer Studio."),
        (missing, "missing.mp4 cannot be read: No such file or directory."),
    ):
        front.drop(path)
        assert front.banners == [line]
    assert not opened_runs and not front.window.has_run


def test_that_a_film_with_actions_of_another_kind_is_a_line_and_the_dream_on_show_stays(
    front: Front, tmp_path: Path
) -> None:
    run = tmp_path / "runs" / "swing"
    front.open_made(run, paused=True)
    front.drop(make(tmp_path / "film.gif", run, replace(SCENE, actions=((0.5, 0.5),))))
    front.bot.waitUntil(lambda: bool(front.banners), timeout=PATIENCE_MS)
    assert front.banners == ["The film's actions have 2 numbers; those of this run have 1."]
    front.drop(make(tmp_path / "film.gif", run, replace(SCENE, episode=77)))
    front.bot.waitUntil(lambda: front.banners[-1].startswith("Episode 77 is not stored"), timeout=PATIENCE_MS)


def test_that_a_film_exported_from_the_window_dreams_the_same_frames_again(front: Front, tmp_path: Path) -> None:
    run = tmp_path / "runs" / "swing"
    front.open_made(run, paused=True)
    workspace = front.window.run.tabs.of(DreamWorkspace)
    workspace.dream_as_film(SceneRequest(FrameRef(False, 1, 30), 4, 8, "sample", 6))
    front.window.run.tabs.show_workspace(workspace)
    shown = workspace.branches
    front.bot.waitUntil(lambda: shown.shown is not None and shown.shown.scene.whole, timeout=PATIENCE_MS)
    assert shown.shown is not None
    first = shown.shown.scene
    front.bot.waitUntil(lambda: workspace.capture() is not None, timeout=PATIENCE_MS)
    front.trigger("film.export")
    (dialog,) = front.window.findChildren(ExportDialog)
    (field,) = (each for each in dialog.findChildren(QLineEdit) if each.accessibleName() == "File")
    field.setText(str(tmp_path / "film.webp"))
    with front.bot.waitSignal(dialog.finishedExport, timeout=PATIENCE_MS):
        dialog.export()
    dialog.reject()
    front.drop(tmp_path / "film.webp")
    dream_of(front)
    front.bot.waitUntil(lambda: shown.shown is not None and shown.shown.scene.whole, timeout=PATIENCE_MS)
    again = shown.shown.scene
    assert again.number != first.number and again.origin == first.origin
    np.testing.assert_array_equal(again.columns.action, first.columns.action)
    np.testing.assert_array_equal(again.model, first.model)
    assert not front.banners


def test_that_a_film_is_opened_by_the_file_menu_too(
    front: Front, tmp_path: Path, opened_runs: list[tuple[Path, bool]]
) -> None:
    run = tmp_path / "runs" / "swing"
    made_request(run)
    film = make(tmp_path / "film.png", run)
    front.trigger("film.open")
    (dialog,) = front.window.findChildren(QFileDialog)
    assert dialog.isVisible() and "*.webp" in dialog.nameFilters()[0]
    dialog.fileSelected.emit(str(film))
    dialog.close()
    front.wait_until_open(run)
    assert dream_of(front).origin == FrameRef(False, 2, 20) and opened_runs == [(run, True)]


def test_that_the_next_export_starts_a_new_dialog_after_a_finished_one_and_an_open_dialog_stays(
    front: Front, tmp_path: Path
) -> None:
    front.open_made(tmp_path / "runs" / "swing", paused=True)
    front.bot.waitUntil(lambda: bool(front.window.run.tabs.capture()), timeout=PATIENCE_MS)
    front.trigger("film.export")
    (first,) = front.window.findChildren(ExportDialog)
    front.trigger("film.export")
    assert front.window.findChildren(ExportDialog) == [first]
    with front.bot.waitSignal(first.finishedExport, timeout=PATIENCE_MS):
        first.export()
    assert first.isVisible()
    front.trigger("film.export")
    (second,) = (each for each in front.window.findChildren(ExportDialog) if each.isVisible())
    assert second is not first
    second.reject()
