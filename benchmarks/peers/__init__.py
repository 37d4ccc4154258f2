"""One whole DreamerV1 update, timed beside the author's and other public ones: `python -m benchmarks.peers`."""
