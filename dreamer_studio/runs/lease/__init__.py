"""Who may train a run, across machines: fences, the lease and the status file with its heartbeat. No torch."""
