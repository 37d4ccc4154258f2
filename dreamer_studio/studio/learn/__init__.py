"""The Learn workspace: chapters that explain Dreamer on the running agent, each with a guess and an exercise."""
