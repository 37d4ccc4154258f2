"""How far to believe the model of a run in the window."""
