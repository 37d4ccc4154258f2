"""The scenes of the Dream workspace and the branches that left them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath

import numpy as np

from dreamer_studio.viewing.frames import read_only
from dreamer_studio.viewing.scene.messages import Scene

MOST = 64
"""Branches that are kept; those of the oldest scenes go first."""

MOST_SCENES = 8
"""Dreams that are kept with what left them, for each holds the weights that dreamed it: 22 MB in `paper`."""

MOST_BYTES = 64 * 2**20
"""Of images that are kept: 2,700 columns with a real one in each. A branch may be driven on for 2,000."""

Key = tuple[int, int]
"""The number of a scene's request, and of a branch in it; 0 is the dream itself."""


@dataclass(frozen=True, eq=False)
class Branch:
    """A way that a scene went.

    Attributes:
        name: a person's word for it.
        parent: what it left; None for the dream itself.
        column: the last one that it shares with its parent; -1 for the dream itself.
        scene: the scene as it is on this branch, as far as it has come.
    """

    name: str
    parent: Key | None
    column: int
    scene: Scene

    @property
    def key(self) -> Key:
        """Its scene and number."""
        return key_of(self.scene)


class Branches:
    """A small forest: dreams, each with the branches that were driven, imagined or edited away from it.

    Attributes:
        shown: the branch on show, None before the first dream.
        beside: the one that stands beside it for comparison, or None.
        version: changes whenever a name, a branch or what is chosen does, but not as a line grows.
    """

    def __init__(self) -> None:
        self._all: dict[Key, Branch] = {}
        self._made = 0
        self.shown: Branch | None = None
        self.beside: Branch | None = None
        self.version = 0

    def __iter__(self) -> Iterator[Branch]:
        """Parents before what left them."""
        return iter(self._all.values())

    def __getitem__(self, key: Key) -> Branch:
        return self._all[key]

    def __contains__(self, key: Key) -> bool:
        return key in self._all

    def plant(self, scene: Scene) -> None:
        """Show a new dream. One that nothing has left is forgotten for it, and so are the oldest of the others."""
        branched = {branch.key[0] for branch in self._all.values() if branch.parent is not None}
        stay = sorted(branched)[1 - MOST_SCENES :]
        self._all = {key: branch for key, branch in self._all.items() if key[0] in stay}
        self.beside = None
        source = PurePath(scene.origin.scene).name or ("live" if scene.origin.live else "replay")
        self._add(Branch(f"{source} {scene.origin.episode}, frame {scene.origin.index}", None, -1, scene))

    def grow(self, scene: Scene) -> bool:
        """Take more of a branch, but not what was made before its newest step; False where there is no such branch."""
        branch = self._all.get(key_of(scene))
        if branch is None:
            return False
        if scene.step < branch.scene.step:
            return True
        newer = self._all[branch.key] = replace(branch, scene=scene)
        if self.shown is branch:
            self.shown = newer
        if self.beside is branch:
            self.beside = newer
        self._make_room()
        return True

    def fork(self, column: int, name: str = "") -> Branch:
        """Leave the branch on show at a column, which is the last that both share, and show the new one."""
        assert self.shown is not None
        column = min(column, self.shown.scene.decoded - 1)
        return self.graft(self.shown.scene.up_to(column), column, name)

    def graft(self, scene: Scene, column: int, name: str = "") -> Branch:
        """Show a line that leaves the branch on show at a column, under a name, else the next number."""
        assert self.shown is not None
        self._made += 1
        parent = self.shown.key
        # Copies: else those of its parent would be held with them, and all that is made behind them.
        real, model = read_only(scene.real.copy()), read_only(scene.model.copy())
        scene = replace(scene, branch=self._made, real=real, model=model)
        self._add(Branch(name or f"branch {self._made}", parent, column, scene))
        return self.shown

    def show(self, key: Key) -> None:
        """Show a branch; it no longer stands beside itself."""
        self.shown = self._all[key]
        if self.beside is self.shown:
            self.beside = None
        self.version += 1

    def put_beside(self, key: Key | None) -> None:
        """Put another branch beside the one on show, or none."""
        self.beside = None if key is None or self._all[key] is self.shown else self._all[key]
        self.version += 1

    def rename(self, key: Key, name: str) -> None:
        """Give a branch another name; an empty one changes nothing."""
        branch = self._all[key]
        renamed = self._all[key] = replace(branch, name=name.strip() or branch.name)
        self.shown = renamed if self.shown is branch else self.shown
        self.beside = renamed if self.beside is branch else self.beside
        self.version += 1

    def remove(self, key: Key) -> None:
        """Forget a branch and all that left it; its parent is shown if one of them was. A dream itself stays."""
        parent = self._all[key].parent
        if parent is None:
            return
        gone = {key}
        for branch in self._all.values():
            if branch.parent in gone:
                gone.add(branch.key)
        self._all = {kept: branch for kept, branch in self._all.items() if kept not in gone}
        if self.beside is not None and self.beside.key in gone:
            self.beside = None
        if self.shown is not None and self.shown.key in gone:
            self.show(parent)
        self.version += 1

    def _add(self, branch: Branch) -> None:
        self._all[branch.key] = self.shown = branch
        self._make_room()
        self.version += 1

    def _make_room(self) -> None:
        """Forget the oldest scenes with all that left them, then the oldest branches of this one.

        The branch on show stays, the one that it left, and the dream itself.
        """
        assert self.shown is not None
        shown, left = self.shown.key, self.shown.parent
        while len(self._all) > MOST or sum(_bytes_of(branch.scene) for branch in self._all.values()) > MOST_BYTES:
            others = {key[0] for key in self._all if key[0] != shown[0]}
            if others:
                self._all = {key: branch for key, branch in self._all.items() if key[0] != min(others)}
            else:
                oldest = next((key for key in self._all if key[1] > 0 and key not in (shown, left)), None)
                if oldest is None:
                    return
                self._take_out(oldest)
            self.version += 1
            self.shown = self._all[shown]
            self.beside = self._all.get(self.beside.key) if self.beside is not None else None

    def _take_out(self, key: Key) -> None:
        """Forget one branch; what left it is its parent's from now on."""
        gone = self._all.pop(key)
        for other, branch in self._all.items():
            if branch.parent == key:
                self._all[other] = replace(branch, parent=gone.parent, column=min(branch.column, gone.column))


def _bytes_of(scene: Scene) -> int:
    return scene.real.nbytes + scene.model.nbytes


def key_of(scene: Scene) -> Key:
    """Of the branch that a line is on."""
    return scene.number, scene.branch


def parting(one: Scene, other: Scene) -> int | None:
    """The first column in which two lines differ in what led there or what was predicted; None while none does."""
    columns = min(len(one.columns), len(other.columns))
    first, second = (scene.columns.up_to(columns - 1) for scene in (one, other))
    same = (first.action == second.action).all(-1) & (first.reward == second.reward) & (first.value == second.value)
    return None if same.all() else int(np.argmin(same))
