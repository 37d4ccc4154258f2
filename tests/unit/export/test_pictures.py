from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from dreamer_studio.error_map import error_map
from dreamer_studio.export.compose import Composer
from dreamer_studio.export.curves import plots_of
from dreamer_studio.export.strip import draw_strip
from dreamer_studio.export.style import DARK, DREAM, ERROR, LIGHT, MODEL, REAL, TEXT, Color
from tests.support.contrast import contrast
from tests.support.films import make_film
from tests.support.seeing import count_of, enlarged, overlap, places_of, texts_drawn


def test_that_the_error_is_black_where_both_agree_and_brightest_from_a_quarter_on_whatever_its_sign() -> None:
    real = np.full((1, 4, 3), 100, np.uint8)
    model = real + np.array([0, 10, 64, 155], np.uint8)[None, :, None]
    none, little, quarter, most = error_map(real, model)[0].astype(int)
    assert none.sum() < 5 < little.sum() < quarter.sum()
    assert (quarter == most).all()
    assert (error_map(model, real) == error_map(real, model)).all()


@pytest.mark.parametrize("scale", [2, 5])
def test_that_enlarged_frames_are_stacked_truth_over_model_over_error(scale: int) -> None:
    film = make_film(count=2)
    picture = Composer(film, scale, curves=False).compose(7)
    assert film.real is not None
    rows = (film.real, film.model, error_map(film.real, film.model))
    places = [[places_of(picture, enlarged(row[sequence, 7], scale)) for sequence in range(2)] for row in rows]
    assert all(len(found) == 1 for row in places for found in row)
    lefts = [[found[0][0] for found in row] for row in places]
    tops = [[found[0][1] for found in row] for row in places]
    assert lefts[0] == lefts[1] == lefts[2] == sorted(lefts[0])
    assert tops == sorted(tops)
    assert all(row[0] == row[1] for row in tops)


def test_that_the_color_of_the_model_changes_when_it_stops_seeing() -> None:
    composer = Composer(make_film(context=5), 2, curves=False)
    context, dreamed = composer.compose(4), composer.compose(5)
    assert count_of(context, DARK[MODEL]) > 1000 > count_of(context, DARK[DREAM])
    assert count_of(dreamed, DARK[DREAM]) > 1000 > count_of(dreamed, DARK[MODEL])
    assert min(count_of(context, DARK[each]) for each in (REAL, ERROR)) > 500


def test_that_a_light_film_and_a_light_strip_have_the_light_colors_and_no_dark_one() -> None:
    film = replace(make_film(context=5), model=np.zeros((2, 12, 64, 64, 3), np.uint8))
    for image in (
        Composer(film, 2, curves=True, palette=LIGHT).compose(6),
        draw_strip(film, 2, True, None, LIGHT),
    ):
        for color in (Color.GROUND, Color.PLOT_GROUND, Color.TEXT, Color.DREAM, Color.REAL):
            assert count_of(image, LIGHT[color]) > 100
        assert count_of(image, DARK[Color.GROUND]) < 10


def test_that_text_of_a_light_and_of_a_dark_film_has_enough_contrast() -> None:
    for palette in (DARK, LIGHT):
        for color in (REAL, MODEL, DREAM, ERROR, TEXT, Color.FAINT_TEXT):
            for ground in (Color.GROUND, Color.PLOT_GROUND):
                assert contrast(palette[color], palette[ground]) >= 4.5


def test_that_captions_say_what_the_model_saw() -> None:
    with texts_drawn() as texts:
        composer = Composer(make_film(context=5), 2, curves=False)
        stills = [{words for words, _, _ in drawing} for drawing in texts.values()]
        composer.compose(6)
    (seen,) = [words for words in stills if "context: the model saw this frame" in words]
    (unseen,) = [words for words in stills if "open loop: the model does not see" in words]
    assert seen >= {"Real", "Model saw it", "Error x4"}
    assert unseen >= {"Real", "Dreamed", "Error x4"}
    assert [words for words, _, _ in list(texts.values())[-1]] == ["frame 7 of 12"]


@pytest.mark.parametrize("curves", [False, True])
@pytest.mark.parametrize("scale", [1, 2, 8])
@pytest.mark.parametrize("count", [1, 3, 8])
@pytest.mark.parametrize("kind", ["imagined", "open-loop", "reconstruction"])
def test_that_no_text_is_cut_or_covered_in_a_film(kind: Any, count: int, scale: int, curves: bool) -> None:
    film = replace(make_film(kind, count, length=3, context=1), task="gym:some_package.envs:AnEnvironment-v12")
    with texts_drawn() as texts:
        composer = Composer(film, scale, curves)
        picture = composer.compose(2)
    *stills, counter = texts.values()
    (frame_left, _) = places_of(picture, enlarged(film.model[0, 2], scale))[0]
    frame_top = min(
        top
        for _, top in places_of(picture, enlarged((film.real if film.real is not None else film.model)[0, 2], scale))
    )
    for still in stills:
        for _, box, size in [*still, *counter]:
            assert box[0] >= 0 and box[1] >= 0 and box[2] <= size[0] and box[3] <= size[1]
            assert box[3] <= frame_top or box[2] < frame_left
        assert not any(overlap(one, other) for (_, one, _), (_, other, _) in combinations([*still, *counter], 2))


