"""Questions to a snapshot: reconstructions, open loops, dreams, futures, edits, maps, and errors on frames."""
