"""A help text for cards that are made for tests."""

from dreamer_studio.studio.help.help import Help

HELP = Help(
    "The image that the decoder makes of a posterior.",
    "Good: it is sharp. Bad: it is gray.",
    "Wait for the next update.",
)