@pytest.mark.parametrize("curves", [False, True])
@pytest.mark.parametrize("scale", [2, 8])
@pytest.mark.parametrize(("length", "context"), [(2, 1), (45, 5), (45, 44)])
def test_that_no_text_is_cut_or_covered_in_a_strip(length: int, context: int, scale: int, curves: bool) -> None:
    with texts_drawn() as texts:
        draw_strip(make_film(count=1, length=length, context=context), scale, curves, None)
    for drawing in texts.values():
        for _, box, size in drawing:
            assert box[0] >= 0 and box[1] >= 0 and box[2] <= size[0] and box[3] <= size[1]
        assert not any(overlap(one, other) for (_, one, _), (_, other, _) in combinations(drawing, 2))


def test_that_all_images_of_a_film_have_the_same_even_size() -> None:
    for count, scale in [(1, 1), (3, 3), (8, 2)]:
        composer = Composer(make_film(count=count, length=11), scale, curves=True)
        sizes = {composer.compose(time).shape for time in range(11)}
        assert sizes == {(composer.size[1], composer.size[0], 3)}
        assert composer.size[0] % 2 == composer.size[1] % 2 == 0


def test_that_many_sequences_wrap_into_further_lines() -> None:
    width, height = Composer(make_film("imagined", count=8, length=1), 2, curves=False).size
    assert 1 < width / height < 2.5


def test_that_the_cursor_moves_evenly_along_the_curves() -> None:
    film = make_film("imagined", count=1, length=9)
    composer = Composer(film, 4, curves=True)
    below = places_of(composer.compose(0), enlarged(film.model[0, 0], 4))[0][1] + 64 * 4 + 8
    marks = []
    for time in range(9):
        is_text = (composer.compose(time)[below:] == DARK[TEXT]).all(axis=-1)
        marks.append(int(is_text.sum(axis=0).argmax()))
    steps = np.diff(marks)
    assert steps.min() >= 64 * 4 // 9 and steps.max() <= 64 * 4 // 9 + 1


def test_that_a_plot_shows_received_predicted_and_dreamed_reward_each_over_its_frames() -> None:
    film = make_film(context=5)
    reward, value = plots_of(film)
    received, predicted, dreamed = reward.traces
    assert (received.label, predicted.label, dreamed.label) == ("received", "predicted", "dreamed")
    assert (received.color, predicted.color, dreamed.color) == (REAL, MODEL, DREAM)
    assert received.values is film.reward
    assert np.isfinite(predicted.values[0]).tolist() == [time < 5 for time in range(12)]
    assert np.isfinite(dreamed.values[0]).tolist() == [time >= 4 for time in range(12)]
    assert reward.context_end == value.context_end == 5
    assert [trace.label for trace in plots_of(make_film("imagined"))[0].traces] == ["dreamed"]
    assert [trace.label for trace in plots_of(make_film("reconstruction"))[0].traces] == ["received", "predicted"]


@pytest.mark.parametrize(
    ("values", "texts"), [([-0.001, 1.0], ("1.00", "0.00")), ([3, 3], ("3.50", "2.50")), ([0, 250], ("250", "0"))]
)
def test_that_the_range_of_an_axis_is_written_with_as_many_digits_as_it_needs(
    values: Any, texts: tuple[str, str]
) -> None:
    film = replace(make_film("imagined", count=1, length=2), value=np.array([values], np.float32))
    assert plots_of(film)[1].range_texts == texts


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_that_a_curve_ends_at_the_first_value_that_is_not_finite(bad: float) -> None:
    value = np.array([[0, 1, 0, 1, bad, bad, bad, bad]], np.float32)
    composer = Composer(replace(make_film("imagined", count=1, length=8), value=value), 4, curves=True)
    drawn = (composer.compose(0)[-64:, -64 * 4 :] == DARK[DREAM]).all(axis=-1).any(axis=0)
    assert drawn[:128].sum() > 64
    assert not drawn[128:].any()


def test_that_a_strip_shows_every_third_of_45_frames_and_where_the_context_ends() -> None:
    film = make_film(count=1, length=45, context=5)
    with texts_drawn() as texts:
        picture = draw_strip(film, 2, curves=False, progress=None)
    lefts = [places_of(picture, enlarged(film.model[0, time], 2))[0][0] for time in range(0, 45, 3)]
    assert lefts == sorted(lefts)
    words = {words for drawing in texts.values() for words, _, _ in drawing}
    assert words >= {str(time + 1) for time in range(0, 45, 3)}
    assert "context ends here (after frame 5)" in words
    line = (picture == DARK[TEXT]).all(axis=-1).sum(axis=0).argmax()
    assert lefts[2] - 8 < line < lefts[2]  # frames 1 and 4 are of the context, frame 7 is not


@pytest.mark.parametrize("scale", [2, 4, 8])
def test_that_a_strip_of_a_long_film_keeps_a_reasonable_width(scale: int) -> None:
    assert draw_strip(make_film("imagined", count=1, length=300), scale, True, None).shape[1] < 4100


@pytest.mark.parametrize("scale", [1, 2, 4])
def test_that_text_of_a_strip_is_legible_where_a_page_shows_it_1_000_pixels_wide(scale: int) -> None:
    with texts_drawn() as texts:
        picture = draw_strip(make_film(count=1, length=45), scale, True, None)
    lines = [box[3] - box[1] for drawing in texts.values() for words, box, _ in drawing if words == "Real"]
    assert min(lines) / max(1, picture.shape[1] / 1000) >= 6.5  # of its capitals
