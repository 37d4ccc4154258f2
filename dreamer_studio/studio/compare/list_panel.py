"""What can be compared: the checkpoints of the run that is open and of runs beside it, to be ticked."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from dreamer_studio.studio.actions import Scope
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.keys import pressed
from dreamer_studio.studio.widgets.text import plain_tooltip
from dreamer_studio.viewing.compare.messages import MOST_CONTESTANTS, Contestant

_ITEM = Qt.ItemDataRole.UserRole
_OWN = "Select a checkpoint of a run that you added; the run that is open stays on the list."
_HELP = (
    "Every checkpoint that the run keeps, with the environment step and the update at which it was saved; new ones "
    "appear as they are saved. Tick two to six. Add run... lists those of another run, of a task with the same "
    "actions; Delete, or the button below it, takes the selected row's run off the list again."
)


class CompareListPanel(QWidget):
    """A list with a box to tick for each checkpoint."""

    chosen = Signal()
    """A person ticked one, or took a tick away."""

    runWanted = Signal(str)
    """The checkpoints of this run folder are wanted in the list."""

    runDropped = Signal(object)
    """The run of this folder, a `Path`, is to go from the list; nothing of it is ticked any more."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._listed: tuple[Contestant, ...] = ()
        self._own = Path()
        self.list = QListWidget()
        self.list.setAccessibleName("Checkpoints to compare")
        self.list.itemChanged.connect(self._change)
        self.list.currentRowChanged.connect(lambda _: self._offer())
        self.list.installEventFilter(self)
        self._card = Card(theme, "Checkpoints", help_text=_HELP, caption_lines=2)
        self.add = QPushButton("Add run...")
        self.add.setToolTip("List the checkpoints of another run, of a task with the same actions")
        self.add.clicked.connect(self._ask_for_run)
        self.drop = QPushButton("Take run off (Del)")
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
        """In the order of the list."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return tuple(item.data(_ITEM) for item in items if item.checkState() is Qt.CheckState.Checked)

    def show_checkpoints(self, listed: tuple[Contestant, ...], own: Path) -> None:
        """List these, of which those of the folder `own` are of the run that is open; ticks stay."""
        if (listed, own) == (self._listed, self._own):
            return
        self._own = own
        ticked, current = set(self.ticked), self.list.currentRow()
        self._listed = listed
        several = len({contestant.folder for contestant in listed}) > 1
        with QSignalBlocker(self.list):
            self.list.clear()
            for contestant in listed:
                item = QListWidgetItem(f"{contestant.name}\n{contestant.run}" if several else contestant.name)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                item.setCheckState(Qt.CheckState.Checked if contestant in ticked else Qt.CheckState.Unchecked)
                item.setData(_ITEM, contestant)
                item.setToolTip(f"{contestant.run}: {contestant.name}")
                self.list.addItem(item)
            self.list.setCurrentRow(min(current, len(listed) - 1))
        self._offer()
        self._say()  # what is on show stays, though the training may have taken away one that was ticked

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Delete takes the run of the selected row off the list."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            drops = pressed(Scope.CHECKPOINTS, event.key()) == "checkpoints.drop"
            if drops:
                self._drop_run()
            return drops
        return super().eventFilter(watched, event)

    def _droppable(self) -> Contestant | None:
        """The selected checkpoint, where its run was added."""
        item = self.list.currentItem()
        contestant = item.data(_ITEM) if item is not None else None
        return contestant if contestant is not None and contestant.folder != self._own else None

    def _offer(self) -> None:
        """Say what the button would do."""
        selected = self._droppable()
        self.drop.setEnabled(selected is not None)
        told = f"Take all checkpoints of {selected.run} off the list; its files stay as they are" if selected else _OWN
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

    def _change(self, item: QListWidgetItem) -> None:
        if len(self.ticked) > MOST_CONTESTANTS:
            with QSignalBlocker(self.list):
                item.setCheckState(Qt.CheckState.Unchecked)
            self._card.set_caption(f"{MOST_CONTESTANTS} can be compared at once: take another tick away first.")
            return
        self._say()
        self.chosen.emit()

    def _say(self) -> None:
        if not self._listed:
            self._card.set_caption("There is no checkpoint yet. Ctrl+S saves one.")
        elif len(self._listed) == 1:
            self._card.set_caption("The run has one checkpoint so far; Ctrl+S saves another.")
        else:
            self._card.set_caption(f"{len(self.ticked)} of {len(self._listed)} ticked; two to six can be compared.")

    def _ask_for_run(self) -> None:
        start = str(self._listed[0].folder.parent) if self._listed else ""
        dialog = QFileDialog(self, "Add a run folder", start)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.runWanted)
        dialog.open()
