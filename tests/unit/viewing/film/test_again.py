"""Dreaming again as a film did: which run is opened, and which dream is asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dreamer_studio.export.recipe import Recipe, Scene, Sequences, Weights, run_names
from dreamer_studio.viewing.film.again import Runs, differences, request_for, runs_of
from dreamer_studio.viewing.frame_ref import FrameRef, HeldOutTest
from dreamer_studio.viewing.scene.messages import SceneRequest
from tests.support.listed_runs import write_run

TASK = "gym:Pendulum-v1"
SCENE = Scene(3, 20, 5, 12, "sample", 4, actions=((0.5,), (-1.0,)))


def recipe_of(folder: Path, task: str = TASK, scene: Scene | None = SCENE) -> Recipe:
    run, hint = run_names(folder)
    return Recipe("scene", task, "tiny", run, hint, weights=(Weights(7, 900),), scene=scene)


def test_that_a_run_among_the_listed_folders_is_found_where_the_film_says_or_by_its_name(tmp_path: Path) -> None:
    run = write_run(tmp_path / "runs" / "swing")
    film = tmp_path / "mail" / "film.gif"
    for recipe in (recipe_of(run), recipe_of(Path("/another/machine/swing")), replace(recipe_of(run), folder="")):
        assert runs_of(recipe, film, [tmp_path / "runs"], []).folder == run


def test_that_a_run_that_was_open_before_is_found_wherever_it_is(tmp_path: Path) -> None:
    run = write_run(tmp_path / "work" / "swing")
    assert runs_of(recipe_of(run), tmp_path / "film.gif", [], [run]) == Runs(run, None)


def test_that_a_film_in_the_folder_of_its_run_names_that_folder_first(tmp_path: Path) -> None:
    run, other = write_run(tmp_path / "moved" / "swing"), write_run(tmp_path / "runs" / "swing")
    film, recipe = run / "dreams" / "film.gif", recipe_of(other)
    assert runs_of(recipe, film, [tmp_path / "moved", tmp_path / "runs"], []).folder == run
    assert runs_of(recipe, film, [tmp_path / "runs"], []).folder == other
    assert runs_of(recipe, film, [], []) == Runs(None, run)


def test_that_a_run_of_another_task_is_not_taken(tmp_path: Path) -> None:
    run = write_run(tmp_path / "runs" / "swing", task="gym:CartPole-v1")
    assert runs_of(recipe_of(run), tmp_path / "film.gif", [tmp_path / "runs"], []) == Runs(None, None)


def test_that_a_folder_that_only_the_recipe_names_is_never_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = write_run(tmp_path / "elsewhere" / "swing")
    looked: list[Path] = []
    for name in ("stat", "lstat", "exists", "is_file", "is_dir", "open", "resolve"):
        monkeypatch.setattr(Path, name, lambda path, *_, **__: looked.append(path))
    runs = runs_of(recipe_of(secret), tmp_path / "film.gif", [], [])
    monkeypatch.undo()
    assert runs == Runs(None, secret) and not looked


@pytest.mark.parametrize("name", ["..", ".", "a/../../b", "C:\\runs", "/etc", "", "runs/swing"])
def test_that_a_name_that_leads_out_of_the_listed_folders_is_not_followed(name: str, tmp_path: Path) -> None:
    write_run(tmp_path / "b")
    write_run(tmp_path / "runs" / "runs" / "swing")
    recipe = replace(recipe_of(tmp_path / "b"), run=name, folder="")
    assert runs_of(recipe, tmp_path / "film.gif", [tmp_path / "runs"], []) == Runs(None, None)


def test_that_a_hint_with_dots_counts_as_the_folder_that_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    outside = write_run(tmp_path / "outside" / "swing")
    recipe = replace(recipe_of(outside), folder=f"{tmp_path}/runs/../outside/swing")
    assert runs_of(recipe, tmp_path / "film.gif", [tmp_path / "runs"], []) == Runs(None, outside)


def test_that_a_recipe_becomes_the_request_for_its_dream(tmp_path: Path) -> None:
    request = request_for(recipe_of(tmp_path), tmp_path / "film.gif", tmp_path, watching=True)
    assert request == SceneRequest(FrameRef(False, 3, 20), 5, 12, "sample", 4, ((0.5,), (-1.0,)))


@pytest.mark.parametrize(
    ("running", "watched", "watching", "live"),
    [
        (True, False, False, True),
        (True, False, True, False),
        (False, False, False, False),
        (True, True, True, True),
    ],
)
def test_that_an_episode_that_was_running_is_looked_for_where_it_can_be(
    tmp_path: Path, running: bool, watched: bool, watching: bool, live: bool
) -> None:
    recipe = recipe_of(tmp_path, scene=replace(SCENE, running=running, watched=watched))
    origin = request_for(recipe, tmp_path / "film.gif", tmp_path, watching=watching).origin
    assert origin is not None and origin.live == live


def test_that_a_film_of_a_test_dreams_from_the_stored_test(tmp_path: Path) -> None:
    recipe = recipe_of(tmp_path, scene=replace(SCENE, test=40))
    for watching in (True, False):
        origin = request_for(recipe, tmp_path / "film.gif", tmp_path, watching=watching).origin
        assert origin == FrameRef(False, 3, 20, test=HeldOutTest(40))


def test_that_a_frame_that_was_not_stored_is_refused_in_one_line(tmp_path: Path) -> None:
    for scene, words in (
        (None, "from no single frame"),
        (replace(SCENE, episode=-1), "from which frame"),
        (replace(SCENE, running=True, watched=True), "not stored"),
        (replace(SCENE, test=40, watched=True), "only to judge the model, and not stored"),
        (replace(SCENE, file="fall.scene.npz"), "lies neither beside it nor"),
        (replace(SCENE, file="../../etc/passwd"), "lies neither beside it nor"),
    ):
        with pytest.raises(ValueError, match=words):
            request_for(recipe_of(tmp_path, scene=scene), tmp_path / "film.gif", tmp_path, watching=False)


def test_that_the_file_of_a_scene_is_found_beside_the_film_or_in_the_dreams_of_the_run(tmp_path: Path) -> None:
    recipe = recipe_of(tmp_path, scene=replace(SCENE, file="fall.scene.npz"))
    film, run = tmp_path / "mail" / "film.gif", tmp_path / "run"
    for folder in (run / "dreams", film.parent):
        folder.mkdir(parents=True)
        (folder / "fall.scene.npz").touch()
        origin = request_for(recipe, film, run, watching=False).origin
        assert origin == FrameRef(False, 3, 20, str(folder / "fall.scene.npz"))


def test_that_only_differences_from_the_film_are_reported(tmp_path: Path) -> None:
    same = recipe_of(tmp_path)
    assert differences(same, 7) == []
    assert differences(same, 9) == ["The film was made with update 7; this is update 9."]
    branch = replace(same, scene=replace(SCENE, branch="left", edited=(22,), shortened=True))
    assert len(differences(branch, 7)) == 3
    assert differences(replace(same, sequences=Sequences(4, 12, 5, 4)), 7) == ["The noise is not the film's."]
    compared = replace(same, weights=(Weights(1), Weights(2)))
    assert differences(compared, 7) == ["The film shows 2 checkpoints; this is update 7."]
