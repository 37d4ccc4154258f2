"""The Trust workspace: how far to believe the model's dreams."""
