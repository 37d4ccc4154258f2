"""Latents as a user inspects and edits them, by real keys, clicks and drags on a made run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from dreamer_studio.dreams.latents import edit
from dreamer_studio.session import State
from dreamer_studio.studio.film.last_seconds import LastSeconds
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.film.choices import moments_on_screen
from dreamer_studio.viewing.film.scene_film import Facts
from dreamer_studio.viewing.scene.messages import Scene
from tests.support import made_run
from tests.support.exporting import arrays_in, export, open_dialog
from tests.support.latents import LatentTabs
from tests.support.made_run import open_made_studio
from tests.support.reading import card
from tests.support.studio import PATIENCE_MS, Studio


@pytest.fixture
def tabs(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[LatentTabs]:
    studio = open_made_studio(theme, qtbot, tmp_path / "run", paused=False)
    qtbot.keyClick(studio.window, Qt.Key.Key_D)
    tabs = LatentTabs(studio)
    tabs.dreams.answer()
    yield tabs
    studio.leave()


def test_that_latents_of_the_frame_under_the_cursor_are_sorted_by_kl_or_if_dreamed_by_prior_deviation(
    tabs: LatentTabs,
) -> None:
    tabs.dreams.pick_stored(0, 10)
    scene = tabs.dreams.answer()
    tabs.open(tabs.panel)
    seen = tabs.look_at(3)
    assert seen.kl is not None and seen.mean is not None
    assert seen.kl.sum() == pytest.approx(scene.columns.kl[3], rel=1e-3)
    assert [seen.kl[dimension] for dimension in seen.order] == sorted(seen.kl, reverse=True)
    tops = [tabs.rows.row_of(int(dimension)).top() for dimension in seen.order]
    assert tops == sorted(tops)
    dreamed = tabs.look_at(scene.context + 2)
    assert dreamed.kl is None and dreamed.mean is None
    assert [dreamed.prior_std[dimension] for dimension in dreamed.order] == sorted(dreamed.prior_std, reverse=True)
    np.testing.assert_allclose(dreamed.sample, tabs.dreams.state(scene).feat[scene.context + 2, : len(dreamed.sample)])


def test_that_a_dot_moved_by_mouse_or_keys_shows_the_edited_frame_decoded(tabs: LatentTabs) -> None:
    tabs.open(tabs.panel)
    column = tabs.scene.context + 1
    state = tabs.look_at(column)
    dimension = int(state.order[1])
    tabs.drag(dimension, 2.0)
    stoch = tabs.wait_for_edit()
    assert np.flatnonzero(~np.isnan(stoch)).tolist() == [dimension]
    assert stoch[dimension] == pytest.approx(state.prior_mean[dimension] + 2 * state.prior_std[dimension], abs=0.1)
    scene = tabs.scene
    state_of_scene = tabs.dreams.state(scene)
    expected = edit(state_of_scene.agent, state_of_scene.feat[column].clone(), stoch)
    answer = tabs.channels.edit.result
    assert answer is not None
    np.testing.assert_array_equal(answer.image, expected.image)
    change = f"({expected.reward - scene.columns.reward[column]:+.2f})".replace("-", "\N{MINUS SIGN}")
    assert change in tabs.panel._words.text()
    assert not tabs.dreams.workspace.player.playing
    tabs.bot.keyClick(tabs.rows, Qt.Key.Key_Left)
    one_key = tabs.wait_for_edit()
    assert one_key[dimension] == pytest.approx(stoch[dimension] - 0.1 * state.prior_std[dimension])
    for _ in range(9):
        tabs.bot.keyClick(tabs.rows, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    furthest = tabs.wait_for_edit()
    assert furthest[dimension] == pytest.approx(state.prior_mean[dimension] + 3 * state.prior_std[dimension])
    tabs.bot.keyClick(tabs.rows, Qt.Key.Key_Down)
    tabs.bot.keyClick(tabs.rows, Qt.Key.Key_Right)
    assert np.flatnonzero(~np.isnan(tabs.wait_for_edit())).tolist() == sorted([dimension, int(state.order[2])])
    tabs.bot.keyClick(tabs.rows, Qt.Key.Key_Delete)
    assert np.flatnonzero(~np.isnan(tabs.wait_for_edit())).tolist() == [dimension]
    tabs.bot.mouseClick(tabs.panel.reset, Qt.MouseButton.LeftButton)
    assert tabs.panel.image.image is None and not tabs.panel.reset.isEnabled()
    tabs.bot.keyClick(tabs.rows, Qt.Key.Key_Space)
    assert tabs.dreams.workspace.player.playing
    tabs.bot.keyClick(tabs.rows, Qt.Key.Key_Space)
    tabs.bot.wait(200)  # the answer to the reset must not come back as an edit
    assert tabs.panel.image.image is None and tabs.panel._words.text() == ""


def test_that_an_edited_frame_is_dreamed_on_in_a_branch_of_its_own(tabs: LatentTabs) -> None:
    tabs.dreams.pick_stored(0, 10)
    dream = tabs.dreams.answer()
    tabs.open(tabs.panel)
    column = dream.context + 3
    dimension = int(tabs.look_at(column).order[0])
    tabs.drag(dimension, -2.5)
    stoch = tabs.wait_for_edit()
    tabs.bot.mouseClick(tabs.panel.dream_on, Qt.MouseButton.LeftButton)
    tabs.bot.waitUntil(lambda: tabs.scene.branch > 0, timeout=PATIENCE_MS)
    tabs.bot.waitUntil(lambda: tabs.scene.decoded == len(tabs.scene.columns), timeout=PATIENCE_MS)
    scene = tabs.scene
    assert (len(scene.columns), scene.edited) == (column + 1 + 45, (column,))
    assert float(tabs.dreams.state(scene).feat[column, dimension]) == pytest.approx(stoch[dimension], abs=1e-5)
    np.testing.assert_array_equal(scene.model[:column], dream.model[:column])
    before = tabs.dreams.state(dream)
    expected = edit(before.agent, before.feat[column].clone(), stoch)
    np.testing.assert_array_equal(scene.model[column], expected.image)
    assert (
        scene.columns.reward[column] == pytest.approx(expected.reward, abs=1e-5)
        and scene.columns.reward[column] != dream.columns.reward[column]
    )
    assert scene.model[-1].any()
    shown = tabs.dreams.workspace.branches.shown
    assert shown is not None and (shown.parent, shown.column) == ((dream.number, 0), column)
    assert "You changed the latents of frame" in card(tabs.dreams.panel).caption
    check_that_films_say_what_was_changed(tabs.dreams.studio, scene, column)
    tabs.look_at(column)  # unchanged from the edited frame: the same noise, so the same dream once more
    tabs.bot.mouseClick(tabs.panel.dream_on, Qt.MouseButton.LeftButton)
    tabs.bot.waitUntil(lambda: tabs.scene.branch > scene.branch, timeout=PATIENCE_MS)
    np.testing.assert_allclose(tabs.scene.columns.reward, scene.columns.reward, atol=1e-5)


def check_that_films_say_what_was_changed(studio: Studio, scene: Scene, column: int) -> None:
    """Check the captions and arrays of films of the scene and of the last seconds."""
    frame = scene.first_row + column
    film = arrays_in(export(studio, open_dialog(studio), "edited.npz"))
    np.testing.assert_array_equal(film["edited"][0], np.arange(len(scene.columns)) == column)
    np.testing.assert_array_equal(film["after_edit"][0], np.arange(len(scene.columns)) > column)
    (last_seconds,) = studio.window.findChildren(LastSeconds)
    studio.bot.waitUntil(
        lambda: any(max(moment.edited, default=moment.row) < moment.row for moment in last_seconds.history.moments),
        timeout=PATIENCE_MS,
    )
    (choice,) = last_seconds.on_screen()
    reel = choice.film(column - 1, column + 1)
    for look, words in zip(reel.captions, ("", CHANGED, since(frame)), strict=True):
        assert look.text.endswith(f"the policy acts (sample){words}")
    seconds = moments_on_screen(last_seconds.history.moments, FACTS)
    assert seconds is not None
    moments = seconds.film(0, seconds.length - 1)
    after = moments.arrays["after_edit"][0]
    assert after.any() and not after.all()
    assert [look.text.endswith(since(frame)) for look in moments.captions] == after.tolist()


CHANGED = "; then the user edited its latents"
FACTS = Facts("gym:Pendulum-v1", (), Path(), lambda _: -1)


def since(frame: int) -> str:
    return f"; on from edited latents of frame {frame}"


def test_that_an_edit_while_paused_changes_neither_counters_nor_weights(tabs: LatentTabs) -> None:
    studio = tabs.dreams.studio
    studio.press_f6_for("Pause")
    studio.wait_for_state(State.PAUSED)
    held = studio.status.step, studio.status.update
    agent = tabs.dreams.state(tabs.scene).agent
    weights = {name: value.clone() for name, value in agent.state_dict().items()}
    tabs.open(tabs.panel)
    state = tabs.look_at(0)
    assert state.kl is not None
    tabs.drag(int(state.order[0]), 3.0)
    tabs.wait_for_edit()
    assert (studio.status.step, studio.status.update) == held
    torch.testing.assert_close(agent.state_dict(), weights, rtol=0, atol=0)


def test_that_a_click_on_the_map_goes_to_the_frame_or_outside_the_strip_dreams_from_it(tabs: LatentTabs) -> None:
    bot, workspace = tabs.bot, tabs.dreams.workspace
    tabs.dreams.pick_stored(0, 30)
    tabs.dreams.spin("Context").setValue(3)
    scene = tabs.dreams.answer()
    tabs.open(tabs.map)
    drawn = tabs.whole_map()
    assert (drawn.first, len(drawn.points), len(drawn.path)) == (0, scene.episode_rows, len(scene.columns))
    workspace.player.set_playing(False)
    column = int(np.argmax([np.abs(drawn.path[k] - drawn.points).sum(-1).min() for k in range(len(scene.columns))]))
    tabs.click_map(drawn.path[column])
    assert workspace.player.column == column
    outside = np.arange(scene.first_row)
    others = np.concatenate([drawn.points[scene.first_row :], drawn.path])
    row = int(max(outside, key=lambda place: np.abs(drawn.points[place] - others).sum(-1).min()))
    tabs.click_map(drawn.points[row])
    assert tabs.dreams.answer().origin.index == row
    bot.waitUntil(lambda: tabs.map.map._path.shape == (len(tabs.scene.columns), 2), timeout=PATIENCE_MS)


def test_that_the_map_of_a_running_episode_grows_and_hidden_tabs_request_nothing(
    tabs: LatentTabs, monkeypatch: pytest.MonkeyPatch
) -> None:
    tabs.dreams.studio.wait_for(lambda status: 0 < status.episode_step < 20)
    monkeypatch.setattr(made_run, "STEP_SECONDS", 0.5)  # the rest of this episode takes long enough to watch it grow
    tabs.dreams.workspace.dream_from_newest()
    origin = tabs.dreams.answer().origin
    tabs.open(tabs.map)
    before = tabs.whole_map()
    assert origin.live and before.origin == origin

    def grown() -> bool:
        newest = tabs.map._map
        return newest is not None and newest.origin == origin and newest.rows > before.rows

    tabs.bot.waitUntil(grown, timeout=PATIENCE_MS)
    assert (tabs.channels.latent_map.visible, tabs.channels.dimensions.visible) == (True, False)
    tabs.open(tabs.panel)
    tabs.bot.waitUntil(lambda: tabs.channels.dimensions.visible, timeout=PATIENCE_MS)
    assert not tabs.channels.latent_map.visible
    tabs.bot.keyClick(tabs.dreams.studio.window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert not tabs.channels.dimensions.visible
