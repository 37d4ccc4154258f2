"""The dialog for a running training: its settings, the rules that pause it, and the changes so far."""
