"""The loop: collect, update, test, save. It runs in whatever thread calls it and knows of no window."""
