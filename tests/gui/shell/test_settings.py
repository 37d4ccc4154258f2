"""Settings files that are damaged or of another version; and what Help copies."""

from __future__ import annotations

import base64
import dataclasses
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dreamer_studio.files import write_json
from dreamer_studio.session import Session, State, TrainingFailure
from dreamer_studio.studio.shell import settings as settings_module
from dreamer_studio.studio.shell.old_settings import settings_from
from dreamer_studio.studio.shell.placement import LAYOUT_VERSION
from dreamer_studio.studio.shell.settings import Settings, SettingsFile
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.theme import Theme

PATIENCE = 120


SOME = Settings(theme="dark", keep_seconds=45)


def written(path: Path, values: object) -> None:
    path.write_text(json.dumps(values))


def garbage(path: Path) -> None:
    path.write_bytes(random.Random(0).randbytes(5000))


def half_a_file(path: Path) -> None:
    SettingsFile(path).change(theme="dark", geometry="AAAA" * 300)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def no_object(path: Path) -> None:
    written(path, ["dark"])


def no_version(path: Path) -> None:
    written(path, {"theme": "dark"})


def wrong_type(path: Path) -> None:
    written(path, {"version": 1, "theme": "dark", "keep_seconds": "45"})


def unknown_theme(path: Path) -> None:
    written(path, {"version": 1, "theme": "purple"})


def no_base64(path: Path) -> None:
    written(path, {"version": 1, "layout": "not base64"})


def deeply_nested(path: Path) -> None:
    path.write_text("[" * 100_000)


def too_large(path: Path) -> None:
    written(path, {"version": 1, "layout": "A" * 2**21})


def a_folder(path: Path) -> None:
    path.mkdir()


SPOILED = [
    garbage,
    half_a_file,
    no_object,
    no_version,
    wrong_type,
    unknown_theme,
    no_base64,
    deeply_nested,
    too_large,
    a_folder,
]


