"""Take screenshots for the documentation, or of every page in every size and theme.

    python -m benchmarks.pictures FOLDER --run RUN [--runs FOLDER] [--size 1600x1000 1280x720] [--scale 1 1.5]
                                         [--theme light dark] [--renew]
    python -m benchmarks.pictures FOLDER --guide [--run RUN] [--theme light]
    python -m benchmarks.pictures FOLDER --trust [--run RUN] [--theme light dark]

The command needs X or Xvfb, with a screen that is larger than the windows. The first form goes through the start page,
New run, the dialogs and the workspaces. It continues a copy of RUN, which needs three checkpoints, and lists copies of
the runs in `--runs`. `--renew` replaces only files that FOLDER already has. The second form takes the screenshots of
docs/guide.md with the finished example, or with `--run` those of Practice and Compare. The third form takes those of
docs/trust.md, of a copy of RUN or of the finished example, which is only watched. Your settings, runs and measurements
stay unchanged: the command keeps its own in a temporary folder.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PySide6.QtWidgets import QApplication

from benchmarks.person import wait_for
from benchmarks.pictures.album import Album
from benchmarks.pictures.guide import GuidePhotographer
from benchmarks.pictures.tour import Tour
from benchmarks.pictures.trust import TrustPhotographer
from dreamer_studio.library.roots import default_root, settings_path
from dreamer_studio.resources import unpack_demo
from dreamer_studio.runs.planning import plan_run, plan_watching
from dreamer_studio.session import Session
from dreamer_studio.studio.shell.flow.sessions import open_run
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.shell.window import StudioWindow
from dreamer_studio.studio.theme import apply_theme
from dreamer_studio.system.process import prepare_process

GUIDE_SIZE = (1680, 1000)
TRUST_SIZE = (1600, 1000)
STEPS = 10**6  # so that the copy has steps left
TEMPORARY = {"XDG_DATA_HOME": "data", "XDG_CONFIG_HOME": "config", "XDG_CACHE_HOME": "cache", "XDG_STATE_HOME": "state"}
INSIDE = "DREAMER_PICTURES"  # tells the process of one scale from the command


def main() -> int:
    """Take the screenshots."""
    options = _parser().parse_args()
    if not (options.guide or options.trust) and options.run is None:
        _parser().error("name a run to continue: --run RUN")
    options.folder.mkdir(parents=True, exist_ok=True)
    if INSIDE in os.environ:
        return _guide(options) if options.guide else _trust(options) if options.trust else _tour(options)
    with tempfile.TemporaryDirectory(prefix="studio-") as place:
        environment = os.environ | {name: f"{place}/{part}" for name, part in TEMPORARY.items()} | {INSIDE: "1"}
        command = [sys.executable, "-m", "benchmarks.pictures", *sys.argv[1:]]
        for scale in ["1"] if options.guide or options.trust else options.scale:
            subprocess.run(command, env=environment | {"QT_SCALE_FACTOR": scale}, check=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the screenshots go")
    parser.add_argument("--guide", action="store_true", help="take the screenshots of docs/guide.md")
    parser.add_argument("--trust", action="store_true", help="take the screenshots of docs/trust.md")
    parser.add_argument("--run", type=Path, help="run to continue; only a copy changes")
    parser.add_argument("--runs", type=Path, help="folder of more runs for the list")
    parser.add_argument("--size", nargs="+", type=_size, default=[(1600, 1000), (1280, 720)], metavar="WxH")
    parser.add_argument("--scale", nargs="+", default=["1"], help="1.5 for 150 %%")
    parser.add_argument("--theme", nargs="+", choices=("light", "dark", "contrast"), default=["light", "dark"])
    parser.add_argument("--renew", action="store_true", help="replace only files that exist")
    return parser


def _size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+)x(\d+)", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size such as 1280x720")
    return int(found[1]), int(found[2])


def _tour(options: argparse.Namespace) -> int:
    root = default_root()
    unpack_demo(root)
    if options.runs is not None:
        shutil.copytree(options.runs, root, dirs_exist_ok=True)
    run = _copy(options.run, root)
    theme = apply_theme(QApplication(sys.argv[:1]), options.theme[0])
    settings = SettingsFile(settings_path())
    window = StudioWindow(theme, settings)
    window.resize(*options.size[0])
    window.show()
    album = Album(window, options.folder, options.size, options.theme, options.renew)
    try:
        Tour(window, theme, settings, album).go(run)
    finally:
        _close(window)
    return 0


def _guide(options: argparse.Namespace) -> int:
    root = default_root()
    theme = apply_theme(QApplication(sys.argv[:1]), options.theme[0])
    if options.run is None:
        plan = plan_watching(unpack_demo(root))
    else:
        plan = plan_run(_copy(options.run, root), base=root, settings={"steps": STEPS}, device="cpu")
    window = StudioWindow(theme, SettingsFile(settings_path()))
    window.resize(*GUIDE_SIZE)
    window.show()
    window.open_run(Session(lambda: open_run(lambda _: plan, "cpu"), plan.config, plan.folder.path, "cpu"))
    try:
        photographer = GuidePhotographer(window, options.folder)
        if options.run is None:
            photographer.take_all()
        else:
            photographer.take_run()
    finally:
        _close(window)
    return 0


def _trust(options: argparse.Namespace) -> int:
    root = default_root()
    theme = apply_theme(QApplication(sys.argv[:1]), options.theme[0])
    plan = plan_watching(unpack_demo(root) if options.run is None else _copy(options.run, root))
    window = StudioWindow(theme, SettingsFile(settings_path()))
    window.resize(*TRUST_SIZE)
    window.show()
    window.open_run(Session(lambda: open_run(lambda _: plan, "cpu"), plan.config, plan.folder.path, "cpu"))
    try:
        TrustPhotographer(window, Album(window, options.folder, [TRUST_SIZE], options.theme)).take_all()
    finally:
        _close(window)
    return 0


def _copy(run: Path, root: Path) -> Path:
    return Path(shutil.copytree(run, root / run.name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("lock")))


def _close(window: StudioWindow) -> None:
    window.leave(insist=True)
    wait_for(lambda: not window.isVisible())


if __name__ == "__main__":
    prepare_process()
    raise SystemExit(main())
