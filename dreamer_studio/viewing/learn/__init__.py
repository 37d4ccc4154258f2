"""Learn: what the chapters ask of the newest weights, and the worker that answers."""
