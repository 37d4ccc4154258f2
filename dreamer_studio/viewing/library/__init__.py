"""The workers behind the list of runs: they list, read thumbnails, label, and move runs to the trash."""
