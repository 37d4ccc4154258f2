"""Time a whole DreamerV1 update beside the author's and other public implementations: `python -m benchmarks.peers`."""
