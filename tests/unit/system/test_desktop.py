"""The entry in the desktop's menu."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dreamer_studio.cli import main
from dreamer_studio.system.desktop import exec_line

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a desktop of Linux")


def test_that_the_program_is_added_to_the_menu_with_its_icon_and_removed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert main(["desktop"]) == 0
    entry = tmp_path / "applications" / "dreamer-studio.desktop"
    icon = tmp_path / "icons" / "hicolor" / "scalable" / "apps" / "dreamer-studio.svg"
    assert capsys.readouterr().out.splitlines() == [str(entry), str(icon)]
    lines = entry.read_text().splitlines()
    assert f'Exec="{sys.executable}" "-m" "dreamer_studio"' in lines and "Icon=dreamer-studio" in lines
    assert icon.read_text().startswith("<svg")
    if shutil.which("desktop-file-validate"):
        assert subprocess.run(["desktop-file-validate", entry], capture_output=True, check=True).stdout == b""
    assert main(["desktop", "--remove"]) == 0
    assert not entry.exists() and not icon.exists()
    assert main(["desktop", "--remove"]) == 0


def test_that_a_command_with_special_characters_is_written_as_desktops_read_it() -> None:
    assert exec_line(["/a b/$c", '50%"']) == '"/a b/\\\\$c" "50%%\\\\""'
