"""Finds the places in the source that implement passages of the paper, by their markers.

A marker is a comment on a line of its own, `# paper: Eq. 6`, and belongs to the statement below it.
"""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from dreamer_studio.paper.algorithm import ALGORITHM
from dreamer_studio.paper.appendix import APPENDIX
from dreamer_studio.paper.equations import EQUATIONS
from dreamer_studio.paper.passage import Passage, Section

PASSAGES: Final[Mapping[str, Passage]] = {
    passage.name: passage for section in (*EQUATIONS, *ALGORITHM, *APPENDIX) for passage in section.passages
}
"""All passages, by name, in the order of the paper."""

PACKAGE: Final = Path(__file__).resolve().parents[1]
"""The folder of this program's source."""

_MARK = re.compile(r"#\s*paper\s*:\s*(?P<name>.*)", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """A statement that implements a passage.

    Attributes:
        name: of the passage, as its marker writes it.
        file: the source file, relative to the package: `dreamer/behavior.py`.
        function: the qualified name of what has the statement: `RSSM.img_step`, `Config.horizon`; empty at the top
            level of a module.
        line: the first line of the statement, from 1.
        code: the statement without its indentation; of a function, a class or a block the first line or lines only.
    """

    name: str
    file: Path
    function: str
    line: int
    code: str

    @property
    def module(self) -> str:
        """Return the dotted name of the module."""
        return ".".join((PACKAGE.name, *self.file.with_suffix("").parts))

    @property
    def where(self) -> str:
        """Return file and line, as editors open them: `dreamer_studio/dreamer/rssm.py:119`."""
        return f"{PACKAGE.name}/{self.file.as_posix()}:{self.line}"


class MarkerError(ValueError):
    """A marker that belongs to no statement; the message says where it is."""


def read_places(package: Path = PACKAGE) -> dict[str, tuple[Place, ...]]:
    """Return the places of each passage, in the order of files and lines. A repeated passage has those of the first.

    Names that no passage has are among the keys, for `faults`.

    Args:
        package: the folder of the source, such as that of the installed package.

    Raises:
        MarkerError: a marker is not on a line of its own above a statement.
    """
    found: dict[str, list[Place]] = {name: [] for name in PASSAGES}
    for path in sorted(package.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if "paper:" in source.lower():
            for place in places_in(source, path.relative_to(package)):
                found.setdefault(place.name, []).append(place)
    for passage in PASSAGES.values():
        if passage.same:
            found[passage.name] += found[passage.same]
    return {name: tuple(places) for name, places in found.items()}


def section_of(name: str) -> Section:
    """Return the section that has a passage.

    Raises:
        KeyError: the paper has no passage of that name.
    """
    passage = PASSAGES[name]
    return next(section for section in (*EQUATIONS, *ALGORITHM, *APPENDIX) if passage in section.passages)


def places_in(source: str, file: Path) -> Iterator[Place]:
    """Yield the places of one source file, in the order of their markers.

    Raises:
        MarkerError: a marker is not on a line of its own above a statement.
    """
    lines = source.splitlines()
    markers = list(_markers(source))
    if not markers:
        return
    statements = {
        _first_line(node): (node, names) for node, names in reversed(list(_statements(ast.parse(source), ())))
    }
    for line, name in markers:
        below = next((n for n, text in enumerate(lines[line:], line + 1) if not text.lstrip().startswith("#")), 0)
        if lines[line - 1].strip() != f"# paper: {name}" or below not in statements:
            raise MarkerError(f"{file}:{line}: put '# paper: {name}' on a line of its own above a statement.")
        node, names = statements[below]
        yield Place(name, file, ".".join(names), below, _code(lines, node))


def faults(found: Mapping[str, tuple[Place, ...]]) -> list[str]:
    """Return a sentence for each marker that names no passage, and for each passage that lacks a place or a reason."""
    sentences = []
    for name, places in found.items():
        passage = PASSAGES.get(name)
        if passage is None:
            nearest = get_close_matches(name, PASSAGES, 1, 0)[0]
            where = ", ".join(f"{place.file}:{place.line}" for place in places)
            sentences.append(f"{where}: the paper has no {name!r}; the nearest name is {nearest!r}.")
        elif passage.absent and places:
            sentences.append(f"{name} has a marker in {places[0].file}, but its entry says why no code has it.")
        elif not passage.absent and not places:
            sentences.append(
                f"{name} has no place: mark its statement with '# paper: {name}', or say why it is absent."
            )
    return sentences


def _markers(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and name of each marker."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and (match := _MARK.match(token.string)):
            yield token.start[0], match["name"].strip()


def _statements(node: ast.AST, names: tuple[str, ...]) -> Iterator[tuple[ast.stmt, tuple[str, ...]]]:
    """Yield all statements below a node, outer ones first, each with the names of what has it."""
    for child in ast.iter_child_nodes(node):
        inner = names
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = (*names, child.name)
        elif isinstance(node, ast.ClassDef) and isinstance(child, ast.AnnAssign) and isinstance(child.target, ast.Name):
            inner = (*names, child.target.id)
        if isinstance(child, ast.stmt):
            yield child, inner
        yield from _statements(child, inner)


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])


def _code(lines: list[str], node: ast.stmt) -> str:
    """Return the source of a statement; of one with a body, what stands before the body."""
    body: list[ast.stmt] = getattr(node, "body", [])
    end = max(body[0].lineno - 1, node.lineno) if body else node.end_lineno
    block = lines[_first_line(node) - 1 : end]
    while block and (not block[-1].strip() or block[-1].lstrip().startswith("#")):
        block.pop()
    return textwrap.dedent("\n".join(block))
