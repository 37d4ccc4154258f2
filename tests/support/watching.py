"""Find widgets, images and texts in a window, and answer its questions."""

from __future__ import annotations

import json

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from dreamer_studio.studio.shell.dialogs.question import Question
from dreamer_studio.studio.widgets.frame_view import FrameView
from dreamer_studio.viewing.live.messages import DreamResult, LiveResult
from tests.support.studio import PATIENCE_MS, Studio


def find(studio: Studio, kind: type[QWidget], name: str) -> QWidget:
    """Return the widget of this kind with this accessible name."""
    return next(widget for widget in studio.window.findChildren(kind) if widget.accessibleName() == name)


def image(studio: Studio, name: str) -> bytes:
    """Return the pixels of a view."""
    image = find(studio, FrameView, name).grab().toImage()
    return bytes(image.constBits())


def rows(studio: Studio, kind: str) -> list[dict[str, object]]:
    lines = (studio.status.folder / "metrics.jsonl").read_text().splitlines()
    return [row for row in map(json.loads, lines) if row["kind"] == kind]


def answer_question(button: str) -> list[str]:
    """Press a button of the next question when it appears; return the list that gets the question's title."""
    asked: list[str] = []

    def press() -> None:
        questions = [one for one in QApplication.topLevelWidgets() if isinstance(one, Question) and one.isVisible()]
        if not questions:
            QTimer.singleShot(20, press)
            return
        asked.append(questions[0].title)
        next(one for one in questions[0].findChildren(QPushButton) if one.text() == button).click()

    QTimer.singleShot(0, press)
    return asked


def wait_for_another_image(studio: Studio, name: str) -> None:
    before = image(studio, name)
    studio.bot.waitUntil(lambda: image(studio, name) != before, timeout=PATIENCE_MS)


def shown_live(studio: Studio) -> LiveResult:
    studio.bot.waitUntil(lambda: studio.channels.live.result is not None, timeout=PATIENCE_MS)
    live = studio.channels.live.result
    assert live is not None
    return live


def shown_dream(studio: Studio) -> DreamResult | None:
    return studio.channels.dream.result


def find_texts(studio: Studio) -> str:
    labels = [label.text() for label in studio.window.findChildren(QLabel)]
    return "\n".join(labels + [field.text() for field in studio.window.findChildren(QLineEdit)])
