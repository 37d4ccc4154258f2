from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QObject, Qt, QUrl
from PySide6.QtGui import QWhatsThisClickedEvent
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.theme import DARK, Theme
from dreamer_studio.studio.widgets.banner import Banner
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.plots.band import Reference
from dreamer_studio.studio.widgets.plots.series import SeriesStyle
from dreamer_studio.studio.widgets.plots.timeline import TimelinePlot
from dreamer_studio.studio.widgets.plots.training.curve import CurvePlot
from dreamer_studio.studio.widgets.text import ElidedLabel
from dreamer_studio.viewing.role import Role
from tests.support.made_help import HELP
from tests.support.pixels import colors, count, rgb


@pytest.fixture
def card(theme: Theme, qtbot: QtBot) -> Card:
    made = Card(theme, "Reconstruction", role=Role.MODEL, help_text=HELP)
    body = QWidget()
    body.setObjectName("body")
    made.set_body(body)
    qtbot.addWidget(made)
    made.resize(300, 260)
    made.show()
    return made


def words(card: Card) -> list[str]:
    return [label.text() for label in card.findChildren(QLabel) if label.isVisible() and label.text()]


def test_that_the_color_of_a_card_stands_beside_its_word(card: Card) -> None:
    assert count(card, DARK.model) > 50
    assert words(card)[:2] == ["Reconstruction", "model"]


def test_that_a_title_equal_to_the_word_of_its_role_is_not_repeated(theme: Theme, qtbot: QtBot) -> None:
    card = Card(theme, "Dream", role=Role.DREAM, help_text=HELP)
    qtbot.addWidget(card)
    card.show()
    assert words(card) == ["Dream"]


def test_that_captions_of_any_length_do_not_change_the_size_of_the_body(card: Card) -> None:
    body = card.findChild(QWidget, "body")
    assert isinstance(body, QWidget)
    before = body.geometry()
    for text in ("", "short", "the model saw this frame, " * 20, "a\nb\nc\nd"):
        card.set_caption(text)
        card.set_subtitle(text)
        QApplication.processEvents()
        assert body.geometry() == before
    caption = next(label for label in card.findChildren(ElidedLabel) if label.y() > before.top())
    assert caption.geometry().top() > before.bottom()
    assert caption.geometry().bottom() < card.height()


def test_that_a_long_caption_is_elided_on_its_second_line_and_whole_in_the_tooltip(qtbot: QtBot) -> None:
    label = ElidedLabel("one two three four five six seven eight nine ten", lines=2)
    qtbot.addWidget(label)
    label.resize(110, label.sizeHint().height())
    label.show()
    first, second = label.shown_lines()
    assert label.text().startswith(f"{first} {second.removesuffix('…')}")
    assert second.endswith("…")
    assert label.toolTip() == label.text()
    label.resize(900, label.height())
    assert label.shown_lines() == [label.text()]
    assert label.toolTip() == ""


def test_that_the_caption_is_muted_and_follows_the_theme(card: Card, theme: Theme) -> None:
    card.set_caption("████")
    assert rgb(DARK.muted) in colors(card)
    theme.set_scheme("light")
    assert rgb(DARK.muted) not in colors(card)


def test_that_badge_and_key_hint_come_and_go(card: Card) -> None:
    card.set_badge("exact start", Role.OK)
    card.set_key_hint("E")
    assert {"exact start", "E"} <= set(words(card))
    card.set_badge(None)
    card.set_key_hint(None)
    assert not {"exact start", "E"} & set(words(card))


def test_that_the_accent_is_a_violet_border(card: Card) -> None:
    assert count(card, DARK.dream) == 0
    card.set_accent(True)
    assert count(card, DARK.dream) > 500
    card.set_accent(False)
    assert count(card, DARK.dream) == 0


def test_that_the_question_mark_opens_all_three_parts_inside_the_screen(card: Card, qtbot: QtBot) -> None:
    card.help_button.click()
    popup = card.help_button.popup
    assert popup is not None and popup.isVisible()
    told = popup.browser.toPlainText()
    for part in HELP.parts:
        assert part in told
    assert card.screen().availableGeometry().contains(popup.geometry())
    assert HELP.plain in card.help_button.accessibleDescription()
    qtbot.keyClick(popup.browser, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: card.help_button.popup is None)


def test_that_a_click_on_a_word_of_a_help_asks_the_main_window_for_the_glossary(theme: Theme, qtbot: QtBot) -> None:
    asked: list[str] = []

    class Main(QWidget):
        def event(self, event: QEvent) -> bool:
            if isinstance(event, QWhatsThisClickedEvent):
                asked.append(event.href())
                return True
            return super().event(event)

    main = Main()
    qtbot.addWidget(main)
    dialog = QDialog(main)
    card = Card(theme, "Reconstruction", help_text=HELP, parent=dialog)
    main.show()
    dialog.show()
    card.help_button.click()
    popup = card.help_button.popup
    assert popup is not None
    assert 'href="glossary:posterior"' in popup.browser.toHtml()
    popup.browser.anchorClicked.emit(QUrl("glossary:posterior"))
    qtbot.waitUntil(lambda: asked == ["glossary:posterior"])
    qtbot.waitUntil(lambda: card.help_button.popup is None)


def test_that_a_new_body_replaces_the_old_one(card: Card, qtbot: QtBot) -> None:
    first, second = QLabel("first"), QLabel("second")
    card.set_body(first)
    with qtbot.waitSignal(first.destroyed):
        card.set_body(second)
    assert "second" in words(card)


MAKERS: list[Callable[[Theme], QWidget]] = [
    lambda theme: Card(theme, "Observation", role=Role.REAL, help_text=HELP),
    lambda theme: Banner(theme, Role.ERROR, "text", "details"),
    lambda theme: TimelinePlot(theme, name="Reward"),
    lambda theme: CurvePlot(theme, [SeriesStyle("KL", Role.DREAM)], name="KL", reference=Reference(3, "free")),
]


@pytest.mark.parametrize("make", MAKERS, ids=["card", "banner", "timeline", "curve"])
def test_that_making_a_widget_flashes_no_window(
    theme: Theme, qapp: QApplication, qtbot: QtBot, make: Callable[[Theme], QWidget]
) -> None:
    class Watcher(QObject):
        seen: list[str]

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
                self.seen.append(repr(watched))
            return False

    watcher = Watcher()
    watcher.seen = []
    qapp.installEventFilter(watcher)
    qtbot.addWidget(make(theme))
    qapp.removeEventFilter(watcher)
    assert watcher.seen == []
