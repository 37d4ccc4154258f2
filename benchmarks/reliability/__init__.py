"""What a run survives: killed processes, environments that fail, and files that somebody else made."""
