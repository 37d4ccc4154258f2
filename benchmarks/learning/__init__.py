"""Does an agent learn, and if not, why? Measurements of trained runs."""
