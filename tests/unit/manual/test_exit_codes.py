"""The exit codes in `--help` and in the README."""

from __future__ import annotations

from pathlib import Path

from dreamer_studio.manual.exit_codes import EXIT_CODES, help_text, markdown_table

README = Path(__file__).parents[3] / "README.md"


def test_that_the_readme_has_the_table_of_exit_codes() -> None:
    assert markdown_table() in README.read_text(encoding="utf-8")


def test_that_the_end_of_help_gives_every_code_its_meaning_in_lines_that_fit_a_terminal() -> None:
    lines = help_text().splitlines()
    assert [codes for codes, _ in EXIT_CODES if not any(line.startswith(f"{codes} ") for line in lines)] == []
    words = " ".join(help_text().split())
    assert all(meaning in words for _, meaning in EXIT_CODES)
    assert max(map(len, lines)) <= 78
