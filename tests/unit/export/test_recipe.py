"""Recipes in films: every format carries one, and no file can do harm by what it says."""

import io
import json
import struct
import zipfile
from dataclasses import replace
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
from PIL import Image

from dreamer_studio import __version__
from dreamer_studio.export import write
from dreamer_studio.export.carriers import KEY, read_recipe
from dreamer_studio.export.recipe import (
    MOST_BYTES,
    Drawing,
    Recipe,
    RecipeError,
    Scene,
    Weights,
    as_dict,
    as_text,
    from_text,
    rounded,
    run_names,
)
from tests.support.films import make_film

ENDINGS = [".gif", ".webp", ".mp4", ".png", ".npz"]
ACTIONS = np.random.default_rng(0).uniform(-1, 1, (8, 6)).astype(np.float32)
RECIPE = Recipe(
    kind="scene",
    task="dmc:walker-walk",
    preset="laptop",
    run="walker-1",
    folder="~/runs/walker-1",
    settings={"seed": 3, "expl_amount": 0.25, "clip_rewards": "tanh"},
    weights=(Weights(12_345, 120_000, "000007-step-120000-update-12345"),),
    scene=Scene(7, 31, 5, 45, "sample", 2, actions=rounded(ACTIONS), branch="left; \"x\" = 'y' \u00e4\n", edited=(33,)),
    drawing=Drawing(first=2, last=9),
)


