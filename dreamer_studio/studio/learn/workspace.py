"""The Learn workspace: a chapter on show, and the list of all chapters."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QWidget

from dreamer_studio.envs import EnvSpec
from dreamer_studio.lessons.chapters import CHAPTERS
from dreamer_studio.session import Status
from dreamer_studio.studio.learn.contents import Contents
from dreamer_studio.studio.learn.page import ChapterPage
from dreamer_studio.studio.learn.pages import PAGES
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.scroll import scrolled
from dreamer_studio.studio.workspace import Workspace
from dreamer_studio.viewing.channel import AnswerReader, Channel
from dreamer_studio.viewing.learn.messages import LearnRequest, LearnResult
from dreamer_studio.viewing.learn.places import Places
from dreamer_studio.viewing.throttle import Throttle

BEFORE: Final = "Waits for the first update. In a new run it comes after the prefill."

AFTER_FAILURE_SECONDS: Final = 1.0
"""Time between a failure and the next request."""


class LearnWorkspace(Workspace):
    """Keeps the request of the chapter on show standing, and remembers which chapters the user has done.

    Attributes:
        contents: the list of chapters.
    """

    chosen = Signal(str, object)
    """Emitted with the name and the new value of a setting to keep."""

    actionWanted = Signal(str)
    """Emitted when the user wants an action of the window, with its id."""

    commandWanted = Signal(object)
    """Emitted with a `Command` for the training."""

    def __init__(
        self,
        theme: Theme,
        channel: Channel[LearnRequest, LearnResult],
        places: Channel[None, Places],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._channel, self._places = theme, channel, places
        self._answers, self._found = AnswerReader(channel), AnswerReader(places)
        self._again = Throttle(AFTER_FAILURE_SECONDS)
        self._done: tuple[str, ...] = ()
        self._spec: EnvSpec | None = None
        self._pages: dict[str, ChapterPage] = {}
        self._stack = QStackedWidget()
        self.contents = Contents(CHAPTERS)
        self.contents.picked.connect(self._go_to)
        self.setFocusProxy(self.contents)
        self.setAccessibleName("Learn")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(16)
        layout.addWidget(self.contents)
        layout.addWidget(self._stack, 1)
        self._go_to(0)

    @property
    def page(self) -> ChapterPage:
        """Return the page on show."""
        area = self._stack.currentWidget()
        assert isinstance(area, QScrollArea)
        page = area.widget()
        assert isinstance(page, ChapterPage)
        return page

    def show_choices(self, done: tuple[str, ...]) -> None:
        """Show which chapters the user has done, by key."""
        self._done = done
        self.contents.show_done(done)

    def show_chapter(self, key: str) -> None:
        """Go to a chapter by its key."""
        self.contents.go_to([chapter.key for chapter in CHAPTERS].index(key))

    def set_spec(self, spec: EnvSpec) -> None:
        """Take the task's facts."""
        self._spec = spec
        for page in self._pages.values():
            page.set_spec(spec)

    def showEvent(self, event: QShowEvent) -> None:
        """Compute while the workspace is visible."""
        self._channel.visible = True
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Compute nothing while the workspace is hidden."""
        self._channel.visible = False
        super().hideEvent(event)

    def refresh(self, status: Status) -> None:
        """Show new results of the chapter on show. The first call asks for the code of the equations."""
        self._refresh_places()
        page, request = self.page, self.page.request
        page.show_status(status)
        if request is None:
            if self._channel.asked:
                self._channel.withdraw()
            return
        if status.update == 0:
            page.tell(BEFORE)
            return
        answer = self._answers.current()
        if answer is not None and self._channel.request == request:  # else it is for the chapter shown before
            if answer.failure is not None:
                page.tell(answer.failure.reason)
                self._again()  # a pause, then the request stands again
            elif answer.result is not None:
                page.show_result(answer.result)
        newest = self._channel.newest()
        if newest is None or newest.failure is None or self._again():
            self._channel.stand(request)

    def _go_to(self, place: int) -> None:
        chapter = CHAPTERS[place]
        page = self._pages.get(chapter.key)
        if page is None:
            page = self._pages[chapter.key] = PAGES[chapter.key](self._theme, chapter)
            page.finished.connect(lambda: self._finish(chapter.key))
            page.actionWanted.connect(self.actionWanted)
            page.commandWanted.connect(self.commandWanted)
            page.chapterWanted.connect(self.show_chapter)
            if self._spec is not None:
                page.set_spec(self._spec)
            self._show_places(page)
            self._stack.addWidget(scrolled(page))
        self._stack.setCurrentIndex(list(self._pages).index(chapter.key))

    def _refresh_places(self) -> None:
        if not self._places.asked:
            self._places.ask(None)
        if self._found.fresh() is not None:
            for page in self._pages.values():
                self._show_places(page)

    def _show_places(self, page: ChapterPage) -> None:
        answer = self._places.newest()
        if answer is None or page.paper is None:
            return
        if answer.failure is not None:
            page.paper.show_failure(answer.failure.reason)
        elif answer.result is not None:
            page.paper.show_places(answer.result)

    def _finish(self, key: str) -> None:
        if key not in self._done:
            self.show_choices((*self._done, key))
            self.chosen.emit("lessons_done", self._done)
