"""Put all screenshots of a page, in all sizes and themes, onto one sheet.

    python -m benchmarks.pictures.sheets SCREENSHOTS FOLDER

SCREENSHOTS is a folder that `python -m benchmarks.pictures` has filled. The command writes one PNG for each page into
FOLDER: light on the left, dark on the right, and a row for each size and scale.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

PAGES = ("start", "new-run", "check", "preferences", "live", "dream", "compare", "trust", "curves")
ROWS = ("-1600x1000", "-1280x720", "-1280x720-150-percent", "", "-150-percent")
THEMES = ("light", "dark")
WIDTH, GAP, COLORS = 600, 10, 200
GROUND = (128, 128, 128)


def main() -> int:
    """Write the sheets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("screenshots", type=Path)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for page in PAGES:
        rows = [[options.screenshots / f"{page}{row}-{theme}.png" for theme in THEMES] for row in ROWS]
        rows = [paths for paths in rows if all(path.exists() for path in paths)]
        if rows:
            path = options.folder / f"{page}.png"
            sheet_of(rows).quantize(COLORS, kmeans=1).save(path, optimize=True)
    return 0


def sheet_of(rows: Sequence[Sequence[Path]]) -> Image.Image:
    """Return the screenshots in rows, all equally wide; small ones keep their size."""
    images = [[_scaled(path) for path in paths] for paths in rows]
    heights = [max(image.height for image in row) for row in images]
    across = max(sum(image.width + GAP for image in row) for row in images) + GAP
    sheet = Image.new("RGB", (across, sum(heights) + GAP * (len(heights) + 1)), GROUND)
    top = GAP
    for row, height in zip(images, heights, strict=True):
        left = GAP
        for image in row:
            sheet.paste(image, (left, top))
            left += image.width + GAP
        top += height + GAP
    return sheet


def _scaled(path: Path) -> Image.Image:
    with Image.open(path) as image:
        width = min(WIDTH, image.width)
        return image.convert("RGB").resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    raise SystemExit(main())
