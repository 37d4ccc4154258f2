"""All text follows one size, in labels, painted widgets, and plots, and in widgets that are made later."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from dreamer_studio.studio.shell.dialogs.question import Answer, Question
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.action_bars import ActionBars
from dreamer_studio.studio.widgets.banner import Banner
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.film_strip import FilmStrip
from dreamer_studio.studio.widgets.plots.timeline import TimelinePlot
from dreamer_studio.studio.widgets.text import fixed_font, set_text_scale, text_scale
from dreamer_studio.viewing.role import Role
from tests.support.made_help import HELP
from tests.support.plots import drawing


@pytest.fixture(autouse=True)
def usual_size() -> Iterator[None]:
    yield
    set_text_scale(1.0)


def test_that_text_on_show_and_later_text_take_the_new_size(theme: Theme, qtbot: QtBot) -> None:
    card, label = Card(theme, "Title", help_text=HELP), QLabel("words")
    for widget in (card, label):
        qtbot.addWidget(widget)
        widget.show()
    card.set_caption("A caption")
    captions = [each for each in card.findChildren(QLabel) if each.text() == "A caption"]
    before = label.fontMetrics().height(), captions[0].fontMetrics().height()
    set_text_scale(1.5)
    QApplication.processEvents()
    later = QLabel("words")
    qtbot.addWidget(later)
    assert text_scale() == 1.5
    after = label.fontMetrics().height(), captions[0].fontMetrics().height()
    assert [new / old for new, old in zip(after, before, strict=True)] == [pytest.approx(1.5, abs=0.12)] * 2
    assert later.fontMetrics().height() == after[0]
    set_text_scale(1.0)
    QApplication.processEvents()
    assert (label.fontMetrics().height(), captions[0].fontMetrics().height()) == before


def test_that_commands_and_details_in_letters_of_one_width_have_the_size_of_all_text(
    theme: Theme, qtbot: QtBot
) -> None:
    set_text_scale(1.5)
    parent = QWidget()
    question = Question(parent, "Close?", "A checkpoint is saved.", [Answer("Save")], "dreamer-studio --run here")
    banner = Banner(theme, Role.WARN, "Failed.", "Traceback")
    for widget in (parent, banner):
        qtbot.addWidget(widget)
    texts = [*question.findChildren(QLineEdit), *banner.findChildren(QPlainTextEdit)]
    assert [text.font().pointSizeF() for text in texts] == [fixed_font().pointSizeF()] * 2


def test_that_a_card_that_was_hidden_when_the_size_changed_gets_the_new_size(theme: Theme, qtbot: QtBot) -> None:
    card = Card(theme, "Title", help_text=HELP)
    qtbot.addWidget(card)
    title = next(each for each in card.findChildren(QLabel) if each.text() == "Title")
    usual = title.font().pointSizeF()
    set_text_scale(1.5)
    card.show()
    QApplication.processEvents()
    assert title.font().pointSizeF() == pytest.approx(1.5 * usual)


def test_that_a_card_keeps_its_size_of_text_when_the_theme_changes(theme: Theme, qtbot: QtBot) -> None:
    card = Card(theme, "Title", help_text=HELP)
    qtbot.addWidget(card)
    card.show()
    title = next(each for each in card.findChildren(QLabel) if each.text() == "Title")
    usual = title.font().pointSizeF()
    set_text_scale(1.5)
    for scheme in ("dark", "contrast", "light"):
        theme.set_scheme(scheme)
        QApplication.processEvents()
        assert title.font().pointSizeF() == pytest.approx(1.5 * usual)
    set_text_scale(1.0)
    assert title.font().pointSizeF() == pytest.approx(usual)


def test_that_painted_widgets_make_room_for_larger_text(theme: Theme, qtbot: QtBot) -> None:
    strip, bars = FilmStrip(theme, "Nothing yet."), ActionBars(theme, ("a", "b"))
    plot = TimelinePlot(theme, name="Reward")
    for widget in (strip, bars, plot):
        qtbot.addWidget(widget)
        widget.show()
    before = [strip.sizeHint().height(), bars.sizeHint().height()]
    set_text_scale(1.5)
    QApplication.processEvents()
    after = [strip.sizeHint().height(), bars.sizeHint().height()]
    assert after[0] > before[0] and after[1] > before[1]


def test_that_the_axes_of_a_plot_grow_and_shrink_with_the_text(theme: Theme, qtbot: QtBot) -> None:
    plot = TimelinePlot(theme, name="Reward")
    plot.set_series("received", range(10), range(10))
    qtbot.addWidget(plot)
    plot.resize(400, 200)
    plot.show()
    axis = drawing(plot).getAxis("bottom")
    heights = []
    for scale in (1.0, 1.6, 1.0):
        set_text_scale(scale)
        QApplication.processEvents()
        heights.append(axis.height())
    assert heights[1] > heights[0] and heights[2] == heights[0]
