"""Reports the outcome of a request to the user."""
