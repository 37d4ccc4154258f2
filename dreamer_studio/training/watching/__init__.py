"""A run that is only watched: its policy plays, and what another process writes into it is followed."""
