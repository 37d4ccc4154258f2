"""A place in the code: function, file and line, a button that copies them, and the statement itself."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from dreamer_studio.paper.places import Place
from dreamer_studio.studio.widgets.button import push_button
from dreamer_studio.studio.widgets.text import fixed_font, mute, plain_label


class PlaceRow(QWidget):
    """A place, with its statement in letters of one width.

    Attributes:
        place: the place.
        copy: the button that copies file and line.
    """

    def __init__(self, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.place = place
        where = plain_label(f"{place.function} \N{MIDDLE DOT} {place.where}", wrap=True, selectable=True)
        mute(where)
        code = plain_label(place.code, wrap=True, selectable=True)
        code.setFont(fixed_font())
        code.setAccessibleName(f"Code of {place.function}")
        # A long word in the code does not widen the page.
        code.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.copy = push_button("Copy place", "Copy file and line")
        self.copy.setAccessibleName(f"Copy {place.where}")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(place.where))
        head = QHBoxLayout()
        head.addWidget(where, 1)
        head.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(code)
