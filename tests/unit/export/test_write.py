import gc
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import imageio.v3 as iio
import imageio_ffmpeg
import numpy as np
import psutil
import pytest
from numpy.typing import NDArray
from PIL import Image

from dreamer_studio.export import EncodeError, ExportCanceled, Film, write
from dreamer_studio.export.compose import Composer
from dreamer_studio.export.ffmpeg import check_film, encode
from dreamer_studio.export.recipe import Recipe
from dreamer_studio.export.write import image_size
from tests.support.file_limits import files_no_larger_than
from tests.support.films import make_film, make_smooth_film
from tests.support.seeing import enlarged, places_of

ENDINGS = [".gif", ".webp", ".mp4", ".png", ".npz"]


@pytest.fixture(params=["ffmpeg", "pillow"])
def encoder(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run the test with ffmpeg, and as on a machine without ffmpeg."""
    if request.param == "pillow":
        without_ffmpeg(monkeypatch)
    return str(request.param)


def without_ffmpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> str:
        raise RuntimeError("No ffmpeg exe could be found.")

    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", missing)


def pictures_of(film: Film, scale: int = 2) -> NDArray[np.float64]:
    composer = Composer(film, scale, curves=False)
    return np.stack([composer.compose(time) for time in range(film.length)]).astype(np.float64)


def blocks(pictures: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return means over 8 x 8 pixels: what the eye sees of a dithered area."""
    count, height, width, _ = pictures.shape
    cut = pictures[:, : height // 8 * 8, : width // 8 * 8]
    means: NDArray[np.float64] = cut.reshape(count, height // 8, 8, width // 8, 8, 3).mean(axis=(2, 4))
    return means


@pytest.mark.usefixtures("encoder")
@pytest.mark.parametrize(("fps", "delays"), [(20, {50}), (30, {30, 40}), (50, {20})])
def test_that_a_gif_has_every_frame_loops_and_keeps_the_rate(tmp_path: Path, fps: int, delays: set[int]) -> None:
    write(make_film(count=1, length=12), tmp_path / "film.gif", fps=fps, scale=1)
    with iio.imopen(tmp_path / "film.gif", "r", plugin="pillow") as gif:
        frames = [frame.tobytes() for frame in gif.iter()]
        shown = [gif.metadata(index=time)["duration"] for time in range(12)]
        assert gif.metadata()["loop"] == 0
    assert len(set(frames)) == len(frames) == 12
    assert set(shown) == delays
    assert sum(shown) == pytest.approx(1000 * 12 / fps, abs=10)


@pytest.mark.usefixtures("encoder")
def test_that_a_smooth_slope_does_not_band_in_a_gif(tmp_path: Path) -> None:
    film = make_smooth_film()
    write(film, tmp_path / "film.gif", scale=2)
    shown = iio.imread(tmp_path / "film.gif", plugin="pillow").astype(np.float64)
    composed = pictures_of(film)
    assert film.real is not None
    places = [places_of(composed[0].astype(np.uint8), enlarged(film.real[sequence, 0], 2))[0] for sequence in range(4)]
    errors = [np.abs(blocks((shown - composed)[:, top : top + 128, left : left + 128])).mean() for left, top in places]
    assert np.mean(errors) < 0.56  # of 255; without dithering, or with a pattern for it, 0.58 to 0.71


def test_that_an_mp4_has_every_frame_in_its_colors(tmp_path: Path) -> None:
    film = make_smooth_film()
    write(film, tmp_path / "film.mp4", fps=10, scale=2)
    about = iio.immeta(tmp_path / "film.mp4", plugin="FFMPEG")
    frames = iio.imread(tmp_path / "film.mp4", plugin="FFMPEG").astype(np.float64)
    expected = pictures_of(film)
    assert (about["fps"], about["pix_fmt"].split("(")[0]) == (10, "yuv420p")
    assert "bt709" in about["pix_fmt"]
    assert len(frames) == film.length
    assert np.abs(blocks(frames) - blocks(expected)).mean() < 1.5


def test_that_a_strip_and_a_film_can_have_curves(tmp_path: Path) -> None:
    for name in ("strip.png", "film.gif"):
        sizes = []
        for curves in (False, True):
            write(make_film(length=3, context=1), tmp_path / name, scale=1, curves=curves)
            sizes.append(iio.improps(tmp_path / name, plugin="pillow").shape[-3])
        assert sizes[1] > sizes[0] + 60


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(("scale", "curves"), [(1, True), (3, False), (4, True)])
@pytest.mark.parametrize(("kind", "count", "length"), [("imagined", 1, 45), ("open-loop", 3, 8)])
def test_that_the_size_is_known_before_the_film_is_drawn(
    tmp_path: Path, ending: str, scale: int, curves: bool, kind: Any, count: int, length: int
) -> None:
    film = make_film(kind, count=count, length=length if ending == ".png" else 8)  # only a strip grows with its length
    written = write(film, tmp_path / f"film{ending}", scale=scale, curves=curves)
    assert image_size(film, ending, scale, curves) == written.size
    if ending in (".gif", ".webp", ".png"):
        with Image.open(written.path) as image:
            assert image.size == written.size


def test_that_the_arrays_are_read_back_unchanged(tmp_path: Path) -> None:
    film = make_film(context=5)
    write(film, tmp_path / "film.npz")
    with np.load(tmp_path / "film.npz", allow_pickle=False) as arrays:
        for name in ("real", "model", "action", "reward", "reward_predicted", "value"):
            expected = getattr(film, name)
            assert arrays[name].dtype == expected.dtype
            assert np.array_equal(arrays[name], expected)
        numbers = {name: arrays[name].item() for name in ("context", "step", "update", "kind", "task")}
    assert numbers == {
        "context": 5,
        "step": 120_000,
        "update": 12_345,
        "kind": "open-loop",
        "task": "dmc:walker-walk",
    }


def test_that_an_imagined_film_has_no_real_arrays(tmp_path: Path) -> None:
    write(make_film("imagined"), tmp_path / "dream.NPZ")
    with np.load(next(tmp_path.iterdir()), allow_pickle=False) as arrays:
        names = {"model", "action", "reward", "reward_predicted", "value", "context", "step", "update", "kind", "task"}
        assert set(arrays) == names
        assert np.isnan(arrays["reward"]).all()


@pytest.mark.parametrize("ending", ENDINGS)
def test_that_progress_rises_to_one_and_only_the_file_is_left(tmp_path: Path, ending: str) -> None:
    shares: list[float] = []

    def note(share: float) -> bool:
        shares.append(share)
        return True

    write(make_film(count=1), tmp_path / "new" / f"film{ending}", scale=1, progress=note)
    assert shares == sorted(set(shares))
    assert 0 < shares[0] <= shares[-1] == 1
    assert [path.name for path in (tmp_path / "new").iterdir()] == [f"film{ending}"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_that_an_export_can_be_canceled_until_the_file_is_complete(tmp_path: Path, ending: str) -> None:
    sizes: list[int] = []

    def note(share: float) -> bool:
        if share == 1.0:
            (unfinished,) = tmp_path.iterdir()
            sizes.append(unfinished.stat().st_size)
        return share < 1.0 or len(sizes) > 1

    path = tmp_path / f"film{ending}"
    with pytest.raises(ExportCanceled):
        write(make_film(count=1), path, scale=1, progress=note)
    assert list(tmp_path.iterdir()) == []
    write(make_film(count=1), path, scale=1, progress=note)
    assert sizes == [path.stat().st_size] * 2


@pytest.mark.parametrize(("fps", "delays"), [(20, {50}), (30, {33, 34}), (50, {20}), (120, {8, 9})])
@pytest.mark.parametrize("length", [12, 1])
def test_that_a_webp_has_every_pixel_loops_and_keeps_the_rate(
    tmp_path: Path, fps: int, delays: set[int], length: int
) -> None:
    film = replace(make_film("imagined", count=1, length=length), recipe=Recipe("imagined", "dmc:walker-walk"))
    written = write(film, tmp_path / "film.webp", fps=fps, scale=2)
    shown, images = [], []
    with Image.open(tmp_path / "film.webp") as webp:
        assert webp.size == written.size and webp.getexif()[0x010E].startswith('{"dreamer_studio_recipe":1')
        for number in range(length):
            webp.seek(number)
            images.append(np.array(webp.convert("RGB")))
            shown.append(int(webp.info.get("duration", 0)))
        assert length == 1 or webp.info["loop"] == 0
    np.testing.assert_array_equal(np.stack(images), pictures_of(film))
    if length > 1:
        assert set(shown) <= delays
        assert sum(shown) == pytest.approx(1000 * length / fps, abs=2)
        assert written.seconds == pytest.approx(length / fps)


def test_that_images_of_a_webp_that_stay_the_same_keep_their_time(tmp_path: Path) -> None:
    film = make_film("imagined", count=1, length=10)
    still = replace(film, model=np.repeat(film.model[:, :1], 10, axis=1))
    write(still, tmp_path / "film.webp", fps=20, scale=1)
    with Image.open(tmp_path / "film.webp") as webp:
        shown = 0
        for number in range(webp.n_frames):  # type: ignore[attr-defined]
            webp.seek(number)
            webp.load()
            shown += int(webp.info["duration"])
    assert shown == 500


@pytest.mark.usefixtures("encoder")
@pytest.mark.parametrize("ending", [".gif", ".png", ".npz"])
def test_that_a_canceled_export_leaves_what_was_there(tmp_path: Path, ending: str) -> None:
    check_canceling(tmp_path / f"film{ending}", at=0.4)


@pytest.mark.parametrize("at", [0.1, 1.0])
def test_that_a_canceled_mp4_leaves_what_was_there(tmp_path: Path, at: float) -> None:
    check_canceling(tmp_path / "film.mp4", at)


@pytest.mark.parametrize("ending", [".gif", ".webp", ".mp4"])
def test_that_canceling_a_film_ends_ffmpeg_instead_of_waiting_for_it(tmp_path: Path, ending: str) -> None:
    with patch.object(psutil.Process, "kill", autospec=True, side_effect=psutil.Process.kill) as kill:
        check_canceling(tmp_path / f"film{ending}", at=0.9)
    assert kill.call_count == 1


def check_canceling(path: Path, at: float) -> None:
    path.write_bytes(b"older")
    before = psutil.Process().children()
    with pytest.raises(ExportCanceled):
        write(make_film(count=1), path, scale=1, progress=lambda share: share < at)
    assert path.read_bytes() == b"older"
    assert list(path.parent.iterdir()) == [path]
    assert set(psutil.Process().children()) <= set(before)


SCRIPTS = {
    "fails at once": ("echo complaint >&2; exit 3", "gave up after|left a film that cannot be read"),
    "fails in the end": ("cat > /dev/null; echo complaint >&2; exit 3", "left a film that cannot be read"),
    "does nothing": ("cat > /dev/null", "left a film that cannot be read"),
}


@pytest.mark.skipif(sys.platform == "win32", reason="a script stands in for ffmpeg")
@pytest.mark.parametrize("ending", [".gif", ".webp", ".mp4"])
@pytest.mark.parametrize("fault", SCRIPTS)
def test_that_an_ffmpeg_that_fails_is_an_error_and_leaves_nothing(
    tmp_path: Path, ending: str, fault: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "ffmpeg"
    script, words = SCRIPTS[fault]
    broken.write_text(f"#!/bin/sh\n{script}\n")
    broken.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(broken))
    with pytest.raises(EncodeError, match=words):
        write(make_film(count=1), tmp_path / f"film{ending}", scale=1)
    assert list(tmp_path.iterdir()) == [broken]
    assert ("complaint" in script) == ("complaint" in capfd.readouterr().err)


def test_that_an_ffmpeg_that_ends_before_the_images_is_an_error_and_leaves_no_process(tmp_path: Path) -> None:
    image = np.zeros((480, 640, 3), np.uint8)
    before = psutil.Process().children()
    with pytest.raises(EncodeError, match="gave up after"):
        encode(
            (image for _ in range(500)),
            tmp_path / "film.mp4",
            fps=20,
            codec="no-such-codec",
            pixel_format="yuv420p",
            arguments=[],
        )
    assert set(psutil.Process().children()) <= set(before)


def test_that_an_ffmpeg_that_cannot_start_is_an_error_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "nothing"))
    with pytest.raises(EncodeError, match="ffmpeg could not be started"):
        write(make_film(count=1), tmp_path / "film.mp4", scale=1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", [".gif", ".mp4"])
def test_that_a_film_without_its_last_bytes_is_refused(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"film{ending}"
    write(make_film(count=1, length=12), path, scale=1)
    check_film(path, 12)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 9 // 10])
    with pytest.raises(EncodeError, match="ffmpeg left a film"):
        check_film(path, 12)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits there")
@pytest.mark.parametrize("ending", [".gif", ".webp", ".mp4"])
def test_that_a_full_disk_is_reported_and_nothing_is_left(tmp_path: Path, ending: str) -> None:
    with files_no_larger_than(20_000), pytest.raises(EncodeError, match=r"film\.\w+ cannot be written: File too large"):
        write(make_film(count=1), tmp_path / f"film{ending}", scale=2)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits there")
@pytest.mark.parametrize("ending", [".png", ".npz"])
def test_that_an_image_or_arrays_on_a_full_disk_fail_once_with_the_path(
    tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    unraisable: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", unraisable.append)
    with files_no_larger_than(2_000), pytest.raises(OSError, match=rf"File too large: .*film{ending}"):
        write(make_film(count=1), tmp_path / f"film{ending}", scale=4)
    gc.collect()
    assert unraisable == [] and list(tmp_path.iterdir()) == []


def test_that_a_gif_is_written_although_the_temporary_folder_has_an_odd_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = tmp_path / "it's [odd], really; 100% \N{LATIN SMALL LETTER E WITH ACUTE}"
    odd.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(odd))
    write(make_film(count=1), odd / "film.gif", scale=1)
    assert iio.improps(odd / "film.gif", plugin="pillow").shape[0] == 12


@pytest.mark.parametrize("ending", [".webp", ".mp4"])
def test_that_a_film_that_needs_ffmpeg_says_so_without_it(
    tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_ffmpeg(monkeypatch)
    with pytest.raises(EncodeError, match="needs ffmpeg"):
        write(make_film(count=1), tmp_path / f"film{ending}", scale=1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "settings", "complaint"),
    [
        ("film.avi", {}, r"\.gif, \.webp, \.mp4, \.png, \.npz"),
        ("film", {}, r"\.gif, \.webp, \.mp4, \.png, \.npz"),
        ("film.gif", {"fps": 0}, "1 to 50"),
        ("film.gif", {"fps": 60}, "1 to 50"),
        ("film.mp4", {"fps": 121}, "1 to 120"),
        ("film.webp", {"fps": 121}, "1 to 120"),
        ("film.png", {"scale": 0}, "1 to 16"),
        ("film.png", {"scale": 17}, "1 to 16"),
    ],
)
def test_that_invalid_settings_are_refused_before_anything_is_written(
    tmp_path: Path, name: str, settings: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        write(make_film(length=2, context=1), tmp_path / "new" / name, **settings)
    assert list(tmp_path.iterdir()) == []


def test_that_a_film_of_one_frame_is_written_in_every_format(tmp_path: Path) -> None:
    film = make_film("reconstruction", count=1, length=1)
    for ending in ENDINGS:
        write(replace(film, task="t"), tmp_path / f"film{ending}", scale=1, curves=True)
    assert len(list(tmp_path.iterdir())) == len(ENDINGS)
