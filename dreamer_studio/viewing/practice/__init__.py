"""Shows the rollouts from which the actor learned."""
