"""What can be asked of a snapshot: reconstructions, open loop, dreams, and following a running episode."""
