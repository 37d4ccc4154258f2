"""A run that other threads can talk to: commands go in, the newest values come out."""

from dreamer_studio.session.commands import (
    MOST_UPDATES,
    ChangeSetting,
    Command,
    CommandRefusedError,
    GoBack,
    MakeUpdates,
    Pause,
    Quit,
    Resume,
    SaveCheckpoint,
    SetPauseRules,
    SlowDown,
    Start,
    Stop,
)
from dreamer_studio.session.log_reader import START, Place
from dreamer_studio.session.pause_rules import PauseRule, RuleFired
from dreamer_studio.session.practice import PracticeBox, PracticeDreams
from dreamer_studio.session.session import Session
from dreamer_studio.session.slow_motion import MOST_SLOW_MS
from dreamer_studio.session.snapshot import Snapshot, SnapshotBox
from dreamer_studio.session.status import LastEpisode, PlayedEpisodes, State, Status, TrainingFailure

__all__ = [
    "MOST_SLOW_MS",
    "MOST_UPDATES",
    "START",
    "ChangeSetting",
    "Command",
    "CommandRefusedError",
    "GoBack",
    "LastEpisode",
    "MakeUpdates",
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
    "SlowDown",
    "Snapshot",
    "SnapshotBox",
    "Start",
    "State",
    "Status",
    "Stop",
    "TrainingFailure",
]
