"""Print the number of modules in each folder of the package, and look for an import cycle; fail beyond the limits."""

import graphlib
import sys
from collections import Counter
from pathlib import Path

import grimp

PACKAGE = "dreamer_studio"
MOST_IN_A_FOLDER = 20
NOT_COUNTED = {"__init__.py", "__main__.py"}


def modules_by_folder() -> Counter[str]:
    """Return the number of modules directly in each folder of the package."""
    return Counter(str(path.parent) for path in Path(PACKAGE).rglob("*.py") if path.name not in NOT_COUNTED)


def import_cycle() -> list[str]:
    """Return the modules of an import cycle, with the first again at the end; empty without a cycle."""
    graph = grimp.build_graph(PACKAGE, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        graphlib.TopologicalSorter(imports).prepare()
    except graphlib.CycleError as error:
        cycle: list[str] = error.args[1]
        return cycle
    return []


def main() -> int:
    """Print the counts; return 1 beyond a limit."""
    counts = modules_by_folder()
    for folder, count in counts.most_common(5):
        print(f"{count:4} modules in {folder}")
    (fullest, most), cycle = counts.most_common(1)[0], import_cycle()
    print(f"{most} modules in the fullest of {len(counts)} folders, {fullest}; at most {MOST_IN_A_FOLDER}.")
    print("Import cycle: " + " -> ".join(cycle) if cycle else "No import cycle.")
    return int(most > MOST_IN_A_FOLDER or bool(cycle))


if __name__ == "__main__":
    sys.exit(main())
