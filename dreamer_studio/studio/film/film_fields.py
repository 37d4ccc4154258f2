"""The fields for the contents of a film: the screen, or random stored episodes."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFormLayout, QLabel

from dreamer_studio.dreams.films import FilmRequest
from dreamer_studio.export.film import Kind
from dreamer_studio.studio.widgets.fields.choice_box import choice_box
from dreamer_studio.studio.widgets.number_box import number_box
from dreamer_studio.viewing.film.choices import FilmChoice

KINDS: dict[str, Kind] = {
    "Imagined rollouts (the model sees no frame)": "imagined",
    "Open loop beside the record (the model sees the context, then only the actions)": "open-loop",
    "Reconstructions (the model sees every frame)": "reconstruction",
}
_FPS = 20


class FilmFields(QObject):
    """Adds its rows to a form, and shows those that the chosen film needs.

    Args:
        form: the form.
        update: the update of the weights that dream; None before the model has learned anything.
        on_screen: the films of what was on screen, offered first.
        viewing_horizon: steps of a dream.
        note: shows a sentence about the chosen film.
    """

    chosen = Signal()
    """Emitted when the user chooses another film."""

    changed = Signal()
    """Emitted when the user changes the film's frames."""

    def __init__(
        self,
        form: QFormLayout,
        update: int | None,
        on_screen: tuple[FilmChoice, ...],
        viewing_horizon: int,
        note: QLabel,
    ) -> None:
        super().__init__(note)
        self._form, self._update, self._on_screen, self._note = form, update, on_screen, note
        self._kind = choice_box("What to film", [choice.words for choice in on_screen])
        self._kind.setAccessibleName("What")
        self._kind.addItems([] if update is None else list(KINDS))
        self._first = number_box((1, 1), 1, "First frame")
        self._last = number_box((1, 1), 1, "Last frame")
        self._length = number_box((2, 500), viewing_horizon)
        self._context = number_box((1, 100), 5)
        self._count = number_box((1, 16), 4)
        self._seed = number_box((0, 2**31 - 1), 0)
        for text, field in (
            ("What", self._kind),
            ("First frame", self._first),
            ("Last frame", self._last),
            ("Frames", self._length),
            ("Context frames", self._context),
            ("Sequences", self._count),
            ("Seed", self._seed),
        ):
            form.addRow(text, field)
        self._first.valueChanged.connect(self._last.setMinimum)
        for box in (self._first, self._last, self._length, self._context, self._count, self._seed):
            box.valueChanged.connect(self.changed)
        self._kind.currentIndexChanged.connect(lambda _: self._choose())
        self._choose()

    @property
    def choice(self) -> FilmChoice | None:
        """Return the chosen film of the screen, or None for a film of stored episodes."""
        place = self._kind.currentIndex()
        return self._on_screen[place] if 0 <= place < len(self._on_screen) else None

    @property
    def shown(self) -> range:
        """Return the frames of the screen to film, counted from 0."""
        return range(self._first.value() - 1, self._last.value())

    @property
    def request(self) -> FilmRequest:
        """Return the film of stored episodes that the fields describe."""
        numbers = (box.value() for box in (self._length, self._context, self._count, self._seed))
        return FilmRequest(KINDS[self._kind.currentText()], *numbers)

    @property
    def length(self) -> int:
        """Return the number of frames."""
        return len(self.shown) if self.choice is not None else self._length.value()

    @property
    def fps(self) -> int:
        """Return the frames per second that suit the film."""
        return self.choice.fps if self.choice is not None else _FPS

    @property
    def stem(self) -> str:
        """Return a name for the file, without its ending."""
        return self.choice.stem if self.choice is not None else f"{self.request.kind}-update-{self._update}"

    def _choose(self) -> None:
        """Show the fields and the note of the chosen film."""
        choice = self.choice
        for field in (self._first, self._last):
            self._form.setRowVisible(field, choice is not None)
        for field in (self._length, self._context, self._count, self._seed):
            self._form.setRowVisible(field, choice is None)
        if choice is not None:
            self._note.setText(choice.note)
            self._first.setRange(1, choice.length)
            self._first.setValue(1)
            self._last.setRange(1, choice.length)
            self._last.setValue(choice.length)
        elif self._update is not None:
            self._note.setText(f"Films random stored episodes with the weights of update {self._update:,}.")
        self.chosen.emit()
