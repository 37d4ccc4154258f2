"""What a run survives: killed processes, and files that somebody else made."""
