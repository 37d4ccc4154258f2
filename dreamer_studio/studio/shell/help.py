"""Help: every key, and the words the window uses."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QMessageBox, QVBoxLayout, QWidget

from dreamer_studio import __version__

KEYS = (
    ("F5", "start: train from wherever the run stands"),
    ("F6", "pause and resume the training"),
    ("Shift+F5", "stop: save a checkpoint and end the environments"),
    ("F7", "train until one more update is done, then pause"),
    ("Ctrl+S", "save a checkpoint"),
    ("D", "dream from here: the newest frame, or the one under the cursor, or the one held in the replay browser"),
    ("C", "take control of the dream: its keys steer, as the Control panel says; Esc gives back"),
    ("B", "leave this branch of the dream at the frame under the cursor, and take control"),
    ("F", "imagine several futures of the frame under the cursor"),
    ("T", "put the real environment beside the dream, along the same actions"),
    ("M", "while you steer: what you let go stays as it is"),
    ("Ctrl+1  Ctrl+2  Ctrl+3", "the Live, the Dream and the Compare workspace"),
    ("Ctrl+R", "show or hide the replay browser; Enter in it dreams from the frame that is held"),
    ("Ctrl+B", "bookmark the recorded frame on show; F2 in the list writes its note, Del takes it out"),
    ("Ctrl+O  Ctrl+Shift+S", "open a scene, save the recorded frame on show as one"),
    ("[  ]", "shorter, longer viewing horizon"),
    ("Space", "play or hold the dream or the comparison in focus (never the training)"),
    ("Left  Right", "one frame back, forth in the dream in focus"),
    ("Page Up  Page Down", "ten frames back, forth"),
    ("Home  End", "first, last frame"),
    (
        "Up  Down  Left  Right",
        "in Latents: choose a dimension, move it by 0.1 deviations (Shift: 1); Delete puts it back",
    ),
    ("Delete", "in the checkpoints to compare: take the run of the selected row, which was added, off the list"),
    ("E", "show or hide the error map"),
    ("0  +  -", "in a plot: follow the data again, zoom"),
    ("Ctrl+E", "export a film: of what is on screen, or of stored episodes"),
    ("Ctrl+Shift+E", "keep the last seconds of what was on show, as a film in the run's folder"),
    ("Ctrl+Q", "save and close"),
    ("F1", "this list"),
)
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


def show_help(parent: QWidget) -> None:
    """Open the list of keys and words."""
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle("Keys and words")
    grid = QGridLayout()
    grid.setHorizontalSpacing(18)
    for row, (left, right) in enumerate((*KEYS, ("", ""), *WORDS)):
        strong = QLabel(left)
        font = strong.font()
        font.setBold(True)
        strong.setFont(font)
        grid.addWidget(strong, row, 0)
        grid.addWidget(QLabel(right), row, 1)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.addLayout(grid)
    layout.addWidget(buttons)
    dialog.open()


def show_about(parent: QWidget) -> None:
    """Say what this is."""
    QMessageBox.about(
        parent,
        "Dreamer Studio",
        f"Dreamer Studio {__version__}\n\nTrain a DreamerV1 world model and look inside it, live.\n"
        "After Hafner et al. 2019, Dream to Control, arXiv:1912.01603.",
    )
