"""The replay browser as a user operates it: real keys, clicks and mouse movements, on a made run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QLineEdit, QSlider
from pytestqt.qtbot import QtBot

from dreamer_studio.replay import Episode, EpisodeStore
from dreamer_studio.replay.bookmarks import Bookmark, read_bookmarks, write_bookmarks
from dreamer_studio.replay.hard_moments import HardMoment, read_removed, write_hard_moments
from dreamer_studio.replay.scenes import About, SavedScene, read_scene, write_scene
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.session import State
from dreamer_studio.studio.dream.bookmark_box import BookmarkBox
from dreamer_studio.studio.replay.dock import ReplayDock
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.frame_view import as_image
from dreamer_studio.viewing.frame_ref import FrameRef
from tests.support.dialogs import choose_file, choose_no_file
from tests.support.dream_workspace import DreamDriver
from tests.support.made_run import open_made_studio
from tests.support.reading import card
from tests.support.replay_workspace import CONTROL, BrowserDriver
from tests.support.studio import PATIENCE_MS, Studio

Key, SHIFT = Qt.Key, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def browser(studio: Studio) -> BrowserDriver:
    browser = BrowserDriver(studio)
    browser.wait(lambda: browser.model.rowCount() == studio.status.replay_episodes + 1)
    return browser


def stored(studio: Studio) -> EpisodeStore:
    return EpisodeStore(studio.status.folder / "episodes", 0)


def above_the_mark(image: QImage) -> bytes:
    """Return an image of the first column, without the mark at its foot."""
    part = image.copy(0, 0, 64, 60)
    return bytes(part.constBits())


def image_of(browser: BrowserDriver, row: int) -> bytes:
    return above_the_mark(browser.model.data(browser.model.index(row, 0), Qt.ItemDataRole.DecorationRole))


def frame_of(episode: Episode, index: int) -> bytes:
    return above_the_mark(as_image(episode.image[index]))


def test_that_the_episodes_are_listed_sorted_and_filtered(studio: Studio, browser: BrowserDriver) -> None:
    episodes = stored(studio)
    count = len(episodes)
    browser.table.scrollToBottom()  # returns are read of the rows on show
    browser.wait(lambda: "\N{HORIZONTAL ELLIPSIS}" not in browser.column(5))
    browser.table.scrollToTop()
    assert browser.column(1) == [str(count), *(str(place) for place in reversed(range(count)))]
    assert browser.column(2) == ["running", *["training"] * (count - 2), "prefill", "prefill"]
    assert (browser.texts(1)[2:4], browser.texts(1)[5]) == (["60", "cut"], "60")
    returns = [f"{episodes.get(place).total_reward:,.1f}" for place in range(count)]
    assert browser.column(5)[1:] == returns[::-1]
    browser.wait(lambda: image_of(browser, 1) == frame_of(episodes.get(count - 1), 30))
    browser.sort_by(5)
    browser.wait(lambda: browser.column(5)[1:] == sorted(returns, key=float))
    browser.sort_by(5)
    browser.wait(lambda: browser.column(5)[1:] == sorted(returns, key=float, reverse=True))
    browser.filter("prefill 1-9")
    assert browser.column(1) == ["1"]
    browser.filter("return>1000")
    assert browser.column(1) == []
    assert card(browser.widget.episodes).caption == "No episode passes the filter."
    browser.filter("nonsense")
    assert "'nonsense' is not a condition. Try return>100" in card(browser.widget.episodes).caption


def test_that_the_mouse_scrubs_through_an_episode_and_a_click_holds_the_frame(
    studio: Studio, browser: BrowserDriver
) -> None:
    last = len(stored(studio)) - 1
    episode = stored(studio).get(last)
    browser.wait(lambda: image_of(browser, 1) == frame_of(episode, 30))
    for x, index in ((4, 0), (20, 15), (67, 60)):
        browser.hover(1, x)
        browser.wait(lambda index=index: image_of(browser, 1) == frame_of(episode, index))  # type: ignore[misc]
    browser.click(1, 0, 36)
    held = browser.widget.frame
    assert held is not None and (held.live, held.episode, held.index) == (False, last, 30)
    browser.wait(lambda: browser.shown() == episode.image[30].tobytes())
    browser.hover(1, 120)  # over no image
    browser.wait(lambda: image_of(browser, 1) == frame_of(episode, 30))


def test_that_slider_keys_and_player_move_through_the_frames_of_the_episode(
    studio: Studio, browser: BrowserDriver
) -> None:
    episode = stored(studio).get(2)
    row = browser.model.row_of(2)
    assert row is not None
    browser.click(row, 1)
    browser.wait(lambda: browser.shown() == episode.image[30].tobytes())
    for key, index in (
        (Key.Key_Right, 31),
        (Key.Key_Left, 30),
        (Key.Key_Left, 29),
    ):
        studio.bot.keyClick(browser.table, key)
        browser.wait(lambda index=index: browser.shown() == episode.image[index].tobytes())  # type: ignore[misc]
    (slider,) = browser.widget.findChildren(QSlider)
    studio.bot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() - 3, slider.height() // 2))
    browser.wait(lambda: browser.frame.index > 29)
    image = browser.image
    for key, index in ((Key.Key_Home, 0), (Key.Key_PageDown, 10), (Key.Key_End, 60)):
        studio.bot.keyClick(image, key)
        browser.wait(lambda index=index: browser.shown() == episode.image[index].tobytes())  # type: ignore[misc]
    assert card(browser.widget.scrubber).caption == "episode 2, frame 60 of 60"
    studio.bot.keyClick(browser.table, Key.Key_Space)  # plays, from the beginning
    browser.wait(lambda: 3 < browser.frame.index < 60)
    studio.bot.keyClick(browser.table, Key.Key_Space)
    held = browser.frame
    studio.bot.wait(200)
    assert browser.frame == held


def test_that_d_enter_and_a_double_click_dream_from_the_held_frame(studio: Studio, browser: BrowserDriver) -> None:
    dreams = DreamDriver(studio)
    browser.click(1, 1)
    first = browser.frame
    studio.bot.keyClick(browser.table, Key.Key_D)
    view = dreams.answer()
    assert dreams.workspace.isVisible()
    assert view.origin == first
    np.testing.assert_array_equal(view.real[view.context - 1], stored(studio).get(first.episode).image[first.index])
    assert dreams.spin("Stored episode").value() == first.episode
    browser.click(2, 1)
    studio.bot.keyClick(browser.table, Key.Key_Return)
    assert dreams.answer().origin == browser.frame != first
    at = browser.spot(browser.table, browser.model.index(3, 1))
    studio.bot.mouseDClick(browser.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert dreams.answer().origin.episode == int(browser.texts(3)[0])
    view = dreams.answer()
    dreams.press(Key.Key_Home)  # the keys are the workspace's again
    studio.bot.keyClick(dreams.find(type(browser.image), "Dreamed frame"), Key.Key_D)
    assert dreams.answer().origin == FrameRef(False, view.origin.episode, view.first_row)


def test_that_the_running_episode_is_listed_first_with_its_newest_frame(studio: Studio, browser: BrowserDriver) -> None:
    assert browser.texts(0)[1] == "running"
    before = int(browser.texts(0)[2])
    browser.click(0, 1)
    held = browser.frame
    assert held.live and held.index == before
    (newest,) = [
        step for step in studio.session.steps.since(0)[0] if (step.episode, step.index) == (held.episode, before)
    ]
    browser.wait(lambda: browser.shown() == newest.time_step.image.tobytes())
    studio.press_f6_for("Resume")
    count = studio.status.replay_episodes
    browser.wait(lambda: browser.model.rowCount() > count + 1 and browser.texts(0)[1] == "running")
    studio.press_f6_for("Pause")
    studio.wait_for_state(State.PAUSED)


def test_that_a_new_episode_does_not_move_the_selected_row_on_the_screen(
    studio: Studio, browser: BrowserDriver
) -> None:
    browser.click(2, 1)
    held, row = browser.frame, browser.table.currentIndex().row()
    bar = browser.table.verticalScrollBar()
    studio.window.resize(studio.window.width(), 800)
    browser.wait(lambda: bar.maximum() > 60)
    bar.setValue(60)
    at = browser.table.rowViewportPosition(row)
    count = studio.status.replay_episodes
    studio.press_f6_for("Resume")
    browser.wait(lambda: browser.model.rowCount() > count + 1)
    current = browser.table.currentIndex().row()
    assert current > row
    assert browser.texts(current)[0] == str(held.episode)
    assert browser.frame == held
    assert browser.table.rowViewportPosition(current) == at


def test_that_bookmarks_are_added_noted_dreamed_from_and_removed(studio: Studio, browser: BrowserDriver) -> None:
    path = studio.status.folder / "bookmarks.json"
    browser.click(1, 0, 20)
    held = browser.frame
    studio.bot.keyClick(browser.table, Key.Key_B, CONTROL)
    browser.wait(lambda: read_bookmarks(path) == (Bookmark(held.episode, held.index),))
    dreams = DreamDriver(studio)
    studio.bot.keyClick(browser.table, Key.Key_D)
    view = dreams.answer()
    dreams.press(Key.Key_Home)  # from the Dream workspace's cursor
    studio.bot.keyClick(dreams.find(type(browser.image), "Dreamed frame"), Key.Key_B, CONTROL)
    browser.wait(lambda: len(read_bookmarks(path)) == 2)
    second = read_bookmarks(path)[1]
    assert (second.episode, second.index) == (view.origin.episode, view.first_row)
    table = browser.open_bookmarks(2)
    at = browser.spot(table, table.model().index(1, 2))
    studio.bot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert browser.frame == FrameRef(False, second.episode, second.index)
    studio.bot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    editor = table.viewport().findChild(QLineEdit)
    assert editor is not None
    studio.bot.keyClicks(editor, "starts to swing")
    requests = dreams.answer().number
    studio.bot.keyClick(editor, Key.Key_Return)  # ends the note, and dreams of nothing
    browser.wait(lambda: read_bookmarks(path)[1].note == "starts to swing")
    assert dreams.answer().number == requests
    browser.click(0, 1, table=table)
    studio.bot.keyClick(table, Key.Key_Return)
    assert dreams.answer().origin == held
    browser.click(0, 1, table=table)
    studio.bot.keyClick(table, Key.Key_Delete)
    browser.wait(lambda: [each.note for each in read_bookmarks(path)] == ["starts to swing"])
    browser.wait(lambda: table.model().rowCount() == 1)
    studio.bot.keyClick(table, Key.Key_Z, CONTROL)
    browser.wait(lambda: len(read_bookmarks(path)) == 2)
    browser.wait(lambda: table.model().rowCount() == 2)


def test_that_hard_moments_stand_in_the_list_with_the_reason_are_dreamed_from_and_removed(
    studio: Studio, browser: BrowserDriver
) -> None:
    folder = RunFolder(studio.status.folder)
    write_bookmarks(folder.bookmarks, (Bookmark(0, 3, "kl", value=3.21, update=7),))
    write_hard_moments(folder.hard_moments, (HardMoment(1, 9, 1240, 93.0, 9.3), HardMoment(999, 4, 1250, 85.0, 8.5)))
    table = browser.open_bookmarks(3)
    words = [table.model().data(table.model().index(row, 1)) for row in range(3)]
    assert words == [
        "largest KL: 3.2 nats\nepisode 0, frame 3\nupdate 7",
        "hard moment: loss 9.3 times the usual at update 1,240\nepisode 1, frame 9",
        "hard moment: loss 8.5 times the usual at update 1,250\nan episode that is not stored, frame 4",
    ]
    browser.click(1, 1, table=table)
    assert browser.frame == FrameRef(False, 1, 9)
    studio.bot.keyClick(table, Key.Key_Return)
    assert DreamDriver(studio).answer().origin == FrameRef(False, 1, 9)
    browser.click(1, 1, table=table)
    studio.bot.keyClick(table, Key.Key_Delete)
    browser.wait(lambda: table.model().rowCount() == 2)
    assert read_removed(folder.removed_moments) == {(1, 9, 1240)}
    studio.bot.keyClick(table, Key.Key_Z, CONTROL)
    browser.wait(lambda: table.model().rowCount() == 3)


def test_that_a_bookmark_is_a_source_of_the_dream_workspace_and_the_list_follows_the_file(
    studio: Studio, browser: BrowserDriver
) -> None:
    bot, path, window = studio.bot, studio.status.folder / "bookmarks.json", studio.window
    bot.keyClick(window, Key.Key_R, CONTROL)  # the browser is not needed
    bot.keyClick(window, Key.Key_D)
    dreams = DreamDriver(studio)
    live = dreams.answer().origin
    source, kept = dreams.find(QComboBox, "What to dream from"), dreams.find(BookmarkBox, "Bookmark to dream from")
    assert isinstance(source, QComboBox) and isinstance(kept, BookmarkBox) and not kept.isVisible()
    bot.keyClick(source, Key.Key_End)
    assert kept.isVisible() and kept.placeholderText() == "none yet: press Ctrl+B to add one"
    dreams.press(Key.Key_Home)
    bot.keyClick(window, Key.Key_B, CONTROL)  # of the running episode
    browser.wait(lambda: kept.itemText(0) == f"set by hand · episode {live.episode}, frame {dreams.frame.index}")
    running = dreams.frame
    found = Bookmark(1, 9, "kl", "falls over", 3.21, 7)
    write_bookmarks(path, (*read_bookmarks(path), found, Bookmark(999, 1)))  # as another window does
    browser.wait(lambda: kept.count() == 3)
    assert kept.itemText(1) == "largest KL: 3.2 nats · episode 1, frame 9 · falls over"
    assert kept.itemText(2) == "set by hand · its episode is not stored, frame 1"
    bot.keyClick(source, Key.Key_Up)
    assert not kept.isVisible() and dreams.answer().origin.live is False
    bot.keyClick(source, Key.Key_Down)
    browser.wait(lambda: kept.view().isVisible())  # all that there is, to choose from
    bot.keyClick(kept.view(), Key.Key_Down)
    bot.keyClick(kept.view(), Key.Key_Down)
    bot.keyClick(kept.view(), Key.Key_Return)
    browser.wait(lambda: not kept.view().isVisible())
    view = dreams.answer()
    assert view.origin == FrameRef(False, 1, 9) and source.currentText() == "bookmark" and kept.currentIndex() == 1
    np.testing.assert_array_equal(view.real[view.context - 1], stored(studio).get(1).image[9])
    assert "replay, episode 1, frame 9" in card(dreams.panel).subtitle
    bot.keyClick(kept, Key.Key_Up)
    assert dreams.answer().origin == running and kept.isVisible()
    bot.keyClick(kept, Key.Key_Down)
    assert dreams.answer().origin == FrameRef(False, 1, 9)
    dreams.spin("Frame").setValue(10)  # no longer the bookmark
    assert dreams.answer().origin == FrameRef(False, 1, 10) and not kept.isVisible()
    assert source.currentText() == "stored episode" and dreams.spin("Stored episode").isVisible()


def test_that_find_keeps_the_worst_frames_with_the_update_that_found_them(
    studio: Studio, browser: BrowserDriver
) -> None:
    path = studio.status.folder / "bookmarks.json"
    table = browser.open_bookmarks(0)
    browser.press("Find")
    browser.wait(lambda: path.exists() and table.model().rowCount() == len(read_bookmarks(path)) > 0)
    found = read_bookmarks(path)
    count = studio.status.replay_episodes
    assert [sum(each.kind == kind for each in found) for kind in ("kl", "image", "reward")] == [min(5, count)] * 3
    (update,) = {each.update for each in found}
    assert update is not None
    assert 0 < update <= studio.status.update
    browser.wait(lambda: browser.button("Find").isEnabled() and not browser.button("Find").isChecked())
    assert f"Searched {count} of {count} episodes" in card(browser.widget.bookmarks).caption
    browser.click(0, 1, table=table)
    image = stored(studio).get(found[0].episode).image[found[0].index]
    browser.wait(lambda: browser.shown() == image.tobytes())


def test_that_a_scene_is_saved_and_opened_and_one_with_other_actions_is_refused(
    studio: Studio, browser: BrowserDriver, tmp_path: Path
) -> None:
    dreams, bot = DreamDriver(studio), studio.bot
    path = tmp_path / "kept.scene.npz"
    browser.click(1, 0, 40)
    held = browser.frame
    (tmp_path / "here").mkdir()
    for save in (lambda: browser.press("Save scene"), lambda: bot.keyClick(studio.window, Key.Key_S, CONTROL | SHIFT)):
        save()
        choose_no_file(studio, tmp_path / "here" / "none")
    browser.table.setFocus()
    bot.keyClick(browser.table, Key.Key_S, CONTROL | SHIFT)
    choose_file(studio, tmp_path / "kept")
    browser.wait(lambda: path.is_file() or browser.banners != [])
    assert browser.banners == []
    scene = read_scene(path)
    episode = stored(studio).get(held.episode)
    np.testing.assert_array_equal(scene.rows.image, episode.image[held.index - 4 : held.index + 46])
    assert scene.about.task == "gym:Pendulum-v1"
    assert not any([*(tmp_path / "here").iterdir(), *(studio.status.folder / "dreams").iterdir()])
    bot.keyClick(studio.window, Key.Key_O, CONTROL | SHIFT)
    choose_no_file(studio, path)
    assert not studio.channels.scene.asked
    bot.keyClick(studio.window, Key.Key_O, CONTROL | SHIFT)
    choose_file(studio, path)
    view = dreams.answer()
    assert dreams.workspace.isVisible()
    np.testing.assert_array_equal(view.real, scene.rows.image[: len(view.real)])
    assert (view.origin.scene, view.origin.index, view.context) == (str(path), held.index, 5)
    source = next(box for box in dreams.workspace.findChildren(QComboBox) if box.findText("scene kept.scene.npz") >= 0)
    assert source.currentText() == "scene kept.scene.npz"
    dreams.spin("Frame").setValue(held.index + 3)
    assert dreams.answer().origin.index == held.index + 3
    source.setCurrentIndex(0)
    source.activated.emit(0)
    assert dreams.answer().origin.live
    source.setCurrentIndex(2)
    source.activated.emit(2)
    assert dreams.answer().origin.scene == str(path)
    other = tmp_path / "other.scene.npz"
    write_scene(other, SavedScene(About("gym:Cart", "discrete", ("left",), 0, 0, 0, len(scene.rows)), scene.rows))
    bot.keyClick(studio.window, Key.Key_O, CONTROL | SHIFT)
    choose_file(studio, other)
    browser.wait(lambda: len(browser.banners) == 1)
    assert "whose actions are 1 discrete; those of gym:Pendulum-v1 are 1 continuous." in browser.banners[0]
    assert dreams.scene is not None and dreams.scene.origin.scene == str(path)


def test_that_an_empty_browser_says_what_will_fill_it(theme: Theme, qtbot: QtBot, tmp_path: Path) -> None:
    studio = open_made_studio(theme, qtbot, tmp_path / "run", episodes=0, running=0)
    studio.wait_for_state(State.PAUSED)
    browser = BrowserDriver(studio)
    assert card(browser.widget.episodes).caption.startswith("Episodes appear here as they end")
    table = browser.open_bookmarks(0)
    assert card(browser.widget.bookmarks).caption.startswith("None yet. Ctrl+B bookmarks")
    assert table.model().rowCount() == 0
    studio.bot.keyClick(studio.window, Key.Key_B, CONTROL)
    browser.wait(lambda: len(browser.banners) == 1)
    assert "There is no recorded frame" in browser.banners[0]
    studio.bot.keyClick(studio.window, Key.Key_R, CONTROL)
    browser.wait(lambda: not browser.widget.isVisible())
    assert not browser.widget.has_focus
    studio.leave()


def test_that_an_open_browser_is_open_again_in_the_next_window(theme: Theme, qtbot: QtBot, tmp_path: Path) -> None:
    studio = open_made_studio(theme, qtbot, tmp_path / "run", episodes=0, running=0)
    BrowserDriver(studio)
    studio.leave()
    studio = open_made_studio(theme, qtbot, tmp_path / "run", episodes=0, running=0)
    dock = studio.window.findChildren(ReplayDock)[0]
    qtbot.waitUntil(dock.isVisible, timeout=PATIENCE_MS)
    studio.leave()