@pytest.mark.parametrize("spoil", SPOILED)
def test_that_a_broken_file_is_set_aside_and_the_defaults_apply(spoil: Callable[[Path], None], tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    spoil(path)
    broken = path.read_bytes() if path.is_file() else b""
    settings = SettingsFile(path)
    assert settings.current == Settings()
    aside = tmp_path / "settings.json.damaged"
    assert "cannot be used" in settings.problem and aside.name in settings.problem and "\n" not in settings.problem
    assert (aside.read_bytes() if aside.is_file() else b"") == broken
    settings.change(theme="light")
    again = SettingsFile(path)
    assert again.current.theme == "light" and not again.problem


def test_that_a_file_of_a_newer_version_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    written(path, {"version": 2, "theme": {"base": "dark"}})
    before = path.read_bytes()
    settings = SettingsFile(path)
    assert settings.current == Settings() and "version 2" in settings.problem
    settings.change(theme="light")
    assert settings.current.theme == "light" and path.read_bytes() == before


def test_that_changes_in_quick_succession_are_written_once_after_the_last_one(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "settings.json"
    settings = SettingsFile(path)
    written: list[object] = []

    def count(path: Path, content: object, *, own: str) -> None:
        written.append(content)
        write_json(path, content, own=own)

    monkeypatch.setattr(settings_module, "write_json", count)
    for smoothing in range(6):
        settings.change_soon(curves_smoothing=smoothing)
        assert settings.current.curves_smoothing == smoothing
    assert not path.exists()
    qtbot.waitUntil(path.exists)
    qtbot.wait(settings_module.WRITE_MS + 100)
    assert len(written) == 1 and SettingsFile(path).current.curves_smoothing == 5


def test_that_another_change_also_writes_what_waits(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    settings = SettingsFile(path)
    settings.change_soon(curves_runs={"/runs/own": {"/runs/other": False}})
    settings.change(geometry="AAAA")  # as when the window closes
    kept = SettingsFile(path).current
    assert kept.curves_runs == {"/runs/own": {"/runs/other": False}} and kept.geometry == "AAAA"


def test_that_a_file_written_meanwhile_by_a_newer_version_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    settings = SettingsFile(path)
    settings.change(theme="light")
    written(path, {"version": 2, "theme": {"base": "dark"}})
    before = path.read_bytes()
    settings.change(keep_seconds=60)
    assert settings.current == Settings(theme="light", keep_seconds=60) and path.read_bytes() == before


OTHER_WINDOW = """
import sys
from pathlib import Path
from dreamer_studio.studio.shell.settings import SettingsFile
settings = SettingsFile(Path(sys.argv[1]))
print("ready", flush=True)
for change in range(200):
    settings.change(keep_seconds=10 + change % 50)
"""


def test_that_two_windows_may_write_at_the_same_time(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "settings.json"
    settings = SettingsFile(path)
    settings.change(theme="dark")
    command = [sys.executable, "-c", OTHER_WINDOW, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as other:
        assert other.stdout is not None and other.stderr is not None
        other.stdout.readline()
        while other.poll() is None:
            settings.change(theme="light")
            assert json.loads(path.read_bytes())["version"] == 1
        assert (other.returncode, other.stderr.read()) == (0, b"")
    assert caplog.records == []
    assert [left.name for left in tmp_path.iterdir()] == ["settings.json"]


def test_that_in_an_unwritable_folder_changes_apply_to_this_window_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    settings = SettingsFile(tmp_path / "file" / "settings.json")
    settings.change(theme="dark")
    assert settings.current.theme == "dark"
    assert "the settings cannot be" in caplog.text or settings.problem


def test_that_a_file_that_cannot_be_read_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "settings.json"
    SettingsFile(path).change(theme="dark")
    before = path.read_bytes()

    def refuse(*_: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("dreamer_studio.studio.shell.settings.read_small", refuse)
        settings = SettingsFile(path)
    assert settings.current == Settings() and "Permission denied" in settings.problem
    settings.change(theme="light")
    assert path.read_bytes() == before


def test_that_changes_of_two_windows_are_both_kept(tmp_path: Path) -> None:
    one, other = SettingsFile(tmp_path / "settings.json"), SettingsFile(tmp_path / "settings.json")
    one.change(theme="dark")
    other.change(keep_seconds=45)
    assert SettingsFile(tmp_path / "settings.json").current == SOME


def test_that_a_link_to_the_file_is_followed_and_stays(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to(tmp_path / "kept" / "settings.json")
    SettingsFile(tmp_path / "link.json").change(theme="dark")
    assert (tmp_path / "link.json").is_symlink()
    assert SettingsFile(tmp_path / "kept" / "settings.json").current.theme == "dark"


def test_that_settings_in_memory_write_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = SettingsFile(None)
    settings.change(theme="dark")
    assert settings.current.theme == "dark" and not list(tmp_path.iterdir())


def test_that_an_invalid_change_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="keep_seconds"):
        SettingsFile(tmp_path / "settings.json").change(keep_seconds=0)


def old_settings(path: Path, values: dict[str, object]) -> QSettings:
    stored = QSettings(str(path), QSettings.Format.IniFormat)
    for name, value in values.items():
        stored.setValue(name, value)
    stored.sync()
    return QSettings(str(path), QSettings.Format.IniFormat)


def test_that_settings_in_qts_format_are_imported_once(tmp_path: Path) -> None:
    blob = bytes(range(256))
    values = {"theme": "dark", "keep_seconds": 45, "geometry": QByteArray(blob), "layout": QByteArray(blob)}
    old = settings_from(old_settings(tmp_path / "old.ini", values))
    assert old is not None
    path = tmp_path / "settings.json"
    assert SettingsFile(path, lambda: old).current == old
    assert (old.theme, old.keep_seconds, base64.b64decode(old.geometry)) == ("dark", 45, blob)
    SettingsFile(path).change(theme="light")
    assert SettingsFile(path, lambda: pytest.fail("read again")).current.theme == "light"


def wrong_types(path: Path) -> None:
    old_settings(path, {"theme": ["light", "dark"], "keep_seconds": "many", "geometry": 7, "layout": ["a", "b"]})


def unknown_types(path: Path) -> None:
    variant = r"@Variant(\0\0\x4\0\0\0\0\x14NoSuchTypeAnywhere\0\0\0\0\0)"
    path.write_text(f"[General]\ntheme={variant}\ngeometry={variant}\nlayout={variant}\n")


@pytest.mark.parametrize("spoil", [garbage, wrong_types, unknown_types, a_folder])
def test_that_broken_settings_in_qts_format_give_defaults(spoil: Callable[[Path], None], tmp_path: Path) -> None:
    spoil(tmp_path / "old.ini")
    assert settings_from(QSettings(str(tmp_path / "old.ini"), QSettings.Format.IniFormat)) in (None, Settings())


@pytest.mark.parametrize("blob", ["", base64.b64encode(random.Random(1).randbytes(400)).decode()])
def test_that_an_empty_or_garbage_layout_still_opens_a_usable_window(
    blob: str, theme: Theme, session: Session, tmp_path: Path
) -> None:
    written(tmp_path / "settings.json", {"version": 1, "geometry": blob, "layout": blob})
    window = StudioWindow(theme, SettingsFile(tmp_path / "settings.json"))
    window.open_run(session, begin=False)
    window.show()
    assert window.isVisible() and window.width() > 300 and not window.banners.banners
    window.close()
    window.deleteLater()


def test_that_a_broken_file_is_one_banner(theme: Theme, session: Session, tmp_path: Path) -> None:
    garbage(tmp_path / "settings.json")
    window = StudioWindow(theme, SettingsFile(tmp_path / "settings.json"))
    window.open_run(session, begin=False)
    (banner,) = window.banners.banners
    assert "set aside as settings.json.damaged" in banner.text
    window.deleteLater()


def test_that_a_layout_of_another_version_is_not_used(theme: Theme, session: Session, tmp_path: Path) -> None:
    before = StudioWindow(theme, SettingsFile(None))
    before.open_run(session, begin=False)
    dock = next(child for child in before.children() if child.objectName() == "run-dock")
    dock.hide()  # type: ignore[attr-defined]
    shown = {}
    for version in (LAYOUT_VERSION, LAYOUT_VERSION - 1):
        settings = SettingsFile(None)
        settings.change(layout=base64.b64encode(before.saveState(version).data()).decode())
        window = StudioWindow(theme, settings)
        window.resize(1600, 1000)  # a narrow window folds the dock
        window.open_run(session, begin=False)
        shown[version] = not next(child for child in window.children() if child.objectName() == "run-dock").isHidden()  # type: ignore[attr-defined]
        window.deleteLater()
    before.deleteLater()
    assert shown == {LAYOUT_VERSION: False, LAYOUT_VERSION - 1: True}


@pytest.mark.parametrize("arguments", [[], ["--safe-mode"]])
def test_that_the_command_opens_with_garbage_for_settings_and_in_safe_mode_leaves_it(
    arguments: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "settings" / "dreamer-studio" / "settings.json"
    path.parent.mkdir(parents=True)
    garbage(path)
    before = path.read_bytes()
    done = subprocess.run(
        [sys.executable, "-m", "dreamer_studio", "--run", str(tmp_path / "run"), "--quit-after", "0", *arguments],
        env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path / "settings")},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0 and "Traceback" not in done.stderr
    assert (path.read_bytes() == before) == bool(arguments) or sys.platform != "linux"


def test_that_help_copies_diagnostics_without_paths_from_outside_the_run(
    theme: Theme, session: Session, tmp_path: Path
) -> None:
    home, run = Path.home(), session.status.get().folder
    news = (f"WARNING the file {home / 'secret' / 'thesis.txt'} is gone", f"ERROR in {run / 'episodes' / 'e.npy.zst'}")
    window = StudioWindow(theme, SettingsFile(None), lambda: news)
    window.open_run(session, begin=False)
    failure = TrainingFailure("OSError: no room", 'File "/opt/lab/project/run.py", line 3')
    session.status.put(dataclasses.replace(session.status.get(), state=State.FAILED, device="cuda", failure=failure))
    next(action for action in window.findChildren(QAction) if action.text() == "Copy diagnostics").trigger()
    text = QApplication.clipboard().text()
    for fact in ("dreamer-studio", "torch", "PySide6-Essentials", "offscreen", "cuda", "OpenGL", "OSError: no room"):
        assert fact in text
    assert "thesis.txt" in text and "<run>/episodes/e.npy.zst" in text and '".../run.py", line 3' in text
    assert "secret" not in text and "project" not in text and str(home) not in text
    window.deleteLater()


def test_that_a_change_to_the_same_value_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    settings = SettingsFile(path)
    settings.change(recent=("/runs/one",))
    before = path.stat().st_ino
    settings.change(recent=("/runs/one",))
    assert path.stat().st_ino == before
    settings.change(recent=("/runs/two",))
    assert path.stat().st_ino != before
