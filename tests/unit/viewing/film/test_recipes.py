"""Films of the screen: the recipe that each carries, and the colors of its errors."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from dreamer_studio.config import changed_settings
from dreamer_studio.envs import build_config
from dreamer_studio.viewing.film.captures import CompareCapture, LiveCapture, SceneCapture
from dreamer_studio.viewing.film.choices import comparison_on_screen, moments_on_screen, scene_on_screen
from dreamer_studio.viewing.film.scene_film import Facts
from dreamer_studio.viewing.film.screen_history import ScreenHistory
from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.twin.comparison import real
from tests.support.made_values import made_comparison, made_contestants, made_dream, made_live
from tests.support.scenes import made_scene


def facts(run: Path, *, watching: bool = False) -> Facts:
    settings = {"seed": 3}
    return Facts("gym:Pendulum-v1", ("torque",), run, lambda update: 10 * update, "tiny", settings, watching)


def test_that_a_scene_carries_run_weights_frame_seed_and_the_actions_of_all_its_steps(tmp_path: Path) -> None:
    scene = replace(made_scene(), origin=FrameRef(False, 12, 30), update=7)
    (tmp_path / "checkpoints" / "000003-step-70-update-7").mkdir(parents=True)
    shown = scene_on_screen(SceneCapture(scene, real(scene), 2, "dream"), facts(tmp_path))
    assert shown is not None
    recipe = shown.film(1, 2).recipe
    assert recipe is not None and recipe.scene is not None
    assert (recipe.kind, recipe.task, recipe.preset, recipe.run) == ("scene", "gym:Pendulum-v1", "tiny", tmp_path.name)
    assert recipe.settings == {"seed": 3}
    (weights,) = recipe.weights
    assert (weights.update, weights.step, weights.checkpoint) == (7, 70, "000003-step-70-update-7")
    part = recipe.scene
    assert (part.episode, part.frame, part.context, part.seed) == (12, 30, scene.context, scene.request.seed)
    assert part.length == len(scene.columns) - scene.context
    np.testing.assert_array_equal(np.array(part.actions, np.float32), scene.columns.action[scene.context :])
    assert (recipe.drawing.first, recipe.drawing.last) == (2, 3)


def test_that_a_scene_along_the_record_leaves_its_actions_to_the_episode(tmp_path: Path) -> None:
    scene = made_scene()
    scene = replace(scene, recorded=len(scene.columns), request=replace(scene.request, actor="recorded"))
    shown = scene_on_screen(SceneCapture(scene, real(scene), 2, "dream"), facts(tmp_path))
    assert shown is not None
    recipe = shown.film(0, 2).recipe
    assert recipe is not None and recipe.scene is not None
    assert (recipe.scene.actor, recipe.scene.actions) == ("recorded", ())


def test_that_a_film_of_an_episode_that_was_only_watched_says_so(tmp_path: Path) -> None:
    for live, watching, watched in ((True, True, True), (True, False, False), (False, True, False)):
        scene = replace(made_scene(), origin=FrameRef(live, 1, 30))
        shown = scene_on_screen(SceneCapture(scene, real(scene), 2, "dream"), facts(tmp_path, watching=watching))
        assert shown is not None
        recipe = shown.film(0, 0).recipe
        assert recipe is not None and recipe.scene is not None
        assert (recipe.scene.running, recipe.scene.watched) == (live, watched)


def test_that_a_comparison_carries_each_checkpoint_and_the_run_of_those_from_elsewhere(tmp_path: Path) -> None:
    result = made_comparison(made_contestants(3, tmp_path), decoded=99)
    capture = CompareCapture(result, tuple("abc"), 1)
    for film, run in ((facts(tmp_path), ""), (facts(tmp_path / "other"), result.courses[0].contestant.run)):
        (shown,) = comparison_on_screen(capture, film)
        recipe = shown.film(0, 1).recipe
        assert recipe is not None and recipe.scene is not None
        drawn = [result.courses[place].contestant for place in capture.drawn]
        assert [one.update for one in recipe.weights] == [one.update for one in drawn]
        assert [one.checkpoint for one in recipe.weights] == [one.path.name for one in drawn]
        assert {one.run for one in recipe.weights} == {run}
        assert (recipe.kind, recipe.scene.actor, recipe.scene.frame) == ("comparison", "recorded", result.origin.index)


def test_that_the_last_seconds_carry_the_scene_of_their_last_moment(tmp_path: Path) -> None:
    living, dreaming, scene = ScreenHistory(), ScreenHistory(), made_scene()
    living.note_live(LiveCapture(made_live(3), made_dream(), 2), 10.0)
    dreaming.note_scene(SceneCapture(scene, real(scene), 1, "dream"), 10.1)
    live, dream = (moments_on_screen(history.moments, facts(tmp_path)) for history in (living, dreaming))
    assert live is not None and dream is not None
    first, second = live.film(0, 0).recipe, dream.film(0, 0).recipe
    assert first is not None and first.scene is not None and second is not None and second.scene is not None
    assert (first.kind, first.scene.frame, first.scene.actor) == ("last seconds", 3, "sample")
    assert first.scene.running and not first.scene.watched
    assert (second.scene.frame, second.scene.context) == (scene.origin.index, scene.context)
    assert second.scene.actor == scene.request.actor


def test_that_the_error_of_a_film_is_gray_from_the_first_other_action_on(tmp_path: Path) -> None:
    scene = made_scene()
    comparison = replace(real(scene), other_actions=2)
    noise = np.random.default_rng(0).integers(0, 256, scene.model.shape, np.uint8)
    shown = scene_on_screen(SceneCapture(replace(scene, model=noise), comparison, 2, "dream"), facts(tmp_path))
    assert shown is not None
    errors = shown.film(0, 2).rows[2]
    assert [look.text for look in errors.looks] == ["Error x4", "Error x4", "Error x4, other actions"]
    gray = [(image == image[..., :1]).all() for image in errors.images[0]]
    assert gray == [False, False, True]


def test_that_only_settings_that_differ_from_the_preset_count_as_changed() -> None:
    config = build_config("gym:Pendulum-v1", "tiny", {"expl_amount": 0.125})
    changed = changed_settings(config)
    assert changed["expl_amount"] == 0.125 and "task" not in changed and "preset" not in changed
    assert "horizon" not in changed
    assert changed_settings(replace(config, preset="mine"))["horizon"] == config.horizon
