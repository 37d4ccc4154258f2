"""Help: every key, and the words the window uses."""

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
from dreamer_studio.studio.actions import Scope, in_words
from dreamer_studio.studio.widgets.text import scaled_font
from dreamer_studio.studio.workspaces import EVERY_ACTION

ROOM = 80  # pixels, for the button and the title bar

WORDS = (
    ("Reconstruction", "the decoder's image where the model saw the frame"),
    ("Dream", "a rollout of priors: the model goes on alone, the policy acting"),
    ("Prior, posterior", "what the model believes of a frame before and after it has seen it"),
    ("Open loop", "the model sees the first frames, then only the recorded actions"),
    ("Scene", "a frame of an episode with what came before and after it"),
    ("Training horizon", "imagined steps that the actor learns from"),
    ("Viewing horizon", "steps of the dreams on show; learning knows nothing of it"),
    ("Environment step", "one tick of the simulator; an agent step is action_repeat of them"),
    ("Update", "one gradient step of world model, actor and value model"),
    ("Prefill", "random actions before learning begins"),
)


def key_rows() -> list[tuple[str, str]]:
    """Return keys and what they do, scope by scope, each scope after a heading and an empty row."""
    rows: list[tuple[str, str]] = []
    for scope in Scope:
        specs = [spec for spec in EVERY_ACTION if spec.scope is scope]
        rows += [("", scope.value), *((in_words(spec), spec.help) for spec in specs if spec.keys)]
        rows += [(" > ".join((*spec.menu.split("/"), spec.text)), spec.help) for spec in specs if not spec.keys]
    return rows


def show_help(parent: QWidget) -> None:
    """Open the list of keys and words; where the screen is low, the list scrolls."""
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
    """Say what this is."""
    QMessageBox.about(
        parent,
        "Dreamer Studio",
        f"Dreamer Studio {__version__}\n\nTrain a DreamerV1 world model and look inside it, live.\n"
        "After Hafner et al. 2019, Dream to Control, arXiv:1912.01603.",
    )
