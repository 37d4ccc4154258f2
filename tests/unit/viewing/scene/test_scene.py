"""A scene of made values: cut off at a column, and extended by dreamed columns."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from dreamer_studio.viewing.scene.columns import LatentsKey, LatentsRef, SceneColumns
from dreamer_studio.viewing.scene.messages import EPISODE_ACTS, Scene, policy_acts
from tests.support.scenes import made_columns, made_scene

PERSON, MODE = policy_acts(1.0), policy_acts(None)


def values(columns: SceneColumns) -> dict[str, list[object]]:
    return {field.name: getattr(columns, field.name).tolist() for field in fields(SceneColumns)}


def extended(scene: Scene, count: int, acts: str = MODE, along_episode: int = 0) -> Scene:
    model = np.concatenate([scene.model, np.full((1, 64, 64, 3), 99, np.uint8)])
    end = len(scene.columns)
    latents = LatentsRef(LatentsKey(), end + count)
    later = made_columns(end, count)
    return scene.extended(later, model=model, latents=latents, acts=acts, along_episode=along_episode)


def test_that_a_scene_up_to_a_column_of_the_dream_keeps_everything_before_it() -> None:
    scene = replace(made_scene(), growing=True, edited=(3, 6))
    cut = scene.up_to(4)
    assert values(cut.columns) == values(made_columns(0, 5))
    assert (cut.decoded, cut.whole, cut.growing, cut.edited) == (5, True, False, (3,))
    assert (cut.context, cut.origin, cut.first_row) == (3, scene.origin, scene.first_row)
    assert (len(cut.real), len(cut.received), len(cut.taken)) == (5, 5, 5)
    assert cut.latents == LatentsRef(scene.latents.key, 5)


def test_that_a_scene_cut_off_in_its_context_is_of_an_earlier_frame() -> None:
    scene = made_scene(context=3)
    cut = scene.up_to(1)
    assert (cut.context, cut.recorded, cut.origin.index) == (2, 2, scene.origin.index - 1)
    assert cut.first_row == scene.first_row


def test_that_a_scene_cannot_be_cut_off_after_its_last_decoded_frame() -> None:
    with pytest.raises(AssertionError):
        made_scene(decoded=4).up_to(4)


def test_that_columns_that_follow_others_are_the_same_as_if_made_at_once() -> None:
    assert values(made_columns(0, 3).followed_by(made_columns(3, 4))) == values(made_columns(0, 7))
    assert values(made_columns(0, 7).up_to(2).followed_by(made_columns(3, 4))) == values(made_columns(0, 7))


def test_that_all_arrays_of_columns_are_of_one_length() -> None:
    with pytest.raises(AssertionError):
        replace(made_columns(0, 3), kl=np.zeros(2))


def test_that_dreamed_columns_have_no_kl_and_count_as_driven_only_if_stated() -> None:
    action, number = np.ones((2, 3), np.float32), np.arange(2.0)
    dreamed = SceneColumns.dreamed(action, number, number, number, number)
    assert np.isnan(dreamed.kl).all() and np.isnan(dreamed.policy).all() and not dreamed.driven.any()
    assert [str(part.dtype) for part in (dreamed.policy, dreamed.driven, dreamed.kl)] == ["float32", "bool", "float64"]
    driven = SceneColumns.dreamed(action, number, number, number, number, policy=action, driven=np.ones(2, np.bool_))
    assert driven.driven.all() and (driven.policy == 1).all()


def test_that_an_extended_scene_has_the_new_columns_frames_and_latents() -> None:
    before = made_scene().up_to(4)
    scene = extended(before, 3)
    assert values(scene.columns) == values(made_columns(0, 8))
    assert (scene.decoded, scene.whole, scene.recorded) == (6, False, 3)
    assert scene.model[:, 0, 0, 0].tolist() == [0, 1, 2, 3, 4, 99]
    assert scene.latents.columns == 8 and scene.latents.key is not before.latents.key
    with pytest.raises(ValueError, match="read-only"):
        scene.model[0] = 0


def test_that_each_column_says_who_acts() -> None:
    scene = extended(made_scene().up_to(4), 3)
    assert [scene.acts_at(column) for column in range(3, 8)] == [PERSON, PERSON, MODE, MODE, MODE]
    same = extended(made_scene().up_to(4), 3, PERSON)
    assert same.acting == made_scene().acting  # nobody new: nothing to add
    over = extended(scene.up_to(5), 2, PERSON)
    assert [over.acts_at(column) for column in range(3, 8)] == [PERSON, PERSON, MODE, PERSON, PERSON]


def test_that_columns_along_the_episode_say_so_and_count_as_recorded_only_before_any_dream() -> None:
    context = extended(made_scene().up_to(2), 4, MODE, along_episode=2)
    assert context.recorded == 5
    assert [context.acts_at(column) for column in range(3, 7)] == [EPISODE_ACTS, EPISODE_ACTS, MODE, MODE]
    dreamed = extended(made_scene().up_to(4), 4, MODE, along_episode=2)
    assert dreamed.recorded == 3
    assert [dreamed.acts_at(column) for column in range(4, 9)] == [PERSON, EPISODE_ACTS, EPISODE_ACTS, MODE, MODE]
