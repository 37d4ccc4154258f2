"""The window: the only part of Dreamer Studio that knows Qt."""
