"""A dream's branches as a tree: the branch on show, the comparison, and where each leaves its parent."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from dreamer_studio.studio.actions import Scope
from dreamer_studio.studio.help import scenes
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.button import push_button
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.keys import pressed
from dreamer_studio.viewing.scene.branches import Branch, Branches, Key
from dreamer_studio.viewing.throttle import Throttle
from dreamer_studio.viewing.twin.comparison import step_word

GROWN_SECONDS = 0.5  # between updates of the numbers of a driven branch
_COLUMNS = ("Branch", "starts at", "steps", "reward", "you acted")
_COMPARE = "Show the selected branch beside the current one, or stop showing it"
_ON_SHOW = "This branch is on show. Select another one to compare with it."


class BranchesPanel(QWidget):
    """A tree of the branches, and buttons for the selected branch."""

    showWanted = Signal(tuple)
    """Emitted when the user asks to show a branch, with its key."""

    comparisonWanted = Signal(object)
    """Emitted when the user chooses the comparison: the key of a branch, or None for the recorded frames."""

    forkWanted = Signal()
    """Emitted when the user asks for a branch at the cursor."""

    renameWanted = Signal(tuple, str)
    """Emitted when the user renames a branch, with its key and new name."""

    removeWanted = Signal(tuple)
    """Emitted when the user deletes a branch, and with it all branches that start from it; with its key."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._version = -1
        self._items: dict[Key, QTreeWidgetItem] = {}
        self._comparison: Key | None = None
        self._shown: Key | None = None
        self._due = Throttle(GROWN_SECONDS)
        self.tree = _Tree()
        self.tree.setAccessibleName("Branches")
        self.tree.setHeaderLabels(_COLUMNS)
        header = self.tree.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.tree.itemClicked.connect(lambda item, _: self.showWanted.emit(item.data(0, Qt.ItemDataRole.UserRole)))
        self.tree.setEditTriggers(
            QTreeWidget.EditTrigger.NoEditTriggers
        )  # a double-click edits the name, no other column
        self.tree.itemDoubleClicked.connect(lambda item, _: self.tree.editItem(item, 0))
        self.tree.itemChanged.connect(self._rename)
        self.tree.currentItemChanged.connect(lambda *_: self._enable())
        self.tree.removed.connect(self._remove)
        self._fork = push_button("Branch here (B)", "Start a branch at the frame under the cursor, and take control")
        self._put = push_button("Compare", _COMPARE)
        self._drop = push_button("Remove", "Delete the selected branch and the branches that start from it (Delete)")
        self._fork.clicked.connect(self.forkWanted)
        self._put.clicked.connect(self._toggle_comparison)
        self._drop.clicked.connect(self._remove)
        card = Card(theme, "Branches", help_text=scenes.BRANCHES, caption_lines=1)
        self._card = card
        body = QWidget()
        inside = QVBoxLayout(body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.tree, 1)
        buttons = QHBoxLayout()
        for button in (self._fork, self._put, self._drop):
            buttons.addWidget(button)
        buttons.addStretch(1)
        inside.addLayout(buttons)
        card.set_body(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(card)
        self._enable()

    def show_branches(self, branches: Branches) -> None:
        """Show the tree. Redraw only if something has changed."""
        if branches.version != self._version:
            self._version = branches.version
            self._fill(branches)
        elif self._due() and branches.shown is not None and branches.shown.key in self._items:
            with QSignalBlocker(self.tree):
                _write(self._items[branches.shown.key], branches.shown)

    def _fill(self, branches: Branches) -> None:
        self._comparison = branches.comparison.key if branches.comparison is not None else None
        shown = branches.shown.key if branches.shown is not None else None
        chosen = self._chosen()
        with QSignalBlocker(self.tree):
            self.tree.clear()
            self._items = {}
            for branch in branches:
                above = self._items.get(branch.parent) if branch.parent is not None else None
                item = QTreeWidgetItem(above if above is not None else self.tree.invisibleRootItem())
                item.setData(0, Qt.ItemDataRole.UserRole, branch.key)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
                font = item.font(0)
                font.setBold(branch.key == shown)
                item.setFont(0, font)
                self._items[branch.key] = item
                _write(item, branch)
            self.tree.expandAll()
            place = chosen if chosen in self._items and shown == self._shown else shown
            self._shown = shown
            if place is not None:
                self.tree.setCurrentItem(self._items[place])
        names = [f"On show: {branches.shown.name}"] if branches.shown is not None else []
        names += [f"comparison: {branches.comparison.name}"] if branches.comparison is not None else []
        self._card.set_caption(", ".join(names))
        self._enable()

    def _chosen(self) -> Key | None:
        item = self.tree.currentItem()
        return item.data(0, Qt.ItemDataRole.UserRole) if item is not None else None

    def _enable(self) -> None:
        chosen = self._chosen()
        self._fork.setEnabled(bool(self._items))
        alone = chosen is not None and chosen == self._shown
        self._put.setEnabled(chosen is not None and not alone)
        self._put.setToolTip(_ON_SHOW if alone else _COMPARE)
        self._put.setText("Stop comparing" if chosen is not None and chosen == self._comparison else "Compare")
        self._drop.setEnabled(chosen is not None and chosen[1] > 0)

    def _toggle_comparison(self) -> None:
        chosen = self._chosen()
        self.comparisonWanted.emit(None if chosen == self._comparison else chosen)

    def _remove(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.removeWanted.emit(chosen)

    def _rename(self, item: QTreeWidgetItem, column: int) -> None:
        if column == 0:
            self.renameWanted.emit(item.data(0, Qt.ItemDataRole.UserRole), item.text(0))


class _Tree(QTreeWidget):
    removed = Signal()
    """Emitted when the user presses Delete."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        action = pressed(Scope.BRANCHES, event.key())
        if action == "branches.remove":
            self.removed.emit()
        elif item is not None and action == "branches.rename":
            self.editItem(item, 0)
        elif item is not None and action == "branches.show":
            self.itemClicked.emit(item, 0)
        else:
            super().keyPressEvent(event)


def _write(item: QTreeWidgetItem, branch: Branch) -> None:
    scene = branch.scene
    leaves = "" if branch.parent is None else step_word(scene, branch.column)
    reward = scene.columns.reward[scene.context :].sum()
    texts = (
        branch.name,
        leaves,
        f"{len(scene.columns) - scene.context}",
        f"{reward:.2f}",
        f"{int(scene.columns.driven.sum())}",
    )
    for column, text in enumerate(texts):
        item.setText(column, text)
