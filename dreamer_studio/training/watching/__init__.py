"""A run that is only watched: its policy plays, and new files from another process are followed."""
