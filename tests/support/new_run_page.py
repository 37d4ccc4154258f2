"""The page of a new run, for which a test plays the workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from dreamer_studio.runs.planning import AUTO
from dreamer_studio.studio.new_run.page import NewRunPage
from dreamer_studio.studio.new_run.workers import PageWorkers
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.new_run.measurements import Measurements
from dreamer_studio.viewing.new_run.messages import Measurement, MeasureRequest, NotMeasured
from dreamer_studio.viewing.new_run.new_run import NewRun
from dreamer_studio.viewing.new_run.place import PlaceQuestion, PlaceWorker
from tests.support.new_runs import MEASURED, SURVEY, TASK, defaults, preview

PATIENCE_MS = 60_000


class IdleWorkers(PageWorkers):
    """Workers without threads: the test answers for them, and a look at the folder comes at once."""

    def __init__(self, device: str = AUTO) -> None:
        super().__init__(Measurements(None), device)
        self.looks: list[PlaceQuestion] = []

    def begin(self) -> None:
        pass

    def look(self, place: PlaceQuestion) -> None:
        super().look(place)
        self.looks.append(place)
        assert PlaceWorker(self.channels.place).turn()

    def answer_tasks(self) -> None:
        taken = self.channels.tasks.take()
        assert taken is not None
        self.channels.tasks.answer(taken[0], SURVEY)

    def answer_defaults(self) -> None:
        taken = self.channels.defaults.take()
        assert taken is not None
        self.channels.defaults.answer(taken[0], defaults(taken[1]))


class Page:
    """A page for which the test plays the workers."""

    def __init__(self, theme: Theme, bot: QtBot, root: Path, workers: IdleWorkers | None = None) -> None:
        self.bot = bot
        self.workers = workers or IdleWorkers()
        self.page = NewRunPage(theme, root, self.workers)
        self.started: list[NewRun] = []
        self.canceled: list[bool] = []
        self.page.startWanted.connect(self.started.append)
        self.page.canceled.connect(lambda: self.canceled.append(True))
        bot.addWidget(self.page)
        self.page.resize(1000, 640)
        self.page.show()
        self.workers.answer_tasks()
        self.wait(lambda: len(self.page.panels.tasks.shown_tasks()) > 1)

    def wait(self, condition: Callable[[], bool]) -> None:
        self.bot.waitUntil(condition, timeout=PATIENCE_MS)

    def choose(self, task: str = TASK) -> None:
        self.page.choose_task(task)
        self.workers.answer_defaults()
        self.wait(lambda: self.page.review.base is not None)

    def show_preview(self) -> None:
        """Answer the request for a preview with all its frames."""
        self.wait(lambda: self.workers.channels.preview.asked)
        taken = self.workers.channels.preview.take()
        assert taken is not None
        self.workers.channels.preview.answer(taken[0], preview())

    def wait_for_measurement(self) -> MeasureRequest:
        """Wait until the page asks for a measurement, and return the request."""
        self.wait(lambda: self.workers.channels.measure.asked)
        request = self.workers.channels.measure.request
        assert request is not None
        return request

    def measure(self, result: Measurement | NotMeasured = MEASURED) -> None:
        """Answer the request for a measurement as the worker does."""
        channel = self.workers.channels.measure
        taken = channel.take()
        assert taken is not None
        if isinstance(result, Measurement):
            self.workers.measurements.keep(taken[1].config, self.workers.device, result)
        channel.answer(taken[0], result)


def answer(channel: Channel[str, str], result: str) -> None:
    """Answer the request of a channel."""
    taken = channel.take()
    assert taken is not None
    channel.answer(taken[0], result)


def type_into(field: QWidget, text: str) -> None:
    """Replace the text of a field, as a person does."""
    assert isinstance(field, QLineEdit)
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClicks(field, text)


@pytest.fixture
def made(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Page]:
    """Yield a page that lists tasks, without threads."""
    page = Page(theme, qtbot, tmp_path)
    yield page
    page.page.end()
