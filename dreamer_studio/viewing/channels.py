"""Where the workers and the window meet. Imports no torch: the window is there before it is loaded."""

from __future__ import annotations

from dreamer_studio.session import Mailbox
from dreamer_studio.viewing.compare.messages import CompareViews
from dreamer_studio.viewing.futures.messages import FuturesView, FuturesWish
from dreamer_studio.viewing.latents.messages import LatentViews
from dreamer_studio.viewing.live.messages import DreamView, LiveView
from dreamer_studio.viewing.practice.messages import PracticeViews
from dreamer_studio.viewing.scene.messages import DriveStep, SceneProblem, SceneView, SceneWish
from dreamer_studio.viewing.twin.messages import TwinView


class Views:
    """Where the inspector and the window meet.

    Attributes:
        live_on_show: whether anybody can see the live view; nothing is drawn for it otherwise.
        live: the newest `LiveView`.
        dreams: the newest `DreamView`.
        wish: how many steps to dream from the newest frame; None once that dream has begun. A later wish replaces an
            earlier one.
        scenes: the newest `SceneView`: the answer to a wish, or more of what is on show.
        scene_wish: the newest `SceneWish`, or None before the first.
        line: the scene on show; what it lacks is decoded.
        drive_step: the newest `DriveStep`, or None before the first.
        driven: the answer to it: the scene that went on.
        drive_failed: the number of the last `DriveStep` that no answer will come to.
        futures_wish: the newest `FuturesWish`, or None before the first; futures: the answer to it.
        twin_wanted: whether the real environment is to follow the scene on show.
        twin: how far it has come, or None.
        scene_problem: why the last wish that could not be met could not; its number is 0 before there is one.
        latents: what is asked and told of the latents of the scene on show.
        practice: what is asked and told of practice dreams.
        compare: what is asked and told of checkpoints side by side.
    """

    def __init__(self) -> None:
        self.live_on_show: Mailbox[bool] = Mailbox(True)
        self.live: Mailbox[LiveView | None] = Mailbox(None)
        self.dreams: Mailbox[DreamView | None] = Mailbox(None)
        self.wish: Mailbox[int | None] = Mailbox(None)
        self.scenes: Mailbox[SceneView | None] = Mailbox(None)
        self.scene_wish: Mailbox[SceneWish | None] = Mailbox(None)
        self.line: Mailbox[SceneView | None] = Mailbox(None)
        self.drive_step: Mailbox[DriveStep | None] = Mailbox(None)
        self.driven: Mailbox[SceneView | None] = Mailbox(None)
        self.drive_failed: Mailbox[int] = Mailbox(0)
        self.futures_wish: Mailbox[FuturesWish | None] = Mailbox(None)
        self.futures: Mailbox[FuturesView | None] = Mailbox(None)
        self.twin_wanted: Mailbox[bool] = Mailbox(False)
        self.twin: Mailbox[TwinView | None] = Mailbox(None)
        self.scene_problem: Mailbox[SceneProblem] = Mailbox(SceneProblem(0, "", frame_gone=False))
        self.latents = LatentViews()
        self.practice = PracticeViews()
        self.compare = CompareViews()
