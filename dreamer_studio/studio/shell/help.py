"""Help: all keys, and the words of the window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QMessageBox,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from dreamer_studio import __version__
from dreamer_studio.studio.actions import ACTIONS, Scope, in_words
from dreamer_studio.studio.widgets.text import scaled_font

ROOM = 80  # pixels for the button and the title bar

WORDS = (
    ("Reconstruction", "the decoder's image of a frame that the model saw"),
    ("Dream", "a rollout of priors: the policy acts, and the model sees nothing more"),
    ("Prior, posterior", "the model's state without and with the current frame"),
    ("Open loop", "the model sees the first frames, then only the recorded actions"),
    ("Scene", "a frame of an episode with its context, the record after it, and the dream from it"),
    ("Training horizon", "imagined steps from which the actor learns"),
    ("Viewing horizon", "steps of the dreams on show; it does not affect learning"),
    ("Environment step", "one tick of the simulator; an agent step has action_repeat of them"),
    ("Update", "one gradient step of world model, actor and value model"),
    ("Prefill", "random actions before learning begins"),
)


def key_rows() -> list[tuple[str, str]]:
    """Return all keys with their actions, scope by scope; each scope has a heading and an empty row before it."""
    rows: list[tuple[str, str]] = []
    for scope in Scope:
        specs = [spec for spec in ACTIONS if spec.scope is scope]
        rows += [("", scope.value), *((in_words(spec), spec.help) for spec in specs if spec.keys)]
        rows += [(" > ".join((*spec.menu.split("/"), spec.text)), spec.help) for spec in specs if not spec.keys]
    return rows


def show_help(parent: QWidget) -> None:
    """Show the list of keys and words. On a low screen, the list scrolls."""
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle("Keys and words")
    content = QWidget()
    grid = QGridLayout(content)
    grid.setHorizontalSpacing(18)
    for row, (left, right) in enumerate((*key_rows(), ("", "Words"), *WORDS)):
        strong, plain = QLabel(left), QLabel(right)
        bold = scaled_font(strong.font(), 1.0, bold=True)
        (strong if left else plain).setFont(bold)
        grid.addWidget(strong, row, 0)
        grid.addWidget(plain, row, 1)
    area = QScrollArea()
    area.setWidget(content)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setMinimumWidth(content.sizeHint().width() + area.verticalScrollBar().sizeHint().width())
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.addWidget(area)
    layout.addWidget(buttons)
    dialog.resize(dialog.sizeHint().width(), min(content.sizeHint().height() + ROOM, parent.height() - ROOM))
    dialog.open()


def show_about(parent: QWidget) -> None:
    """Show what this program is."""
    QMessageBox.about(
        parent,
        "Dreamer Studio",
        f"Dreamer Studio {__version__}\n\nTrain a DreamerV1 world model and look inside it, live.\n"
        "After Hafner et al. 2019, Dream to Control, arXiv:1912.01603.",
    )
