"""Shows the rollouts that the actor learned from."""
