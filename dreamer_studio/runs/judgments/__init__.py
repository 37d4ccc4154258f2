"""The judgments of Trust that a run keeps. No torch."""
