"""The folders of runs come from the window's settings, whatever the file holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dreamer_studio.library.roots import default_root, recent_runs, runs_folders, settings_path
from dreamer_studio.studio.shell.settings import Settings, SettingsFile


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CONFIG_HOME", "HOME", "LOCALAPPDATA", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path))


def test_that_the_folders_and_runs_that_the_window_has_stored_are_found(tmp_path: Path) -> None:
    assert (runs_folders(), recent_runs()) == ((default_root(),), ())
    SettingsFile(settings_path()).change(runs_folders=(str(tmp_path / "more"),), recent=(str(tmp_path / "run"),))
    assert runs_folders() == (default_root(), tmp_path / "more")
    assert recent_runs() == (tmp_path / "run",)
    assert Settings().runs_folders == Settings().recent == ()


@pytest.mark.parametrize("content", ["{", "[]", json.dumps({"runs_folders": "x", "recent": [1, ""]}), "[" * 10_000])
def test_that_settings_of_another_kind_name_no_folder(content: str) -> None:
    settings_path().parent.mkdir(parents=True, exist_ok=True)
    settings_path().write_text(content)
    assert (runs_folders(), recent_runs()) == ((default_root(),), ())
