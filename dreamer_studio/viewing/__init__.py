"""The part of the window that needs no Qt: workers, their requests and their results."""
