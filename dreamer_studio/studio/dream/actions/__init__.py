"""The histograms of actions in the Dream workspace."""
