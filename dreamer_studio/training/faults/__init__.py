"""What can go wrong in a training, and what becomes of it."""
