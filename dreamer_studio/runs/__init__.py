"""What a run is on disk: its folder, lock, checkpoints and log, and which run a person asks for."""
