"""What a run is on disk: its folder, lock, checkpoints and log, and which run the user asks for."""
