"""Films of the screen: real keys in a real window, on a made run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import imageio.v3 as iio
import imageio_ffmpeg
import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QInputDialog, QLabel, QSpinBox
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.film.film_fields import KINDS
from dreamer_studio.studio.film.last_seconds import LastSeconds, free_path
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.banner import BannerStack
from dreamer_studio.studio.widgets.frame_view import FrameView
from dreamer_studio.viewing.film.choices import scene_on_screen
from dreamer_studio.viewing.film.scene_film import Facts
from dreamer_studio.viewing.scene.messages import Scene
from tests.support.dream_workspace import DreamDriver
from tests.support.exporting import arrays_in, export, frames_in, kinds_of, open_dialog
from tests.support.made_run import open_made_studio
from tests.support.studio import PATIENCE_MS, Studio

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def studio(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    opened = open_made_studio(theme, qtbot, tmp_path / "run", paused=False)
    yield opened
    opened.leave()


def last_seconds_of(studio: Studio) -> LastSeconds:
    (last_seconds,) = studio.window.findChildren(LastSeconds)
    return last_seconds


def driven(studio: Studio) -> Scene:
    """Show a branch that a person drove, at rest, and return its scene."""
    studio.wait_for(lambda status: status.update > 2)
    studio.bot.keyClick(studio.window, Qt.Key.Key_D)
    dreams = DreamDriver(studio)
    dream = dreams.answer()
    dreams.workspace.player.go_to(dream.context - 1)
    studio.bot.keyClick(studio.window, Qt.Key.Key_C)
    image = dreams.find(FrameView, "Dreamed frame")
    QApplication.sendEvent(image, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, ""))
    studio.bot.waitUntil(
        lambda: dreams.scene is not None and int(dreams.scene.columns.driven.sum()) > 4, timeout=PATIENCE_MS
    )
    studio.bot.keyClick(image, Qt.Key.Key_Escape)
    studio.bot.waitUntil(lambda: not dreams.workspace.driver.waiting, timeout=PATIENCE_MS)
    assert dreams.scene is not None
    return dreams.scene


def test_that_ctrl_e_on_a_driven_branch_writes_the_shown_arrays(studio: Studio) -> None:
    scene = driven(studio)
    dialog = open_dialog(studio)
    assert kinds_of(dialog)[0].startswith("On screen: branch") and kinds_of(dialog)[0].endswith(", comparison: Real")
    assert kinds_of(dialog)[1:] == list(KINDS)
    film = arrays_in(export(studio, dialog, "branch.npz"))
    assert scene.decoded == len(scene.columns) > scene.context
    np.testing.assert_array_equal(film["model"][0], scene.model)
    for name in ("action", "policy", "driven"):
        np.testing.assert_array_equal(film[name][0], getattr(scene.columns, name))
    for name, ours in (
        ("reward_predicted", scene.columns.reward),
        ("value", scene.columns.value),
        ("kl", scene.columns.kl),
    ):
        np.testing.assert_array_equal(film[name][0], ours.astype(np.float32))
    np.testing.assert_array_equal(film["entropy"][0], scene.columns.entropy.astype(np.float32))
    known = len(scene.real)
    np.testing.assert_array_equal(film["real"][0, :known], scene.real)
    np.testing.assert_array_equal(film["real_there"][0], np.arange(len(scene.columns)) < known)
    np.testing.assert_array_equal(film["reward"][0, :known], scene.received.astype(np.float32))
    assert np.isnan(film["reward"][0, known:]).all() and known == scene.context
    facts = {name: film[name].item() for name in ("context", "seed", "actor", "update", "kind", "task", "episode")}
    assert facts == {
        "context": scene.context,
        "seed": scene.request.seed,
        "actor": "sample",
        "update": scene.update,
        "kind": "scene",
        "task": "gym:Pendulum-v1",
        "episode": scene.origin.episode,
    }
    assert film["step"] >= 60 and film["action_names"].tolist() == ["torque"]


def test_that_a_range_of_the_shown_scene_becomes_a_gif_of_as_many_frames(studio: Studio) -> None:
    driven(studio)
    dialog = open_dialog(studio)
    for name, number in (("First frame", 2), ("Last frame", 6)):  # there are six at least
        next(box for box in dialog.findChildren(QSpinBox) if box.accessibleName() == name).setValue(number)
    assert iio.improps(export(studio, dialog, "branch.gif"), plugin="pillow").n_images == 5


def test_that_frames_that_are_not_decoded_yet_are_left_out_and_the_choice_says_so(studio: Studio) -> None:
    scene = driven(studio)
    on_show = DreamDriver(studio).workspace.capture()
    assert on_show is not None
    half = replace(on_show, scene=replace(scene, model=scene.model[:5]))
    shown = scene_on_screen(half, Facts("gym:Pendulum-v1", (), studio.status.folder, lambda _: -1))
    assert shown is not None and shown.length == 5
    assert f"{len(scene.columns) - 5} are not drawn yet" in shown.note
    np.testing.assert_array_equal(shown.film(0, 4).arrays["model"][0], scene.model[:5])
    with pytest.raises(ValueError, match="5 that are drawn"):
        shown.film(0, 5)


def test_that_ctrl_shift_e_writes_every_shown_frame_of_the_last_seconds_without_a_dialog(studio: Studio) -> None:
    last_seconds = last_seconds_of(studio)
    studio.bot.waitUntil(lambda: len({moment.row for moment in last_seconds.history.moments}) > 20, timeout=PATIENCE_MS)
    studio.press_f6_for("Pause")
    studio.wait_for(lambda status: status.state.value == "Paused")
    with studio.bot.waitSignal(last_seconds.kept, timeout=PATIENCE_MS) as kept:
        studio.bot.keyClick(studio.window, Qt.Key.Key_E, CONTROL | SHIFT)
        shown = len(last_seconds.history.moments)
    path = Path(kept.args[0])
    assert path.parent == studio.status.folder / "dreams" and path.name.startswith("kept-") and path.suffix == ".mp4"
    assert frames_in(path) == shown <= 20 * last_seconds.history.seconds
    assert any(f"Saved as {path}" == label.text() for label in studio.window.findChildren(QLabel))
    film = arrays_in(export(studio, open_dialog(studio), "seconds.npz"))  # of the Live workspace, the same by Ctrl+E
    moments = last_seconds.history.moments
    assert film["beside_there"].all() and film["seconds"].max() <= last_seconds.history.seconds
    count = film["row"].shape[1]
    assert set(film["row"][0]) <= {moment.row for moment in moments} and count > 20


def test_that_the_last_seconds_record_the_dream_workspace_while_it_is_shown(studio: Studio) -> None:
    scene, last_seconds = driven(studio), last_seconds_of(studio)
    ours = [moment for moment in last_seconds.history.moments if moment.workspace == "dream"]
    assert any(moment.driven for moment in ours)
    newest = ours[-1]
    column = newest.row - scene.first_row
    assert newest.model is not None and newest.seed == scene.request.seed
    np.testing.assert_array_equal(newest.model, scene.model[column])


def test_that_keeping_the_last_seconds_before_the_first_frame_is_a_banner(
    theme: Theme, qtbot: QtBot, tmp_path: Path
) -> None:
    studio = open_made_studio(theme, qtbot, tmp_path / "run", episodes=0, running=0)
    studio.bot.waitUntil(studio.window.isActiveWindow, timeout=PATIENCE_MS)
    studio.bot.keyClick(studio.window, Qt.Key.Key_E, CONTROL | SHIFT)
    (stack,) = studio.window.findChildren(BannerStack)
    assert [banner.text for banner in stack.banners] == ["There is nothing to keep yet. Wait for the first frame."]
    studio.leave()


def test_that_the_number_of_seconds_to_keep_is_asked_for_and_saved_in_the_settings(studio: Studio) -> None:
    last_seconds = last_seconds_of(studio)

    def answer(number: str, key: Qt.Key) -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QInputDialog)
        try:
            (box,) = dialog.findChildren(QSpinBox)
            assert (box.minimum(), box.maximum(), box.value()) == (5, 120, last_seconds.history.seconds)
            studio.bot.keyClick(box, Qt.Key.Key_A, CONTROL)
            studio.bot.keyClicks(box, number)
            studio.bot.keyClick(box, key)
        finally:
            if dialog.isVisible():  # or the test would wait for ever
                dialog.reject()

    for number, key, seconds in (("45", Qt.Key.Key_Return, 45), ("7", Qt.Key.Key_Escape, 45)):
        QTimer.singleShot(0, lambda number=number, key=key: answer(number, key))  # it waits for the answer
        last_seconds.choose.trigger()
        assert last_seconds.history.seconds == seconds
        assert last_seconds.keep.text() == f"Keep the last {seconds} seconds"
    settings = SettingsFile(studio.status.folder.parent / "settings.json")
    assert settings.current.keep_seconds == 45


def test_that_a_kept_film_gets_a_free_name_is_a_gif_without_ffmpeg_and_never_follows_a_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kept.mp4").touch()
    assert free_path(tmp_path, "kept").name == "kept-2.mp4"

    def missing() -> str:
        raise RuntimeError("No ffmpeg exe could be found.")

    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", missing)
    assert free_path(tmp_path, "kept").name == "kept.gif"
    (tmp_path / "dreams").symlink_to(tmp_path)
    with pytest.raises(OSError, match="link"):
        free_path(tmp_path / "dreams", "kept")
