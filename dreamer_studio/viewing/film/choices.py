"""The films that can be made of what is on screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from dreamer_studio.viewing.film.captures import CompareCapture, SceneCapture
from dreamer_studio.viewing.film.screen_history import MOMENTS_PER_SECOND, Moment, last_seconds
from dreamer_studio.viewing.pace import FRAMES_PER_SECOND

if TYPE_CHECKING:
    from dreamer_studio.export import Reel
    from dreamer_studio.viewing.film.scene_film import Facts

CHECKPOINTS_PER_SECOND = 3
"""Speed of a time-lapse: slow enough to see what each checkpoint has learned."""


@dataclass(frozen=True)
class FilmChoice:
    """A film that the user can choose, of what was on screen when the export began.

    Attributes:
        words: the text of the choice.
        note: a remark for the user, such as the number of frames left out.
        stem: the file's name without its suffix.
        length: number of frames.
        fps: frames per second at which the film is about as fast as the screen was.
        film: makes the film of a range of frames, given the first and the last, from 0.
    """

    words: str
    note: str
    stem: str
    length: int
    fps: int
    film: Callable[[int, int], Reel]


def scene_on_screen(on_show: SceneCapture, facts: Facts) -> FilmChoice | None:
    """Return the film of the Dream workspace's scene, or None before its first frame is decoded."""

    def film(first: int, last: int) -> Reel:
        from dreamer_studio.viewing.film.scene_film import film_of_scene  # noqa: PLC0415  (needs Pillow)

        return film_of_scene(on_show, facts, first, last)

    scene = on_show.scene
    if scene.decoded == 0:
        return None
    comparison = on_show.comparison.name
    missing = len(scene.columns) - scene.decoded
    left_out = f" {missing} are not drawn yet, and left out." if missing else ""
    note = f"{scene.decoded} frames as they were when you asked, with the weights of update {scene.update:,}.{left_out}"
    stem = f"scene-{scene.number}-branch-{scene.branch}-update-{scene.update}"
    words = f"On screen: {on_show.name}, comparison: {comparison}"
    return FilmChoice(words, note, stem, scene.decoded, int(FRAMES_PER_SECOND), film)


def comparison_on_screen(on_show: CompareCapture, facts: Facts) -> tuple[FilmChoice, ...]:
    """Return the films of a comparison, for a time-lapse also that of one frame; none before one is decoded."""

    def film(first: int, last: int) -> Reel:
        from dreamer_studio.viewing.film.compare_film import film_of_comparison  # noqa: PLC0415  (needs Pillow)

        return film_of_comparison(on_show, facts, first, last)

    def lapse(first: int, last: int) -> Reel:
        from dreamer_studio.viewing.film.compare_film import film_of_lapse  # noqa: PLC0415  (needs Pillow)

        return film_of_lapse(on_show, facts, first, last)

    result, drawn = on_show.result, len(on_show.drawn)
    if not drawn:
        return ()
    missing = len(result.request.contestants) - drawn
    left_out = f" {missing} more are not drawn, and left out." if missing else ""
    what = "time-lapse" if result.request.lapse else "comparison"
    stem = f"{what}-episode-{result.origin.episode}-frame-{result.origin.index}"
    note = f"One scene of {result.columns} frames by {drawn} checkpoints at once, and the real frames.{left_out}"
    words = f"On screen: {drawn} checkpoints side by side"
    scene = FilmChoice(words, note, stem, result.columns, int(FRAMES_PER_SECOND), film)
    if not result.request.lapse:
        return (scene,)
    row = result.first_row + on_show.cursor
    note = f"One frame as each of {drawn} checkpoints draws it, oldest first.{left_out}"
    words = f"Time-lapse: frame {row} of the episode, from checkpoint to checkpoint"
    return scene, FilmChoice(words, note, f"{stem}-of-frame-{row}", drawn, CHECKPOINTS_PER_SECOND, lapse)


def moments_on_screen(moments: tuple[Moment, ...], facts: Facts) -> FilmChoice | None:
    """Return the film of the last seconds of the screen, or None without any."""

    def film(first: int, last: int) -> Reel:
        from dreamer_studio.viewing.film.moment_film import film_of_moments  # noqa: PLC0415  (needs Pillow)

        return film_of_moments(moments[first : last + 1], facts)

    if not moments:
        return None
    seconds = moments[-1].seconds - moments[0].seconds
    # The pace at which most moments came, because the film does not stand still where the image did.
    paces = [1 / (later.seconds - earlier.seconds) for earlier, later in pairwise(moments)]
    fps = round(median(paces)) if paces else MOMENTS_PER_SECOND
    words = f"On screen: {last_seconds(seconds)}"
    note = f"{len(moments)} frames, one for each change of the image, up to {MOMENTS_PER_SECOND} a second."
    stem = f"last-seconds-update-{moments[-1].update}" if moments[-1].update >= 0 else "last-seconds"
    return FilmChoice(words, note, stem, len(moments), max(1, min(MOMENTS_PER_SECOND, fps)), film)
