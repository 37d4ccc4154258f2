"""The history of the screen, without a window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dreamer_studio.viewing.film.captures import CompareCapture, LiveCapture, SceneCapture
from dreamer_studio.viewing.film.choices import moments_on_screen
from dreamer_studio.viewing.film.scene_film import Facts
from dreamer_studio.viewing.film.screen_history import MOMENTS_PER_SECOND, ScreenHistory
from dreamer_studio.viewing.twin.comparison import real
from tests.support.made_values import made_comparison, made_contestants, made_dream, made_live
from tests.support.scenes import made_scene

TICK = 1 / 30


def live(index: int, *, drawn: bool = True) -> LiveCapture:
    return LiveCapture(made_live(index, drawn=drawn), made_dream(), 2)


def filled(ring: ScreenHistory, seconds: float, first: int = 0) -> ScreenHistory:
    for tick in range(round(seconds / TICK)):
        ring.note_live(live(first + tick), 100 + (first + tick) * TICK)
    return ring


def test_that_the_history_keeps_its_seconds_and_at_most_twenty_moments_of_each() -> None:
    moments = filled(ScreenHistory(5), 12).moments
    assert 4.8 < moments[-1].seconds - moments[0].seconds <= 5
    assert 5 * MOMENTS_PER_SECOND * 0.9 < len(moments) <= 5 * MOMENTS_PER_SECOND
    assert moments[-1].row >= 12 * 30 - 2


def test_that_older_moments_are_dropped_however_few_there_are() -> None:
    ring = filled(ScreenHistory(5), 1)
    ring.note_live(live(99), 200.0)
    assert [moment.row for moment in ring.moments] == [99]


def test_that_fewer_seconds_drop_the_oldest_moments_and_more_seconds_keep_more() -> None:
    ring = filled(ScreenHistory(20), 12)
    ring.seconds = 5
    assert ring.moments[-1].seconds - ring.moments[0].seconds <= 5
    ring.seconds = 1000
    assert ring.seconds == 120
    before = len(ring.moments)
    filled(ring, 3, first=12 * 30)
    assert len(ring.moments) > before + 3 * 0.9 * MOMENTS_PER_SECOND


def test_that_an_image_that_does_not_change_is_kept_once() -> None:
    ring, same = ScreenHistory(), live(3)
    for tick in range(60):
        ring.note_live(same, tick * TICK)
    assert len(ring.moments) == 1


def test_that_a_moment_is_a_copy_and_has_the_numbers_of_its_step() -> None:
    ring, shown = ScreenHistory(), live(3)
    ring.note_live(shown, 0.0)
    shown.live.image[:] = 0
    (moment,) = ring.moments
    assert moment.comparison is not None and moment.model is not None and moment.dream is not None
    assert {int(moment.comparison.min()), int(moment.model.max()), int(moment.dream.max())} == {3, 1, 9}
    assert (moment.reward, moment.value, moment.kl, moment.dream_reward) == (3.0, 3.0, 1.5, 1.0)
    assert moment.dream.base is None  # else the whole dream would stay in memory


@pytest.mark.parametrize("drawn", [False, True])
def test_that_a_frame_without_a_reconstruction_is_kept_too(drawn: bool) -> None:
    ring = ScreenHistory()
    ring.note_live(live(3, drawn=drawn), 0.0)
    assert (ring.moments[0].model is not None) is drawn


def test_that_a_film_of_the_last_seconds_has_the_pace_of_its_moments_without_the_pauses(tmp_path: Path) -> None:
    ring = ScreenHistory()
    for index, seconds in enumerate([0.0, 0.1, 0.2, 0.3, 9.3, 9.4, 9.5]):
        ring.note_live(live(index), 50 + seconds)
    shown = moments_on_screen(ring.moments, Facts("gym:Pendulum-v1", ("torque",), tmp_path, lambda update: 10 * update))
    assert shown is not None and (shown.length, shown.fps) == (7, 10)
    film = shown.film(1, 4)
    assert film.length == 4
    assert film.arrays["row"].tolist() == [[1, 2, 3, 4]] and film.arrays["step"] == 70


def compared(count: int, cursor: int) -> CompareCapture:
    """Return a scene by this many checkpoints; the last one has drawn three frames."""
    result = made_comparison(made_contestants(count), decoded=3)
    return CompareCapture(result, tuple(f"checkpoint {each.step}" for each in result.request.contestants), cursor)


def test_that_seconds_of_several_workspaces_make_one_film_with_a_row_for_each_checkpoint(tmp_path: Path) -> None:
    ring = ScreenHistory()
    ring.note_live(live(3), 10.0)
    ring.note_compared(compared(2, 1), 10.1)
    before = compared(2, 5)
    ring.note_compared(before, 10.2)
    ring.note_compared(before, 10.3)  # nothing has changed
    shown = moments_on_screen(ring.moments, Facts("gym:Pendulum-v1", ("torque",), tmp_path, lambda update: 10 * update))
    assert shown is not None and shown.length == 3
    film = shown.film(0, 2)
    assert film.arrays["workspace"].tolist() == [["live", "compare", "compare"]]
    assert film.arrays["compared_there"].tolist() == [[False, True, True], [False, True, False]]
    assert film.arrays["compared"][:, :, 0, 0, 0].tolist() == [[0, 0, 0], [0, 1, 0]]
    assert film.arrays["compared_names"].tolist() == [["", *["checkpoint 0"] * 2], ["", "checkpoint 1", ""]]
    assert film.arrays["seen"].tolist() == [[True, True, False]]
    assert film.arrays["row"].tolist() == [[3, 11, 15]] and film.arrays["reward"].tolist() == [[3.0, 1.0, 5.0]]
    assert film.arrays["update"] == 7 and film.arrays["updates"].tolist() == [[7, -1, -1]]
    names = ["Real", "", "Error x4", "Dream", "checkpoint 0", "checkpoint 1"]
    assert [row.looks[1].text for row in film.rows] == names
    alone = shown.film(1, 2)
    assert [row.looks[0].text for row in alone.rows] == ["Real", "checkpoint 0", "checkpoint 1"]


def test_that_six_checkpoints_of_a_long_time_lapse_are_kept() -> None:
    ring = ScreenHistory()
    ring.note_compared(compared(24, 0), 0.0)
    (moment,) = ring.moments
    assert [int(image[0, 0, 0]) for image in moment.compared] == [0, 5, 9, 14, 18, 23]
    assert moment.compared[0].base is None  # else all images of the scene would stay in memory


def test_that_two_dreams_of_the_same_request_are_two_moments() -> None:
    history, scene = ScreenHistory(), made_scene()
    for number in (1, 1, 2):
        capture = SceneCapture(replace(scene, number=number), real(scene), 4, "dream")
        history.note_scene(capture, 100.0 + len(history.moments))
    assert len(history.moments) == 2
