"""Where the workers and the window meet. Imports no torch: the window is there before it is loaded."""

from __future__ import annotations

from dreamer_studio.session import Mailbox
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.compare.messages import CompareChannels
from dreamer_studio.viewing.futures.messages import FuturesRequest, FuturesResult
from dreamer_studio.viewing.latents.messages import DimensionsResult, DreamOnResult, EditRequest, EditResult, LatentMap
from dreamer_studio.viewing.live.messages import DreamResult, LiveResult
from dreamer_studio.viewing.practice.messages import PracticeResult
from dreamer_studio.viewing.scene.messages import DriveStep, Scene, SceneFailure, SceneRequest
from dreamer_studio.viewing.twin.messages import TwinResult


class Channels:
    """Where the inspector and the window meet.

    Attributes:
        live: a standing request for the running episode.
        dream: asks for a dream of so many steps from its newest frame.
        scenes: the newest `Scene`: the answer to a request, or more of what is on show.
        scene_request: the newest `SceneRequest`, or None before the first.
        scene: the scene on show; what it lacks is decoded.
        drive_step: the newest `DriveStep`, or None before the first.
        driven: the answer to it: the scene that went on.
        drive_failed: the number of the last `DriveStep` that no answer will come to.
        futures: asks for several futures of one frame.
        twin: asks for the real environment along the actions of a scene; withdrawn while nobody wants it.
        scene_problem: why the last request that could not be met could not; its number is 0 before there is one.
        dimensions: asks for the stochastic dimensions of a scene.
        edit: asks for an edited frame.
        dream_on: asks for a dream from an edited frame.
        latent_map: asks for the map of a scene's episode.
        practice: a standing request for the rollouts that the actor learned from last.
        compare: checkpoints side by side.
    """

    def __init__(self) -> None:
        self.live: Channel[None, LiveResult] = Channel()
        self.dream: Channel[int, DreamResult] = Channel()
        self.scenes: Mailbox[Scene | None] = Mailbox(None)
        self.scene_request: Mailbox[SceneRequest | None] = Mailbox(None)
        self.scene: Mailbox[Scene | None] = Mailbox(None)
        self.drive_step: Mailbox[DriveStep | None] = Mailbox(None)
        self.driven: Mailbox[Scene | None] = Mailbox(None)
        self.drive_failed: Mailbox[int] = Mailbox(0)
        self.futures: Channel[FuturesRequest, FuturesResult] = Channel(visible=False)
        self.twin: Channel[Scene, TwinResult] = Channel(visible=False)
        self.scene_problem: Mailbox[SceneFailure] = Mailbox(SceneFailure(0, "", frame_gone=False))
        self.dimensions: Channel[Scene, DimensionsResult] = Channel(visible=False)
        self.edit: Channel[EditRequest, EditResult] = Channel(visible=False)
        self.dream_on: Channel[EditRequest, DreamOnResult] = Channel()
        self.latent_map: Channel[Scene, LatentMap] = Channel(visible=False)
        self.practice: Channel[None, PracticeResult] = Channel(visible=False)
        self.compare = CompareChannels()
