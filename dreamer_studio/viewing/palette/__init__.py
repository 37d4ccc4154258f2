"""Lists items of the command palette that only the disk or a process knows."""
