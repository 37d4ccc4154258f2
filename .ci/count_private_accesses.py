"""Print how often tests access private members, by file; fail beyond the limit.

The count includes `thing._name` where `thing` is neither `self` nor `cls`, `from module import _name`, and private
names passed to `getattr`, `setattr`, `delattr` and `hasattr`.
"""

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

MOST = 60
BY_NAME = {"getattr", "setattr", "delattr", "hasattr"}
PUBLIC = {"_asdict", "_exit", "_fields", "_make", "_replace"}  # named tuples and os document these


def is_private(name: str) -> bool:
    """Return whether a name, or the last part of a dotted name, is private."""
    last = name.rpartition(".")[2]
    return last.startswith("_") and not last.endswith("__") and last not in PUBLIC


def accesses(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and name of each access to a private member."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and is_private(node.attr):
            if not (isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}):
                yield node.lineno, node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, each.name) for each in node.names if is_private(each.name))
        elif isinstance(node, ast.Call) and _called(node) in BY_NAME:
            texts = (each.value for each in node.args[:2] if isinstance(each, ast.Constant))
            yield from ((node.lineno, text) for text in texts if isinstance(text, str) and is_private(text))


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def main() -> int:
    """Print the counts, and every access with `--each`; return 1 beyond the limit."""
    counts: Counter[str] = Counter()
    for path in sorted(Path("tests").rglob("*.py")):
        for line, name in accesses(ast.parse(path.read_text())):
            counts[str(path)] += 1
            if "--each" in sys.argv:
                print(f"{path}:{line}: {name}")
    for file, count in counts.most_common(5):
        print(f"{count:4} accesses to private members in {file}")
    total = sum(counts.values())
    print(f"{total} accesses to private members in all tests; at most {MOST}.")
    return int(total > MOST)


if __name__ == "__main__":
    sys.exit(main())
