"""The list of checkpoints to compare, from the open run and from added runs, with a box to tick for each."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from dreamer_studio.studio.actions import Scope
from dreamer_studio.studio.help import compare
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.folder_dialog import ask_for_folder
from dreamer_studio.studio.widgets.keys import pressed
from dreamer_studio.studio.widgets.text import plain_tooltip
from dreamer_studio.viewing.compare.messages import MOST_CONTESTANTS, Contestant

_ITEM = Qt.ItemDataRole.UserRole
_OWN = "Select a checkpoint of a run that you added. The open run stays on the list."


class CompareListPanel(QWidget):
    """A list with a box to tick for each checkpoint."""

    chosen = Signal()
    """Emitted when the user ticks or unticks a checkpoint."""

    runWanted = Signal(str)
    """Emitted when the user adds a run, with its folder."""

    runDropped = Signal(object)
    """Emitted when the user removes a run, with its folder as a `Path`. Its checkpoints are already unticked."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._listed: tuple[Contestant, ...] = ()
        self._own = Path()
        self._watching = False
        self.list = QListWidget()
        self.list.setAccessibleName("Checkpoints to compare")
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemChanged.connect(self._change)
        self._pressed: Qt.CheckState | None = None
        self.list.itemPressed.connect(self._note_tick)
        self.list.itemClicked.connect(self._toggle)
        self.list.currentRowChanged.connect(lambda _: self._offer())
        self.list.installEventFilter(self)
        self._card = Card(theme, "Checkpoints", help_text=compare.CHECKPOINTS, caption_lines=2)
        self.add = QPushButton("Add run...")
        self.add.setToolTip("List the checkpoints of another run whose task has the same actions")
        self.add.clicked.connect(self._ask_for_run)
        self.drop = QPushButton("Remove run (Del)")
        self.drop.clicked.connect(self._drop_run)
        body = QWidget()
        inside = QVBoxLayout(body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.list, 1)
        inside.addWidget(self.add)
        inside.addWidget(self.drop)
        self._card.set_body(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._card)
        self._say()
        self._offer()

    @property
    def ticked(self) -> tuple[Contestant, ...]:
        """Return the ticked checkpoints in the order of the list."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return tuple(item.data(_ITEM) for item in items if item.checkState() is Qt.CheckState.Checked)

    def show_checkpoints(self, listed: tuple[Contestant, ...], own: Path, *, watching: bool) -> None:
        """List these checkpoints and keep the ticks.

        Args:
            listed: The checkpoints.
            own: The folder of the open run.
            watching: Whether the open run is only watched, so that no checkpoint can be saved.
        """
        if (listed, own, watching) == (self._listed, self._own, self._watching):
            return
        self._own, self._watching = own, watching
        ticked, current = set(self.ticked), self.list.currentRow()
        self._listed = listed
        several = len({contestant.folder for contestant in listed}) > 1
        with QSignalBlocker(self.list):
            self.list.clear()
            for contestant in listed:
                name = contestant.listed_name
                item = QListWidgetItem(f"{name}\n{contestant.run}" if several else name)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                item.setCheckState(Qt.CheckState.Checked if contestant in ticked else Qt.CheckState.Unchecked)
                item.setData(_ITEM, contestant)
                tip = f"{contestant.run}: {contestant.name}\n{contestant.best_in_words}".rstrip()
                item.setToolTip(plain_tooltip(tip))
                self.list.addItem(item)
            self.list.setCurrentRow(min(current, len(listed) - 1))
        self._offer()
        self._say()  # the comparison on show stays, even if the training has deleted a ticked checkpoint

    def tick(self, path: Path) -> bool:
        """Tick a checkpoint by its folder, and the newest checkpoint of its run if nothing else is ticked.

        Returns:
            Whether the checkpoint is listed. If too many are ticked, only these two stay ticked.
        """
        wanted = next((each for each in self._listed if each.path == path), None)
        if wanted is None:
            return False
        newest = [each for each in self._listed if each.folder == wanted.folder][-1]
        ticked = set(self.ticked) | {wanted}
        if len(ticked) > MOST_CONTESTANTS:
            ticked = {wanted}
        if len(ticked) == 1:
            ticked.add(newest)
        with QSignalBlocker(self.list):
            for row in range(self.list.count()):
                item = self.list.item(row)
                on = item.data(_ITEM) in ticked
                item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
                if item.data(_ITEM) == wanted:
                    self.list.setCurrentRow(row)
        self._say()
        self.chosen.emit()
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Remove the run of the selected row when the user presses Delete."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            drops = pressed(Scope.CHECKPOINTS, event.key()) == "checkpoints.drop"
            if drops:
                self._drop_run()
            return drops
        return super().eventFilter(watched, event)

    def _droppable(self) -> Contestant | None:
        """Return the selected checkpoint if the user added its run, else None."""
        item = self.list.currentItem()
        contestant = item.data(_ITEM) if item is not None else None
        return contestant if contestant is not None and contestant.folder != self._own else None

    def _offer(self) -> None:
        """Say in the tooltip which run the button removes."""
        selected = self._droppable()
        self.drop.setEnabled(selected is not None)
        told = f"Remove all checkpoints of {selected.run} from the list; its files stay" if selected else _OWN
        self.drop.setToolTip(plain_tooltip(told))

    def _drop_run(self) -> None:
        selected = self._droppable()
        if selected is None:
            self._card.set_caption(_OWN)
            return
        with QSignalBlocker(self.list):
            for row in range(self.list.count()):
                if self.list.item(row).data(_ITEM).folder == selected.folder:
                    self.list.item(row).setCheckState(Qt.CheckState.Unchecked)
        self._say()
        self.runDropped.emit(selected.folder)

    def _note_tick(self, item: QListWidgetItem) -> None:
        self._pressed = item.checkState()

    def _toggle(self, item: QListWidgetItem) -> None:
        """Tick or untick the clicked row, unless the click was on the box itself."""
        pressed, self._pressed = self._pressed, None  # a press on the box is not reported
        if item.checkState() is pressed:
            ticked = item.checkState() is Qt.CheckState.Checked
            item.setCheckState(Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked)

    def _change(self, item: QListWidgetItem) -> None:
        if len(self.ticked) > MOST_CONTESTANTS:
            with QSignalBlocker(self.list):
                item.setCheckState(Qt.CheckState.Unchecked)
            self._card.set_caption(f"You can compare {MOST_CONTESTANTS} at once. Untick another checkpoint first.")
            return
        self._say()
        self.chosen.emit()

    def _say(self) -> None:
        if not self._listed:
            more = "Add another run." if self._watching else "Press Ctrl+S to save one."
            self._card.set_caption(f"There is no checkpoint yet. {more}")
        elif len(self._listed) == 1:
            more = "Add another run to compare." if self._watching else "Press Ctrl+S to save another."
            self._card.set_caption(f"The run has one checkpoint so far. {more}")
        else:
            self._card.set_caption(
                f"{len(self.ticked)} of {len(self._listed)} ticked. Tick two to six to compare them."
            )

    def _ask_for_run(self) -> None:
        start = str(self._listed[0].folder.parent) if self._listed else ""
        ask_for_folder(self, "Add a run folder", lambda folder: self.runWanted.emit(str(folder)), start)
