"""Write docs/paper.md from the passages of the paper and their markers in the code; with `--check`, compare it only."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from dreamer_studio.paper.algorithm import ALGORITHM
from dreamer_studio.paper.appendix import APPENDIX
from dreamer_studio.paper.equations import EQUATIONS
from dreamer_studio.paper.notation import latex
from dreamer_studio.paper.passage import Passage, Section
from dreamer_studio.paper.places import MarkerError, Place, faults, read_places
from dreamer_studio.paper.symbols import SYMBOLS, Symbol

PAGE = Path(__file__).resolve().parents[1] / "docs" / "paper.md"

INTRODUCTION = """\
# The paper, line by line

This page leads from each equation of *Dream to Control: Learning Behaviors by Latent Imagination* (Hafner et al.,
[arXiv 1912.01603](https://arxiv.org/abs/1912.01603), version 3), from each line of its Algorithm 1 and from its
appendix A to the code. Where the paper and the [author's code](https://github.com/danijar/dreamer) differ, this code
follows the author's. **Here** says how this code differs from the paper. [exact.md](design/exact.md) says how this code
differs from the author's, and how tests compare the two. [glossary.md](glossary.md) explains the words.

In the code, a comment such as `# paper: Eq. 6` marks the statement below it. Search for the comment to find the line.
The statements below are from the plain code. Training uses the classes of [`dreamer/fast/`](design/fast.md), which
compute the same faster.

`make paper` writes this page from those comments and from `dreamer_studio/paper/`, which has the formulas and the
sentences.
"""

Places = Mapping[str, Sequence[Place]]


def page(found: Places) -> str:
    """Return the page.

    Args:
        found: the places of each passage, by its name.
    """
    parts = [INTRODUCTION, *_overview(found)]
    for title, sections in (("Equations", EQUATIONS), ("Algorithm 1", ALGORITHM), ("Appendix A", APPENDIX)):
        parts.append(f"## {title}\n")
        for section in sections:
            parts.append(f"### {section.title}\n")
            alone = len(section.passages) == 1
            for passage in section.passages:
                parts += _passage(passage, "" if alone else passage.part or passage.name, found[passage.name])
    return "\n".join([*parts, *_symbols()])


def _overview(found: Places) -> Iterator[str]:
    """Yield a table of all equations and the functions that have them."""
    rows = "\n".join(_overview_row(section, found) for section in EQUATIONS)
    yield f"| equation | section of the paper | functions |\n|---|---|---|\n{rows}\n"


def _overview_row(section: Section, found: Places) -> str:
    anchor = section.title.lower().replace(" ", "-").replace(":", "")
    places = [place for passage in section.passages for place in found[passage.name]]
    functions = ", ".join(dict.fromkeys(f"`{place.function}`" for place in places)) or "none"
    return f"| [{section.title}](#{anchor}) | {section.where.removeprefix('Section ')} | {functions} |"


def _passage(passage: Passage, title: str, places: Sequence[Place]) -> Iterator[str]:
    """Yield a passage: its title and words, its formula, what differs, and its places."""
    heading = f"**{title[0].upper()}{title[1:]}.** " if title else ""
    yield f"{heading}{passage.words}\n"
    if passage.formula:
        yield f"```math\n{latex(passage.formula)}\n```\n"
    if passage.differs:
        yield f"**Here:** {passage.differs}\n"
    if passage.absent:
        yield f"**Not in the code:** {passage.absent}\n"
    elif passage.same:
        yield f"Code: see {passage.same}.\n"
    else:
        yield from (_place(place) for place in places)


def _place(place: Place) -> str:
    """Return a place: its file as a link, its function and its code."""
    file = place.file.as_posix()
    return f"[`{file}`](../dreamer_studio/{file}), `{place.function}`:\n\n```python\n{place.code}\n```\n"


def _symbols() -> Iterator[str]:
    """Yield the table of symbols."""
    yield "## Symbols\n"
    yield "| symbol | meaning | in the code | in the glossary |\n|---|---|---|---|"
    yield from (_symbol_row(symbol) for symbol in SYMBOLS)
    yield ""


def _symbol_row(symbol: Symbol) -> str:
    names = ", ".join(f"`{name}`" for name in symbol.code.split(", ") if name)
    word = f"[{symbol.glossary}](glossary.md)" if symbol.glossary else ""
    return f"| $`{latex(symbol.text)}`$ | {symbol.meaning} | {names} | {word} |"


def main(arguments: Sequence[str]) -> int:
    """Write the page, or compare it with `--check`; return 1 if a marker is wrong or the page is stale."""
    try:
        found = read_places()
    except MarkerError as error:
        print(error)
        return 1
    wrong = faults(found)
    if wrong:
        print(*wrong, sep="\n")
        return 1
    text = page(found)
    if "--check" not in arguments:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != text:
        print("docs/paper.md does not fit the markers in the code: run `make paper`, and commit the page.")
        return 1
    print(f"{len(found)} passages of the paper; docs/paper.md has them all.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
