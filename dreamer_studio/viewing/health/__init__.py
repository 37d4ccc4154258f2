"""Health: eleven rules that name the faults of a training and what to try, or say that they cannot tell."""
