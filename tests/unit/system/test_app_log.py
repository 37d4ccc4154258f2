"""The program's log."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

from dreamer_studio import cli
from dreamer_studio.system import app_log as logbook
from dreamer_studio.system.app_log import LogBook, log_file

LOGGER = logging.getLogger("dreamer_studio.somewhere")


def test_that_the_file_stays_within_its_bounds_and_the_newest_lines_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logbook, "MOST_BYTES", 2000)
    file = tmp_path / "logs" / "studio.log"
    with LogBook(file).kept():
        for number in range(1000):
            LOGGER.info("line %d", number)
    files = sorted(path.name for path in file.parent.iterdir())
    assert files == ["studio.log", "studio.log.1", "studio.log.2"]
    assert sum(path.stat().st_size for path in file.parent.iterdir()) <= 3 * 2000
    assert file.read_text().endswith("line 999\n")


def test_that_the_last_warnings_are_at_hand_and_the_handlers_are_removed_afterwards(tmp_path: Path) -> None:
    handlers = list(logging.getLogger("dreamer_studio").handlers)
    book = LogBook(None)
    with book.kept():
        for number in range(30):
            LOGGER.info("nothing to worry about")
            LOGGER.warning("worry %d", number)
    news = book.last_news()
    assert len(news) == 20 and news[0].endswith("worry 10") and news[-1].endswith("worry 29")
    assert logging.getLogger("dreamer_studio").handlers == handlers


def test_that_a_log_file_that_cannot_be_written_is_ignored_silently(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder").mkdir()
    for file in (tmp_path / "file" / "studio.log", tmp_path / "folder"):
        with LogBook(file).kept():
            LOGGER.error("something")
    assert capsys.readouterr().err == ""


def test_that_the_environment_variable_names_the_log_file_or_switches_it_off() -> None:
    assert log_file({logbook.VARIABLE: ""}) is None
    assert log_file({logbook.VARIABLE: "/var/log/dreams.log"}) == Path("/var/log/dreams.log")
    place = log_file({})
    assert place is not None and place.name == "dreamer-studio.log" and "dreamer-studio" in place.parent.parts


def test_that_uncaught_errors_are_logged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, told = tmp_path / "studio.log", []
    monkeypatch.setattr(sys, "excepthook", lambda *arguments: told.append(arguments))
    with LogBook(file).kept():
        sys.excepthook(OSError, OSError("in a slot of Qt's"), None)
    monkeypatch.setenv(logbook.VARIABLE, str(file))
    monkeypatch.setattr(cli, "app", lambda *_, **__: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        cli.main([])
    assert "in a slot of Qt's" in file.read_text() and len(told) == 1
    assert "Traceback" in file.read_text() and "ZeroDivisionError" in file.read_text()


def test_that_the_tests_write_no_log_of_the_user() -> None:
    assert log_file() is None
    assert cli.main(["train", "--task", "gym:CartPol-v1"]) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is a file of Linux")
def test_that_a_full_disk_loses_only_the_log_file() -> None:
    with LogBook(Path("/dev/full")).kept() as book:
        LOGGER.warning("the disk is full")
    assert book.last_news()[-1].endswith("the disk is full")
