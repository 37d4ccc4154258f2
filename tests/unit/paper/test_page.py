"""The page that `make paper` writes."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[3] / ".ci" / "paper_page.py"


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The script, which writes to an empty folder."""
    spec = importlib.util.spec_from_file_location("paper_page", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "PAGE", tmp_path / "paper.md")
    yield module


def test_that_the_check_passes_the_written_page_and_refuses_another(
    script: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script.main(["--check"]) == 1
    assert script.main([]) == 0
    assert script.main(["--check"]) == 0
    script.PAGE.write_text(script.PAGE.read_text(encoding="utf-8").replace("disclam", "decay"), encoding="utf-8")
    capsys.readouterr()

    assert script.main(["--check"]) == 1
    assert "run `make paper`, and commit the page" in capsys.readouterr().out


def test_that_each_link_of_the_page_leads_somewhere(script: ModuleType) -> None:
    script.main([])
    text = script.PAGE.read_text(encoding="utf-8")
    headings = {
        line.lstrip("# ").lower().replace(" ", "-").replace(":", "") for line in text.splitlines() if "##" in line
    }
    targets = set(re.findall(r"\]\(([^)]+)\)", text))

    assert {target[1:] for target in targets if target.startswith("#")} <= headings
    files = {target for target in targets if not target.startswith(("#", "https:"))}
    assert [file for file in files if not (SCRIPT.parents[1] / "docs" / file).exists()] == []
