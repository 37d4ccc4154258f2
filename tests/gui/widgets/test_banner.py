import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from dreamer_studio.studio.theme import DARK, Theme
from dreamer_studio.studio.widgets.banner import Banner, BannerStack
from dreamer_studio.viewing.role import Role
from tests.support.pixels import count


@pytest.fixture
def stack(theme: Theme, qtbot: QtBot) -> BannerStack:
    made = BannerStack(theme, most=3)
    qtbot.addWidget(made)
    made.resize(700, 40)
    return made


def button(banner: Banner, text: str) -> QPushButton:
    return next(each for each in banner.findChildren(QPushButton) if each.text() == text)


def texts(banner: Banner) -> list[str]:
    return [label.text() for label in banner.findChildren(QLabel)]


def test_that_an_error_says_so_in_word_and_color_and_shows_markup_as_text(stack: BannerStack) -> None:
    banner = stack.show_message(Role.ERROR, "<b>lost</b> <img src='file:///etc/x'>")
    assert texts(banner) == ["Error", "<b>lost</b> <img src='file:///etc/x'>"]
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in banner.findChildren(QLabel))
    assert count(banner, DARK.error) > 50


def test_that_details_unfold_and_are_copied_with_the_message(stack: BannerStack, qtbot: QtBot) -> None:
    banner = stack.show_message(Role.ERROR, "The environment died.", "Traceback: boom")
    details = banner.findChild(QPlainTextEdit)
    assert isinstance(details, QPlainTextEdit)
    assert not details.isVisible()
    QTest.keyClick(button(banner, "Details"), Qt.Key.Key_Space)
    assert details.isVisible()
    assert details.toPlainText() == "Traceback: boom"
    QTest.keyClick(button(banner, "Copy"), Qt.Key.Key_Space)
    assert QGuiApplication.clipboard().text() == "The environment died.\n\nTraceback: boom"


def test_that_every_button_is_reached_by_the_tab_key(stack: BannerStack, qtbot: QtBot) -> None:
    banner = stack.show_message(Role.WARN, "The disk is almost full.", "12 MB")
    reached = []
    banner.setFocus()
    for _ in range(3):
        banner.focusNextChild()
        focused = stack.focusWidget()
        assert isinstance(focused, QPushButton)
        reached.append(focused.text())
    assert reached == ["Details", "Copy", "Dismiss"]


def test_that_banners_stack_with_the_newest_on_top_and_go_one_by_one(stack: BannerStack, qtbot: QtBot) -> None:
    first = stack.show_message(Role.ERROR, "one")
    second = stack.show_message(Role.WARN, "two")
    qtbot.wait(10)
    assert second.y() < first.y()
    button(first, "Dismiss").click()
    qtbot.waitUntil(lambda: not isValid(first))
    assert stack.banners == (second,)
    button(second, "Dismiss").click()
    assert not stack.isVisible()


def test_that_a_repeated_message_is_counted_and_the_number_of_banners_is_limited(stack: BannerStack) -> None:
    again = [stack.show_message(Role.ERROR, "the same") for _ in range(100)]
    assert stack.banners == (again[0],)
    assert texts(again[0])[0] == "Error (100 times)"
    for number in range(10):
        stack.show_message(Role.ERROR, f"other {number}")
    assert [banner.text for banner in stack.banners] == ["other 7", "other 8", "other 9"]


def test_that_a_message_replaces_the_one_about_the_same_subject_until_it_is_cleared(stack: BannerStack) -> None:
    stack.show_message(Role.WARN, "No disk.", subject="export")
    stack.show_message(Role.WARN, "No run.", subject="run")
    stack.show_message(Role.WARN, "No codec.", subject="export")
    assert [banner.text for banner in stack.banners] == ["No run.", "No codec."]
    stack.clear("export")
    assert [banner.text for banner in stack.banners] == ["No run."]
    stack.show_message(Role.WARN, "Anything.")
    stack.clear("")
    assert [banner.text for banner in stack.banners] == ["No run.", "Anything."]


def test_that_a_message_goes_by_itself_unless_its_details_are_read(stack: BannerStack, qtbot: QtBot) -> None:
    stack.show_message(Role.WARN, "Soon gone.", seconds=0.05)
    read = stack.show_message(Role.WARN, "Being read.", "why", seconds=0.05)
    stack.show_message(Role.WARN, "Stays.")
    button(read, "Details").click()
    qtbot.waitUntil(lambda: len(stack.banners) == 2)
    qtbot.wait(100)
    assert [banner.text for banner in stack.banners] == ["Being read.", "Stays."]


def test_that_a_role_without_a_word_is_refused(theme: Theme) -> None:
    with pytest.raises(ValueError, match="role"):
        Banner(theme, Role.DREAM, "text")
