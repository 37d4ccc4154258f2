"""``study run --on ray`` without the extra."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from dreamer_studio.cli import main
from tests.support.studies import write_study


def test_that_a_missing_extra_is_named_with_the_line_that_installs_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_study(tmp_path)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert main(["study", "run", str(tmp_path / "file.toml"), "--on", "ray"]) == 2
    assert capsys.readouterr().err == 'dreamer-studio: Ray is not installed: pip install "dreamer-studio[ray]"\n'
    assert not (tmp_path / "try").exists()
