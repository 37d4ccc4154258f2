"""Actions for the frame on show, in any part of the window."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dreamer_studio.studio.dream.workspace import DreamWorkspace
from dreamer_studio.studio.replay.dock import ReplayDock
from dreamer_studio.studio.shell.workspace_tabs import WorkspaceTabs
from dreamer_studio.studio.workspace import Reaction
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.frame_ref import FrameRef


class FrameActions:
    """Dreams from the frame on show, bookmarks it, or saves it as a scene.

    Args:
        tabs: the workspaces.
        replay: the replay browser. Its held frame comes first while the browser has the focus.
        channels: the source of the running episode's newest frame.
    """

    def __init__(self, tabs: WorkspaceTabs, replay: ReplayDock, channels: Channels) -> None:
        self._tabs, self._replay, self._channels = tabs, replay, channels
        self._dream = tabs.of(DreamWorkspace)

    def reactions(self) -> Mapping[str, Reaction]:
        """Return the reaction to each action, by its id."""
        return {
            "dream.here": self.dream_from_here,
            "dream.control": self.take_control,
            "dream.bookmark": lambda: self._with_frame(self._replay.bookmark),
            "scene.open": self._replay.open_scene,
            "scene.save": lambda: self._with_frame(self._replay.save_scene),
        }

    def dream_from_here(self) -> None:
        """Dream from the frame on show, in the Dream workspace."""
        if self._replay.frame is not None:
            self.dream_from(self._replay.frame)
        elif self._dream.isVisible():
            self._dream.dream_from_cursor()
        else:
            self._dream.dream_from_newest()
            self._tabs.show_workspace(self._dream)

    def dream_from(self, frame: FrameRef) -> None:
        """Dream from a frame, in the Dream workspace."""
        self._dream.dream_from(frame)
        self._tabs.show_workspace(self._dream)
        self._dream.setFocus()

    def take_control(self) -> None:
        """Let the user steer the dream, in the Dream workspace."""
        self._tabs.show_workspace(self._dream)
        self._dream.take_control()

    def _with_frame(self, act: Callable[[FrameRef | None], None]) -> None:
        """Pass on the recorded frame on show: in the browser, in a dream, or the newest frame."""
        live = self._channels.live.result
        if self._replay.frame is not None:
            act(self._replay.frame)
        elif self._dream.isVisible():
            act(self._dream.frame)
        else:
            act(FrameRef(True, live.episode, live.index) if live is not None else None)
