"""What a run survives: killed processes, failing environments, and a stranger's files."""
