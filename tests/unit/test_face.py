"""Dreams, trust, viewing and studio ask the agent, not the modules inside it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import dreamer_studio

PACKAGE = Path(dreamer_studio.__file__).parent
INSIDE = {"world_model", "rssm", "encoder", "decoder"}
"""Attributes that are modules of the agent."""


@pytest.mark.parametrize("room", ["dreams", "trust", "viewing", "studio"])
def test_that_a_room_above_the_algorithm_reaches_no_module_inside_the_agent(room: str) -> None:
    files = sorted((PACKAGE / room).rglob("*.py"))
    assert files
    reached = [
        f"{file.relative_to(PACKAGE)}:{node.lineno}: .{node.attr}"
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in INSIDE
    ]
    assert reached == []
