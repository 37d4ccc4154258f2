"""Lists what the command palette offers and only the disk, or a process, can tell."""
