"""A run that other threads can talk to: commands go in, the newest values come out."""

from dreamer_studio.session.commands import (
    ChangeSetting,
    Command,
    CommandRefusedError,
    GoBack,
    Pause,
    Quit,
    Resume,
    SaveCheckpoint,
    SetPauseRules,
    Start,
    Stop,
    UpdateOnce,
)
from dreamer_studio.session.log_reader import START, Place
from dreamer_studio.session.pause_rules import PauseRule, RuleFired
from dreamer_studio.session.practice import PracticeBox, PracticeDreams
from dreamer_studio.session.session import Session
from dreamer_studio.session.snapshot import Snapshot, SnapshotBox
from dreamer_studio.session.status import LastEpisode, PlayedEpisodes, State, Status, TrainingFailure

__all__ = [
    "START",
    "ChangeSetting",
    "Command",
    "CommandRefusedError",
    "GoBack",
    "LastEpisode",
    "Pause",
    "PauseRule",
    "Place",
    "PlayedEpisodes",
    "PracticeBox",
    "PracticeDreams",
    "Quit",
    "Resume",
    "RuleFired",
    "SaveCheckpoint",
    "Session",
    "SetPauseRules",
    "Snapshot",
    "SnapshotBox",
    "Start",
    "State",
    "Status",
    "Stop",
    "TrainingFailure",
    "UpdateOnce",
]
