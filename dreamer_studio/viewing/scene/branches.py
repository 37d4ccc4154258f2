"""The dreams of the Dream workspace, and their branches."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dreamer_studio.viewing.frame_ref import FrameRef
from dreamer_studio.viewing.frames import read_only
from dreamer_studio.viewing.scene.messages import Scene

MOST = 64
"""Most branches kept. Branches of the oldest dreams are deleted first."""

MOST_SCENES = 8
"""Most dreams kept with their branches. Each keeps the weights that dreamed it: 22 MB in `paper`."""

MOST_BYTES = 64 * 2**20
"""Most bytes of images kept: 2,700 columns with a real image in each. A branch may have 2,000 columns."""

Key = tuple[int, int]
"""The number of a dream, and of a branch in it; branch 0 is the dream itself."""


@dataclass(frozen=True, eq=False)
class Branch:
    """A dream, or a scene that leaves a dream at a column.

    Attributes:
        name: the name on screen.
        parent: the branch from which it starts; None for the dream itself.
        column: the last column that it shares with its parent; -1 for the dream itself.
        scene: the newest scene of this branch.
    """

    name: str
    parent: Key | None
    column: int
    scene: Scene

    @property
    def key(self) -> Key:
        """Return the number of the dream, and of the branch in it."""
        return key_of(self.scene)


class Branches:
    """The dreams, each with the branches that the user drove, chose or edited.

    Attributes:
        shown: the branch on show, None before the first dream.
        comparison: the branch that is compared with the one on show, or None.
        version: changes with every name, branch and choice, but not as a scene grows.
    """

    def __init__(self) -> None:
        self._all: dict[Key, Branch] = {}
        self._made = 0
        self.shown: Branch | None = None
        self.comparison: Branch | None = None
        self.version = 0

    def __iter__(self) -> Iterator[Branch]:
        """Iterate over all branches, parents before their children."""
        return iter(self._all.values())

    def __getitem__(self, key: Key) -> Branch:
        return self._all[key]

    def __contains__(self, key: Key) -> bool:
        return key in self._all

    def plant(self, scene: Scene) -> None:
        """Show a new dream. Delete dreams without branches, and the oldest of the others."""
        branched = {branch.key[0] for branch in self._all.values() if branch.parent is not None}
        stay = sorted(branched)[1 - MOST_SCENES :]
        self._all = {key: branch for key, branch in self._all.items() if key[0] in stay}
        self.comparison = None
        self._add(Branch(self._free_name(scene.origin), None, -1, scene))

    def grow(self, scene: Scene) -> bool:
        """Replace the scene of a branch by a newer one; an older one is ignored. Return whether the branch exists."""
        branch = self._all.get(key_of(scene))
        if branch is None:
            return False
        if scene.step < branch.scene.step:
            return True
        newer = self._all[branch.key] = replace(branch, scene=scene)
        if self.shown is branch:
            self.shown = newer
        if self.comparison is branch:
            self.comparison = newer
        self._make_room()
        return True

    def fork(self, column: int, name: str = "") -> Branch:
        """Show a new branch that leaves the branch on show after this column."""
        assert self.shown is not None
        column = min(column, self.shown.scene.decoded - 1)
        return self.graft(self.shown.scene.up_to(column), column, name)

    def graft(self, scene: Scene, column: int, name: str = "") -> Branch:
        """Show a scene as a new branch that leaves the one on show after this column; by default name it by number."""
        assert self.shown is not None
        self._made += 1
        parent = self.shown.key
        # Copies, because views would hold the arrays of the parent, and all its later frames.
        real, model = read_only(scene.real.copy()), read_only(scene.model.copy())
        scene = replace(scene, branch=self._made, real=real, model=model)
        self._add(Branch(name or f"branch {self._made}", parent, column, scene))
        return self.shown

    def show(self, key: Key) -> None:
        """Show a branch. If it was the comparison branch, clear the comparison."""
        self.shown = self._all[key]
        if self.comparison is self.shown:
            self.comparison = None
        self.version += 1

    def compare_with(self, key: Key | None) -> None:
        """Compare another branch with the one on show, or none. A branch is not compared with itself."""
        self.comparison = None if key is None or self._all[key] is self.shown else self._all[key]
        self.version += 1

    def rename(self, key: Key, name: str) -> None:
        """Rename a branch; an empty name changes nothing."""
        branch = self._all[key]
        renamed = self._all[key] = replace(branch, name=name.strip() or branch.name)
        self.shown = renamed if self.shown is branch else self.shown
        self.comparison = renamed if self.comparison is branch else self.comparison
        self.version += 1

    def remove(self, key: Key) -> tuple[Branch, ...]:
        """Delete a branch and the branches that start from it; show its parent if needed. A dream itself stays.

        Returns:
            The deleted branches, parents before their children.
        """
        parent = self._all[key].parent
        if parent is None:
            return ()
        gone = {key}
        for branch in self._all.values():
            if branch.parent in gone:
                gone.add(branch.key)
        removed = tuple(branch for branch in self._all.values() if branch.key in gone)
        self._all = {kept: branch for kept, branch in self._all.items() if kept not in gone}
        if self.comparison is not None and self.comparison.key in gone:
            self.comparison = None
        if self.shown is not None and self.shown.key in gone:
            self.show(parent)
        self.version += 1
        return removed

    def bring_back(self, removed: Sequence[Branch]) -> bool:
        """Add deleted branches again, and show the first. Return False if the branch where it started is gone."""
        if not removed or removed[0].parent not in self._all or self.shown is None:
            return False
        for branch in removed:
            self._all[branch.key] = branch
        self.show(removed[0].key)
        self._make_room()
        return True

    def _free_name(self, origin: FrameRef) -> str:
        """Name a dream by its frame, and number it if another dream has that name."""
        name = f"{origin.episode_name}, frame {origin.index}"
        taken = {branch.name for branch in self._all.values()}
        numbered = (f"{name}, dream {number}" for number in itertools.count(2))
        return next(free for free in itertools.chain([name], numbered) if free not in taken)

    def _add(self, branch: Branch) -> None:
        self._all[branch.key] = self.shown = branch
        self._make_room()
        self.version += 1

    def _make_room(self) -> None:
        """Delete the oldest dreams with their branches, then the oldest branches of this dream.

        Keep the branch on show, its parent, and the dream itself.
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
            self.comparison = self._all.get(self.comparison.key) if self.comparison is not None else None

    def _take_out(self, key: Key) -> None:
        """Delete one branch, and give its children to its parent."""
        gone = self._all.pop(key)
        for other, branch in self._all.items():
            if branch.parent == key:
                self._all[other] = replace(branch, parent=gone.parent, column=min(branch.column, gone.column))


def _bytes_of(scene: Scene) -> int:
    return scene.real.nbytes + scene.model.nbytes


def key_of(scene: Scene) -> Key:
    """Return the key of the branch that a scene belongs to."""
    return scene.number, scene.branch


def parting(one: Scene, other: Scene) -> int | None:
    """Return the first column whose action or predictions differ between two scenes, or None."""
    columns = min(len(one.columns), len(other.columns))
    first, second = (scene.columns.up_to(columns - 1) for scene in (one, other))
    same = (first.action == second.action).all(-1) & (first.reward == second.reward) & (first.value == second.value)
    return None if same.all() else int(np.argmin(same))
