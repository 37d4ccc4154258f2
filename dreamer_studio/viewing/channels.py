"""The channels between window and workers. Imports no torch, because the window opens before torch is loaded."""

from __future__ import annotations

from dreamer_studio.viewing.actions.messages import ActionCounts
from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.compare.messages import CompareChannels
from dreamer_studio.viewing.curves.messages import CurvesChannels
from dreamer_studio.viewing.futures.messages import FuturesRequest, FuturesResult
from dreamer_studio.viewing.latents.messages import DimensionsResult, DreamOnResult, EditRequest, EditResult, LatentMap
from dreamer_studio.viewing.learn.messages import LearnRequest, LearnResult
from dreamer_studio.viewing.learn.places import Places
from dreamer_studio.viewing.live.messages import DreamResult, LiveResult
from dreamer_studio.viewing.practice.messages import PracticeResult
from dreamer_studio.viewing.scene.messages import DriveStep, Scene, SceneRequest
from dreamer_studio.viewing.trust.messages import BlindResult, TrustRequest, TrustResult
from dreamer_studio.viewing.twin.messages import TwinResult


class Channels:
    """One channel for each kind of request; the replay browser has its own.

    Attributes:
        live: a standing request for the running episode.
        dream: asks for a dream of a number of steps from the episode's newest frame.
        scene: asks for a dream from a frame.
        frames: asks for the missing frames of the scene on show; withdrawn while there is no scene.
        drive: asks for the next step of a scene.
        futures: asks for several futures of one frame.
        twin: asks for the real environment along the actions of a scene; withdrawn while the twin is off.
        dimensions: asks for the stochastic dimensions of a scene.
        edit: asks for an edited frame.
        dream_on: asks for a dream from an edited frame.
        latent_map: asks for the map of a scene's episode.
        actions: a standing request for the counts of actions in stored episodes.
        practice: a standing request for the rollouts from which the actor has just learned.
        compare: the channels of the Compare workspace.
        curves: the channels of the Curves workspace.
        trust: asks for a judgment of the newest weights.
        learn: a standing request of the chapter on show in the Learn workspace.
        places: asks once for the code of the paper's equations.
        blind: asks the newest weights to drive blind, which continues while hidden; withdrawn to stop.
    """

    def __init__(self) -> None:
        self.live: Channel[None, LiveResult] = Channel()
        self.dream: Channel[int, DreamResult] = Channel()
        self.scene: Channel[SceneRequest, Scene] = Channel()
        self.frames: Channel[Scene, Scene] = Channel()
        self.drive: Channel[DriveStep, Scene] = Channel()
        self.futures: Channel[FuturesRequest, FuturesResult] = Channel(visible=False)
        self.twin: Channel[Scene, TwinResult] = Channel(visible=False)
        self.dimensions: Channel[Scene, DimensionsResult] = Channel(visible=False)
        self.edit: Channel[EditRequest, EditResult] = Channel(visible=False)
        self.dream_on: Channel[EditRequest, DreamOnResult] = Channel()
        self.latent_map: Channel[Scene, LatentMap] = Channel(visible=False)
        self.actions: Channel[None, ActionCounts] = Channel(visible=False)
        self.practice: Channel[None, PracticeResult] = Channel(visible=False)
        self.compare = CompareChannels()
        self.curves = CurvesChannels()
        self.trust: Channel[TrustRequest, TrustResult] = Channel(visible=False)
        self.learn: Channel[LearnRequest, LearnResult] = Channel(visible=False)
        self.places: Channel[None, Places] = Channel()
        self.blind: Channel[None, BlindResult] = Channel()
