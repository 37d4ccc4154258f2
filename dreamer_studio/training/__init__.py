"""The loop: collect, update, test, save. It runs in the thread that calls it, and knows no window."""
