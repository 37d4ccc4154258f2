"""The documents of the repository."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_that_no_blank_line_cuts_a_table_in_two(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    firsts = [n for n, line in enumerate(lines) if line.startswith("|") and not lines[n - 1].startswith("|")]
    headless = [n + 1 for n in firsts if not re.fullmatch(r"\|[-:| ]+\|", lines[n + 1])]
    assert headless == []
