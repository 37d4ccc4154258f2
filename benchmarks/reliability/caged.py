"""The program with a monkey inside. `benchmarks.reliability.monkey` starts it in a separate process.

Nothing reaches beyond the temporary folders of the process: no other program opens links or folders, and no second
window opens.
"""

from __future__ import annotations

import faulthandler
import json
import signal
import sys
import time
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from benchmarks.reliability.fingers import Fingers
from benchmarks.reliability.listening import Listener
from dreamer_studio.studio.app import WindowOptions, run_window
from dreamer_studio.studio.shell.flow.run_flow import RunFlow
from dreamer_studio.system.app_log import LogBook, log_file
from dreamer_studio.system.process import prepare_process


class Links(QObject):
    """Takes the links and folders that another program would open."""

    @Slot(QUrl)
    def take(self, _: QUrl) -> None:
        """Do nothing."""


def main() -> int:
    """Run the program with a monkey. The arguments are seed, seconds, and the folder of the trail and the report."""
    seed, seconds, folder = int(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3])
    faulthandler.enable()
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    prepare_process()
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    application = QApplication(sys.argv[:1])
    listener, links = Listener(), Links()
    for scheme in ("file", "http", "https"):
        QDesktopServices.setUrlHandler(scheme, links, "take")  # type: ignore[arg-type]  # the stubs want bytes
    setattr(RunFlow, "open_window", lambda *_: None)  # noqa: B010  (mypy refuses a plain assignment)
    fingers = Fingers(seed, time.monotonic() + seconds, folder / "trail.txt")
    with LogBook(log_file()).kept() as log:
        code = run_window(None, log, WindowOptions("cpu", quit_after=seconds + 1))
    report = {
        "events": fingers.done,
        "places": fingers.places,
        "longest_s": round(fingers.longest, 2),
        "heard": listener.heard,
    }
    (folder / "report.json").write_text(json.dumps(report))
    application.processEvents()
    return code


if __name__ == "__main__":
    raise SystemExit(main())
