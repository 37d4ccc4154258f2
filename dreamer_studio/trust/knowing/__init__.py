"""What the features tell of the simulator's state."""
