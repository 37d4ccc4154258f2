"""A painted formula whose symbols explain themselves, and its fonts."""