@pytest.fixture(params=ENDINGS)
def film(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Write a film with a recipe in each format, and return its path."""
    path = tmp_path / f"film{request.param}"
    written = write(replace(make_film(count=1, length=8), recipe=RECIPE), path, fps=25, scale=1, colors="light")
    assert written.path == path and written.bytes == path.stat().st_size
    return path


def test_that_a_film_of_each_format_gives_its_recipe_back_whole(film: Path) -> None:
    moves, arrays = film.suffix in (".gif", ".webp", ".mp4"), film.suffix == ".npz"
    drawing = Drawing(25 if moves else 0, 0 if arrays else 1, False, "light", 2, 9)
    assert read_recipe(film) == replace(RECIPE, drawing=drawing, program=__version__)
    assert read_recipe(film).scene is not None
    np.testing.assert_array_equal(np.array(read_recipe(film).scene.actions, np.float32), ACTIONS)  # type: ignore[union-attr]


def test_that_other_programs_read_a_film_with_a_recipe(film: Path) -> None:
    if film.suffix == ".npz":
        with np.load(film, allow_pickle=False) as arrays:
            assert json.loads(str(arrays[KEY]))["run"] == "walker-1"
    elif film.suffix == ".mp4":
        assert len(iio.imread(film, plugin="FFMPEG")) == 8
    else:
        with Image.open(film) as image:
            assert getattr(image, "n_frames", 1) == (1 if film.suffix == ".png" else 8)
            for number in range(getattr(image, "n_frames", 1)):
                image.seek(number)
                image.load()


def test_that_a_film_without_a_recipe_says_so_in_a_line(tmp_path: Path) -> None:
    for ending in ENDINGS:
        write(make_film(count=1, length=3, context=1), tmp_path / f"film{ending}", scale=1)
        with pytest.raises(RecipeError, match=r"^film\.\w+ carries no recipe of Dreamer Studio\.$"):
            read_recipe(tmp_path / f"film{ending}")


def test_that_a_film_cut_anywhere_or_with_a_changed_byte_is_at_most_refused(film: Path) -> None:
    whole, draw = film.read_bytes(), np.random.default_rng(1)
    places = [0, 1, 7, 12, 13, 20, len(whole) - 1, *draw.integers(0, len(whole), 60)]
    broken = [whole[:place] for place in places]
    for place in [*places, *(whole.rindex(KEY.encode()) + near for near in range(-40, 40) if KEY.encode() in whole)]:
        changed = bytearray(whole)
        changed[place] ^= int(draw.integers(1, 256))
        broken.append(bytes(changed))
    refused = 0
    for content in broken:
        film.write_bytes(content)
        try:
            read_recipe(film)
        except RecipeError as error:
            refused += 1
            assert "\n" not in str(error) and film.name in str(error) and len(str(error)) < 600
    assert refused > 30


@pytest.mark.parametrize("ending", ENDINGS)
def test_that_a_file_of_another_kind_is_refused_in_a_line(ending: str, tmp_path: Path) -> None:
    for content in (b"", b"x", bytes(5000), b"RIFF\xff\xff\xff\xffWEBP" + b"\xff" * 64, b"GIF89a" + b"\xff" * 5000):
        (tmp_path / f"film{ending}").write_bytes(content)
        with pytest.raises(RecipeError):
            read_recipe(tmp_path / f"film{ending}")


def test_that_a_file_name_of_no_film_format_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    for name in ("film.txt", "film", "missing.gif", "folder.png"):
        if name.startswith("folder"):
            (tmp_path / name).mkdir()
        with pytest.raises(RecipeError, match=name):
            read_recipe(tmp_path / name)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"dreamer_studio_recipe": 2}, "version 2"),
        ({"dreamer_studio_recipe": True}, "no recipe"),
        ({"kind": 7}, "kind"),
        ({"scene": {"episode": 1}}, r"scene\.frame"),
        ({"scene": as_dict(RECIPE)["scene"] | {"actor": "rm -rf"}}, r"scene\.actor"),
        ({"scene": as_dict(RECIPE)["scene"] | {"actions": [[float("nan")]]}}, "damaged"),
        ({"scene": as_dict(RECIPE)["scene"] | {"frame": 10**30}}, r"scene\.frame"),
        ({"scene": as_dict(RECIPE)["scene"] | {"context": 0}}, r"scene\.context"),
        ({"settings": {"a": {"b": 1}}}, "settings"),
        ({"weights": "all"}, "weights"),
    ],
)
def test_that_each_value_of_a_recipe_is_checked(change: dict[str, object], words: str) -> None:
    with pytest.raises(RecipeError, match=words):
        from_text(json.dumps(as_dict(RECIPE) | change), "film.gif")


def test_that_text_that_is_not_a_recipe_is_refused_whatever_it_is() -> None:
    for text in (
        "",
        "{",
        "[1]",
        "null",
        "[" * 90_000,
        '{"dreamer_studio_recipe":1}',
        " " * (MOST_BYTES + 1),
        "9" * 9000,
    ):
        with pytest.raises(RecipeError, match=r"film\.gif"):
            from_text(text, "film.gif")


def test_that_unknown_entries_of_a_recipe_are_ignored() -> None:
    assert from_text(json.dumps(as_dict(RECIPE) | {"later": [1]}), "film.gif") == RECIPE


def test_that_a_recipe_longer_than_any_of_ours_is_not_read() -> None:
    text = as_text(RECIPE)
    assert from_text(text.ljust(MOST_BYTES), "film.gif") == RECIPE
    with pytest.raises(RecipeError, match="more than 100,000 bytes"):
        from_text(text.ljust(MOST_BYTES + 1), "film.gif")


def test_that_a_png_whose_recipe_was_changed_without_its_checksum_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "film.png"
    write(replace(make_film(count=1, length=3, context=1), recipe=RECIPE), path, scale=1)
    path.write_bytes(path.read_bytes().replace(b'"walker-1"', b'"walker-2"'))
    with pytest.raises(RecipeError, match="checksum"):
        read_recipe(path)


def test_that_a_recipe_that_is_too_long_leaves_out_its_actions_and_says_so() -> None:
    assert RECIPE.scene is not None
    long = replace(RECIPE, scene=replace(RECIPE.scene, actions=rounded(np.random.default_rng(0).random((2000, 21)))))
    text = as_text(long)
    assert len(text) <= MOST_BYTES
    read = from_text(text, "film.gif")
    assert read.scene is not None and read.scene.shortened and not read.scene.actions
    assert replace(read, scene=RECIPE.scene) == RECIPE


def test_that_a_recipe_in_an_npz_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<U90000000", "fortran_order": False, "shape": ()})
    with zipfile.ZipFile(tmp_path / "film.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{KEY}.npy", header.getvalue() + bytes(50_000_000))
    with pytest.raises(RecipeError, match="not a text"):
        read_recipe(tmp_path / "film.npz")


def test_that_a_png_with_a_huge_chunk_and_an_mp4_with_a_huge_box_are_read_without_their_content(tmp_path: Path) -> None:
    (tmp_path / "film.png").write_bytes(b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s", 2**31, b"iTXt") + b"x" * 100)
    (tmp_path / "film.mp4").write_bytes(struct.pack(">I4s", 8, b"ftyp") + struct.pack(">I4sQ", 1, b"moov", 2**60))
    for name in ("film.png", "film.mp4"):
        with pytest.raises(RecipeError, match="too early"):
            read_recipe(tmp_path / name)


def test_that_the_home_folder_is_not_in_a_recipe(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "ada"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "ada"))
    assert run_names(tmp_path / "ada" / "runs" / "walker") == ("walker", str(Path("~/runs/walker")))
    assert run_names(tmp_path / "walker") == ("walker", str(tmp_path / "walker"))
