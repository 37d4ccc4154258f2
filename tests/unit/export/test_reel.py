from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from dreamer_studio.export import Reel
from dreamer_studio.export.compose import Composer
from dreamer_studio.export.curves import Trace, plot_of
from dreamer_studio.export.reel import reel_of
from dreamer_studio.export.rows import Look
from dreamer_studio.export.strip import draw_strip
from dreamer_studio.export.style import DARK, DREAM, MODEL
from tests.support.films import make_film
from tests.support.seeing import count_of, enlarged, overlap, places_of, texts_drawn

PERSON, POLICY = Look("dream: the user acts", DREAM), Look("dream: the policy acts", DREAM)
LENGTH = 12


def across(context: int = 5) -> Reel:
    """Return a reel whose one sequence lies across, without real frames from the ninth on."""
    reel = reel_of(make_film(count=1, length=LENGTH, context=context))
    real, model, error = reel.rows
    there = np.arange(LENGTH) < 8
    captions = (*reel.captions[:context], *([PERSON] * 3 + [POLICY] * LENGTH)[: LENGTH - context])
    rows = (replace(real, there=there), model, replace(error, there=there))
    return replace(reel, rows=rows, captions=captions, across=True)


def many(rows: int = 9) -> Reel:
    """Return many different rows."""
    reel = across()
    made = [make_film(count=1, length=LENGTH, context=5, seed=seed) for seed in range(rows)]
    return replace(reel, rows=tuple(replace(reel.rows[1], images=film.model) for film in made))


@pytest.mark.parametrize("scale", [2, 5])
def test_that_the_rows_of_an_across_reel_stand_side_by_side(scale: int) -> None:
    reel = across()
    picture = Composer(reel, scale, curves=False).compose(7)
    places = [places_of(picture, enlarged(row.images[0, 7], scale)) for row in reel.rows]
    assert [len(found) for found in places] == [1, 1, 1]
    (first, top), *others = (found[0] for found in places)
    assert [other[1] for other in others] == [top, top]
    assert first < others[0][0] < others[1][0]


def test_that_no_image_is_drawn_for_an_unknown_frame() -> None:
    reel, scale = across(), 2
    picture = Composer(reel, scale, curves=False).compose(9)
    assert [len(places_of(picture, enlarged(row.images[0, 9], scale))) for row in reel.rows] == [0, 1, 0]
    strip = draw_strip(reel, scale, curves=False, progress=None)
    found = [[len(places_of(strip, enlarged(row.images[0, time], scale))) for time in (7, 8)] for row in reel.rows]
    assert found == [[1, 0], [1, 1], [1, 0]]


def test_that_many_rows_of_an_across_reel_wrap_into_further_lines() -> None:
    reel, scale = many(), 2
    picture = Composer(reel, scale, curves=True).compose(7)
    places = [places_of(picture, enlarged(row.images[0, 7], scale)) for row in reel.rows]
    assert [len(found) for found in places] == [1] * len(reel.rows)
    lines = sorted({top for ((_, top),) in places})
    assert len(lines) > 1
    assert [top for ((_, top),) in places] == sorted(top for ((_, top),) in places)
    assert picture.shape[1] < 2 * picture.shape[0]


def test_that_a_dashed_curve_has_about_half_the_pixels() -> None:
    values = np.linspace(0, 1, LENGTH, dtype=np.float32)[None]
    drawn = []
    for dashed in (False, True):
        plots = (plot_of("Error", (Trace("one", MODEL, values, dashed),)),)
        picture = Composer(replace(across(), plots=plots), 4, curves=True).compose(0)
        drawn.append(count_of(picture[-60:, picture.shape[1] // 2 :], DARK[MODEL]))
    assert 0.3 < drawn[1] / drawn[0] < 0.7


@pytest.mark.parametrize("curves", [False, True])
@pytest.mark.parametrize("scale", [1, 2, 8])
@pytest.mark.parametrize("rows", [3, 9])
def test_that_no_text_is_cut_or_covered_in_an_across_reel(scale: int, curves: bool, rows: int) -> None:
    reel = across() if rows == 3 else many(rows)
    with texts_drawn() as texts:
        composer = Composer(reel, scale, curves)
        picture = composer.compose(6)
    *stills, counter = texts.values()
    boxes = [(*places_of(picture, enlarged(row.images[0, 6], scale))[0], 64 * scale) for row in reel.rows]
    for still in stills:
        for _, box, size in [*still, *counter]:
            assert box[0] >= 0 and box[1] >= 0 and box[2] <= size[0] and box[3] <= size[1]
            for left, top, side in boxes:
                assert not overlap(box, (left, top, left + side, top + side))
        assert not any(overlap(one, other) for (_, one, _), (_, other, _) in combinations([*still, *counter], 2))
    assert composer.size[0] % 2 == composer.size[1] % 2 == 0


def test_that_captions_change_over_time_and_a_strip_lists_them_in_order() -> None:
    with texts_drawn() as texts:
        composer = Composer(across(), 2, curves=False)
    said = {words for drawing in texts.values() for words, _, _ in drawing}
    assert {"context: the model saw this frame", PERSON.text, POLICY.text} <= said
    assert count_of(composer.compose(4), DARK[MODEL]) > 1000 > count_of(composer.compose(5), DARK[MODEL])
    with texts_drawn() as texts:
        draw_strip(across(), 4, curves=False, progress=None)
    words = [words for drawing in texts.values() for words, _, _ in drawing]
    assert words.index(PERSON.text) < words.index(POLICY.text)
    assert "context ends here (after frame 5)" in words


def test_that_rows_of_different_lengths_and_several_sequences_across_are_refused() -> None:
    reel = across()
    with pytest.raises(ValueError, match="captions"):
        replace(reel, captions=reel.captions[1:])
    with pytest.raises(ValueError, match="labels"):
        replace(reel, rows=(reel.rows[0], replace(reel.rows[1], looks=reel.rows[1].looks[1:])))
    with pytest.raises(ValueError, match="2 sequences"):
        replace(reel_of(make_film(count=2)), across=True)


def test_that_a_row_that_changes_its_color_but_not_its_name_is_named_once_in_a_strip() -> None:
    reel = across()
    looks = tuple(Look("A: step 60", MODEL if time < 5 else DREAM) for time in range(LENGTH))
    with texts_drawn() as texts:
        draw_strip(replace(reel, rows=(replace(reel.rows[1], looks=looks),)), 2, curves=False, progress=None)
    words = [words for drawing in texts.values() for words, _, _ in drawing]
    assert words.count("A: step 60") == 1
