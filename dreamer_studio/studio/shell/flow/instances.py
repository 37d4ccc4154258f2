"""One program: windows of the same user on the same screen find each other, so that a second start raises the first.

Each window listens on a separate socket in a folder that only the user may enter. A start asks all windows. If a socket
fails, for example because its process was killed, the start opens its window all the same. On Microsoft Windows there
are no such sockets, and every start opens a window.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import socket
import stat
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtNetwork import QLocalServer, QLocalSocket

PROGRAM: Final = "dreamer-studio"
ENDING: Final = ".window"
ANSWER_SECONDS: Final = 0.5
"""Longest wait for the answer of a window, which may be busy."""

MOST_BYTES: Final = 10_000
START_PAGE: Final = ""
"""Takes the place of a run's path in a question for a window that shows the start page."""

_YES, _NO = b"here\n", b"no\n"

_log = logging.getLogger(__name__)


class Instance(QObject):
    """Answers other starts for this window.

    Args:
        on_show: returns the resolved path of the run that this window trains, `START_PAGE` if the window shows a page,
            or None.
        come_to_front: raises the window.
        parent: the owner.
    """

    def __init__(self, on_show: Callable[[], str | None], come_to_front: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._on_show, self._come_to_front = on_show, come_to_front
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._take_connections)
        folder = sockets_folder()
        if folder is None or not self._server.listen(str(folder / _own_name())):
            _log.info("other starts cannot find this window: %s", self._server.errorString())

    def close(self) -> None:
        """Stop answering, and remove the socket."""
        self._server.close()

    def _take_connections(self) -> None:
        while self._server.hasPendingConnections():
            connection = self._server.nextPendingConnection()
            connection.readyRead.connect(lambda each=connection: self._answer(each))
            connection.disconnected.connect(connection.deleteLater)
            self._answer(connection)

    def _answer(self, connection: QLocalSocket) -> None:
        if connection.bytesAvailable() > MOST_BYTES:
            connection.abort()
            return
        if not connection.canReadLine():
            return
        asked: object = None
        with contextlib.suppress(ValueError):
            asked = json.loads(bytes(connection.readLine().data()))
        mine = asked == _question(self._on_show())
        connection.write(_YES if mine else _NO)
        connection.flush()
        if mine:
            self._come_to_front()


def raise_window_of(wanted: str) -> bool:
    """Raise the window of another process that trains a run, or shows the start page. Return whether there is one.

    Args:
        wanted: the resolved path of a run, or `START_PAGE`.
    """
    folder = sockets_folder()
    if folder is None:
        return False
    question = json.dumps(_question(wanted)).encode() + b"\n"
    return any(_ask(path, question) for path in _others(folder))


def sockets_folder() -> Path | None:
    """Return the folder of the sockets, which is made if it is missing; None if other users may enter it."""
    if sys.platform == "win32":
        return None
    from platformdirs import user_runtime_path  # noqa: PLC0415  (--help does not need it)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # XDG_RUNTIME_DIR may be unset, and the default is good
        folder = user_runtime_path(PROGRAM, appauthor=False)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        facts = folder.lstat()
    except OSError as error:
        _log.info("no folder for the windows' sockets: %s", error)
        return None
    private = stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.getuid() and not facts.st_mode & 0o077
    return folder if private else None


def _question(wanted: str | None) -> dict[str, str | None]:
    """Return the question for a run on the screen of this process. Windows on other screens do not answer it."""
    screen = " ".join(os.environ.get(name, "") for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY"))
    return {"screen": screen, "wanted": wanted}


def _own_name() -> str:
    return f"{os.getpid()}{ENDING}"


def _others(folder: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        yield from [path for path in folder.iterdir() if path.suffix == ENDING and path.name != _own_name()]


def _ask(path: Path, question: bytes) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(ANSWER_SECONDS)
            connection.connect(str(path))
            connection.sendall(question)
            return connection.recv(len(_YES)) == _YES
    except ConnectionRefusedError:  # its process was killed
        with contextlib.suppress(OSError):
            path.unlink()
    except OSError as error:
        _log.info("the window at %s does not answer: %s", path, error)
    return False
